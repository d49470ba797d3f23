import net from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Demo, startDemo } from './demo.ts';

let demo: Demo | null = null;
afterEach(async () => {
  await demo?.stop();
  demo = null;
});

test('the shop answers, calls the services behind it, and ends when told', async () => {
  demo = await startDemo();
  const base = `http://127.0.0.1:${String(demo.appPort)}`;
  expect(await (await fetch(base)).text()).toContain('Tea shop');
  const product = await fetch(`${base}/api/products/tea-101`);
  expect(await product.json()).toMatchObject({ sku: 'tea-101', stock: { sku: 'tea-101', warehouse: 'ams-2' } });
  expect((await fetch(`${base}/logo.png`)).headers.get('content-type')).toBe('image/png');
  await demo.stop();
  await expect(fetch(base)).rejects.toThrow(/fetch failed/);
});

test('customers come through the inbound listener once they are told where it is', async () => {
  demo = await startDemo();
  const requests: string[] = [];
  const arrived = new Promise<void>((resolve) => {
    const inbound = net.createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.on('data', (bytes) => {
        requests.push(bytes.toString('latin1'));
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
        if (requests.length === 3) inbound.close(() => resolve());
      });
    });
    inbound.listen(0, '127.0.0.1', () => {
      const { port } = inbound.address() as net.AddressInfo;
      demo?.drive({ inbound: { host: '127.0.0.1', port }, outbound: { host: '127.0.0.1', port }, caPem: '' });
    });
  });
  await arrived;
  expect(requests[0]).toMatch(/^GET \/\S* HTTP\/1\.1\r\nHost: shop\.local\r\n/);
});
