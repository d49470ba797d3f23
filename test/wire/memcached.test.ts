import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startMemcached } from '../../e2e/support/brokers.ts';
import type { RealServer } from '../../e2e/support/servers.ts';
import { memcached } from '../../proxy-core/wire/memcached/memcached.ts';
import { cleanUp, startTestCapture, type TestCapture } from '../capture/support.ts';
import { RawClient, readPair, saying } from './support/decoded.ts';

const run = promisify(execFile);
let server: RealServer;

beforeAll(async () => {
  server = await startMemcached();
}, 60_000);
afterAll(() => server.stop());
afterEach(cleanUp);

function captured(): Promise<TestCapture> {
  return startTestCapture({ app: { tls: false, host: '127.0.0.1', port: server.port } });
}

function tool(name: string, port: number, ...args: readonly string[]): Promise<{ stdout: string }> {
  return run(name, [`--servers=127.0.0.1:${String(port)}`, ...args], { timeout: 20_000, cwd: server.folder });
}

test('what the programs of libmemcached do is read', async () => {
  const { inPort, sink } = await captured();
  writeFileSync(join(server.folder, 'greeting'), 'hello\r\nmemcached');
  await tool('memccp', inPort, 'greeting');
  expect((await tool('memccat', inPort, 'greeting')).stdout).toBe((await tool('memccat', server.port, 'greeting')).stdout);
  await tool('memcstat', inPort);
  await tool('memcrm', inPort, 'greeting');
  const set = await sink.done(saying('set greeting → OK'));
  expect(set.connection.protocol).toBe('memcached');
  expect(readPair(memcached, set).request.sections).toMatchObject([{ kind: 'text' }, { kind: 'value', bytes: 16 }]);
  await sink.done((pair) => pair.extra.summary?.command.startsWith('get') === true && pair.extra.summary.status === 'OK');
  await sink.done(saying('delete greeting → OK'));
  const stats = await sink.done(saying('stats  → OK'));
  expect(stats.connection.spoken?.server).toMatch(/^Memcached 1\./);
});

test('the same programs in the binary protocol', async () => {
  const { inPort, sink } = await captured();
  writeFileSync(join(server.folder, 'binary'), 'hello\0memcached');
  await tool('memccp', inPort, '--binary', 'binary');
  expect((await tool('memccat', inPort, '--binary', 'binary')).stdout).toBe((await tool('memccat', server.port, 'binary')).stdout);
  await tool('memcrm', inPort, '--binary', 'binary');
  await tool('memcrm', inPort, '--binary', 'binary').catch(() => 'it is gone');
  await sink.done(saying('delete binary → NOT_FOUND'));
  const set = await sink.done(saying('set binary → OK'));
  expect(readPair(memcached, set).request.sections).toMatchObject([
    { text: 'set binary' },
    { kind: 'fields' },
    { kind: 'value', bytes: 15 },
  ]);
  const get = await sink.done((pair) => pair.extra.summary?.command.startsWith('get') === true);
  expect(get.extra.summary).toMatchObject({ location: 'binary', status: 'OK' });
  await sink.done(saying('delete binary → OK'));
  expect(sink.all().every(({ connection }) => connection.protocol === 'memcached')).toBe(true);
});

test('meta commands, quiet and pipelined', async () => {
  const { inPort, sink } = await captured();
  const client = new RawClient(inPort);
  client.say('ms a 2 T0\r\nhi\r\nmg none v q k\r\nmg a v q k\r\nma n q\r\nmn\r\nmg a t s\r\nmd a\r\nincr n 1\r\nget a none\r\n');
  await client.hears(/END\r\n$/);
  const said = [
    'ms a → OK',
    'mg none → MISS',
    'mg a → OK',
    'ma n → NOT_FOUND',
    'mn  → OK',
    'md a → OK',
    'incr n → NOT_FOUND',
    'get a none → MISS',
  ];
  for (const text of said) await sink.done(saying(text));
  expect(sink.all().every((pair) => pair.extra.failure === undefined)).toBe(true);
});
