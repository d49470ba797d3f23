import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startDnsmasq } from '../../e2e/support/brokers.ts';
import type { RealServer } from '../../e2e/support/servers.ts';
import { dns } from '../../proxy-core/wire/dns/dns.ts';
import { cleanUp, startTestCapture, type TestCapture } from '../capture/support.ts';
import { readPair, saying } from './support/decoded.ts';

const run = promisify(execFile);
let server: RealServer;

beforeAll(async () => {
  server = await startDnsmasq();
}, 60_000);
afterAll(() => server.stop());
afterEach(cleanUp);

function captured(): Promise<TestCapture> {
  return startTestCapture({ app: { tls: false, host: '127.0.0.1', port: server.port } });
}

async function dig(port: number, ...args: readonly string[]): Promise<string> {
  const fixed = ['@127.0.0.1', '-p', String(port), '+tcp', '+short', '+tries=1', '+time=10'];
  return (await run('dig', [...fixed, ...args], { timeout: 20_000 })).stdout.trim();
}

test('what dig asks is read', async () => {
  const { inPort, sink } = await captured();
  expect(await dig(inPort, 'shop.test', 'A')).toBe('192.0.2.7');
  expect(await dig(inPort, 'shop.test', 'AAAA')).toBe('2001:db8::7');
  expect(await dig(inPort, 'shop.test', 'TXT')).toBe('"hello" "world"');
  await dig(inPort, 'missing.test', 'A');
  await dig(inPort, 'example.org', 'A');

  const address = await sink.done(saying('Query shop.test A → OK'));
  expect(address.connection.protocol).toBe('dns');
  expect(readPair(dns, address).response.sections).toMatchObject([
    {},
    { rows: [['shop.test', 'A', 'IN']] },
    { title: 'Answers', rows: [['shop.test', expect.any(String), 'IN', 'A', '192.0.2.7']] },
    { title: 'Additional' },
  ]);
  const longer = readPair(dns, await sink.done(saying('Query shop.test AAAA → OK')));
  expect(longer.response.sections[2]).toMatchObject({
    rows: [[expect.any(String), expect.any(String), 'IN', 'AAAA', '2001:db8::7']],
  });
  await sink.done(saying('Query missing.test A → NXDOMAIN'));
  await sink.done(saying('Query example.org A → ERR:REFUSED'));
});
