import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stage } from './support.ts';

/** How what did not end well, or was not read, looks on a terminal. */

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.end());

/** A server that greets, and one request later answers with less than it promises. */
const server = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', (bytes) => {
    if (bytes.toString('latin1').startsWith('GET ')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc');
    else socket.end('BYE\r\n');
  });
});

test('list names the failure beside the status, and show tells what passed unread', async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const capture = await stage.capture('--port', `127.0.0.1:${(server.address() as AddressInfo).port}`);
  const inbound = new URL(String(capture.ready.inbound));
  for (const said of ['GET /short HTTP/1.1\r\nHost: a.example\r\n\r\n', 'HELO\r\n']) {
    const client = connect(Number(inbound.port), inbound.hostname);
    client.write(said);
    client.resume();
    await once(client, 'close');
  }
  server.close();
  const [row, short] = await stage.pairs();
  expect(short).toMatchObject({ status: '200', error: 'upstream-closed-early' });
  expect((await stage.run('list')).stdout).toMatch(/\/short +200 upstream-closed-early /);
  expect(row).toMatchObject({ protocol: 'tcp', command: 'CONNECTION' });
  const { stdout } = await stage.run('show', String(row?.id));
  expect(stdout.split('\n')[0]).toBe(`CONNECTION ${row?.location} → closed`);
  expect(stdout).toContain('6 B from the client · 5 B from the server');
  expect(stdout).not.toContain('\n\n');
});
