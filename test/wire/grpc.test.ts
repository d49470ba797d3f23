import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type RealServer, startServerProcess } from '../../e2e/support/servers.ts';
import { describePair } from '../../proxy-core/detect/describe.ts';
import { cleanUp, type StoredPair, startTestCapture } from '../capture/support.ts';
import { readerOf } from './support/stream.ts';

/** That of Debian, for which its gRPC is. */
const PYTHON = '/usr/bin/python3';
const script = join(import.meta.dirname, '../../e2e/support/grpc-users.py');
let server: RealServer;

beforeAll(async () => {
  server = await startServerProcess('grpc', (port) => ({ program: PYTHON, args: [script, 'serve', String(port), 'gzip'] }));
});
afterAll(() => server.stop());
afterEach(cleanUp);

function call(to: number): Promise<{ stdout: string }> {
  return promisify(execFile)(PYTHON, [script, 'call', `127.0.0.1:${String(to)}`, 'gzip'], { timeout: 60_000 });
}

function described(pair: StoredPair): ReturnType<typeof describePair> {
  return describePair({ ...pair, failure: pair.extra.failure ?? null, summary: null });
}

test('calls of the C core are read: messages of both sides, compressed ones, how each ended', async () => {
  const { inPort, sink } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port: server.port } });
  const { stdout } = await call(inPort);
  // What arrives is what was sent.
  expect(stdout).toBe((await call(server.port)).stdout);
  await sink.done((pair) => described(pair).location === '/shop.Users/Nothing');
  const pairs = sink.all();
  expect(pairs.map((pair) => [described(pair).location, described(pair).status, described(pair).technology])).toEqual([
    ['/shop.Users/Get', 'OK', 'gRPC'],
    ['/shop.Users/Get', 'ERR:NOT_FOUND', 'gRPC'],
    ['/shop.Users/Watch', 'OK', 'gRPC'],
    ['/shop.Users/Talk', 'OK', 'gRPC'],
    ['/shop.Users/Nothing', 'ERR:UNIMPLEMENTED', 'gRPC'],
  ]);
  // Metadata that the C core sends as bytes breaks no rule.
  expect(pairs.map(({ extra }) => extra.failure)).toEqual(Array(5).fill(undefined));
  const [get, missing, watch, talk] = pairs.map((pair) => readerOf(pair).conversation);
  expect(get?.messages.map(({ from, preview, facts }) => [from, preview, facts.length])).toEqual([
    ['client', `1: "${'ada'.repeat(40)}"`, 1],
    // Too short to become shorter.
    ['server', '1: "Ada", 2: 36, 3: { 1: "Kent" }', 0],
  ]);
  expect(get).toMatchObject({ kind: 'grpc', end: 'The server ended the call with OK.', problem: '' });
  expect(missing?.end).toBe('The server ended the call with NOT_FOUND: no such user: é.');
  expect(missing?.messages.at(-1)).toMatchObject({
    kind: 'details',
    label: 'NOT_FOUND',
    preview:
      'code: 5, message: "no such user", details: [{ @type: "type.googleapis.com/google.rpc.ErrorInfo", reason: "GONE", domain: "shop.test" }]',
    problem: '',
  });
  expect(watch?.messages.map(({ from, preview }) => [from, preview])).toEqual([
    ['client', ''],
    ['server', '1: 1'],
    ['server', '1: 2'],
    ['server', '1: 3'],
  ]);
  // Answers may come between two questions, or after both.
  const saidBy = (side: 'client' | 'server') => talk?.messages.flatMap(({ from, preview }) => (from === side ? [preview] : []));
  expect(saidBy('client')).toEqual(['1: 7', '1: 8']);
  expect(saidBy('server')).toEqual(['1: 7, 9: 1', '1: 8, 9: 1']);
});
