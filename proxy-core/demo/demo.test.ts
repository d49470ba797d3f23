import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { type Demo, startDemo } from './demo.ts';
import { findServicePrograms, lackingWords } from './programs.ts';

let demo: Demo | null = null;
afterEach(async () => {
  await demo?.stop();
  demo = null;
  vi.unstubAllEnvs();
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

test('a database and a cache are there as far as the machine has them, and nothing is left of them', async () => {
  // Others start demos too.
  const folder = mkdtempSync(join(tmpdir(), 'sidetap-services-'));
  // As the usual one is: PostgreSQL runs as another user where this is root.
  chmodSync(folder, 0o1777);
  vi.stubEnv('TMPDIR', folder);
  demo = await startDemo();
  const { redis, postgres } = findServicePrograms();
  const upstream = net.createServer((socket) => socket.on('error', () => socket.destroy()));
  await new Promise<void>((resolve) => {
    upstream.listen(0, '127.0.0.1', resolve);
  });
  const { port } = upstream.address() as net.AddressInfo;
  demo.drive({ inbound: { host: '127.0.0.1', port }, outbound: { host: '127.0.0.1', port }, caPem: '' });
  const expected = [redis, postgres].filter((program) => program !== null).length;
  await expect.poll(() => readdirSync(folder).length, { timeout: 20_000 }).toBe(expected);
  await demo.stop();
  await expect.poll(() => readdirSync(folder), { timeout: 20_000 }).toEqual([]);
  rmSync(folder, { recursive: true });
  upstream.close();
});

test.each([
  [{ redis: null, postgres: null }, 'a database (PostgreSQL) and a cache (redis-server)'],
  [{ redis: '/bin/redis-server', postgres: null }, 'without a database (PostgreSQL):'],
  [{ redis: null, postgres: { server: 'a', initdb: 'b' } }, 'without a cache (redis-server):'],
])('what is missing is said', (programs, words) => {
  expect(lackingWords(programs)).toContain(words);
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
