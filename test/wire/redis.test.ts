import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type RealServer, startRedis } from '../../e2e/support/servers.ts';
import { redis } from '../../proxy-core/wire/redis/redis.ts';
import { cleanUp, onCleanUp, type StoredPair, startTestCapture, type TestCapture } from '../capture/support.ts';

const run = promisify(execFile);
let server: RealServer;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
afterEach(cleanUp);

function captured(): Promise<TestCapture> {
  return startTestCapture({ app: { tls: false, host: '127.0.0.1', port: server.port } });
}

function client(port: number): Redis {
  const made = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null });
  onCleanUp(() => made.disconnect());
  return made;
}

function brief(pair: StoredPair): string {
  const { command = '', location = '', status = '' } = pair.extra.summary ?? {};
  return `${command} ${location} → ${status}`;
}

function read(pair: StoredPair): ReturnType<typeof redis.read> {
  return redis.read({
    request: pair.requestBody,
    requestCut: pair.requestTruncated,
    response: pair.responseBody,
    responseCut: pair.responseTruncated,
    summary: pair.extra.summary ?? { command: '', location: '', status: '' },
    context: pair.extra.context ?? {},
    firstRow: 0,
  });
}

test('what ioredis does is read: pipelines, transactions, blocking, messages', async () => {
  const { inPort, sink } = await captured();
  const app = client(inPort);
  const other = client(inPort);
  await app.connect();
  await app.set('user:1', '{"name":"Ada"}');
  expect(await app.get('user:1')).toBe('{"name":"Ada"}');
  expect(await app.pipeline().incr('n').incr('n').lpush('user:1', 'x').exec()).toMatchObject([
    [null, 1],
    [null, 2],
    [{ name: 'ReplyError' }],
  ]);
  await app.multi().set('a', '1').hset('h', { x: '1', y: '2' }).exec();
  const waiting = app.blpop('queue', 5);
  await other.rpush('queue', 'job');
  expect(await waiting).toEqual(['queue', 'job']);
  const listener = client(inPort);
  await listener.subscribe('news');
  const message = once(listener, 'message');
  await other.publish('news', 'hello');
  expect(await message).toEqual(['news', 'hello']);
  const pushed = await sink.done((pair) => pair.extra.summary?.command === 'MESSAGE');
  expect(read(pushed).response.sections).toMatchObject([
    {
      kind: 'table',
      rows: [
        ['1', 'message'],
        ['2', 'news'],
        ['3', 'hello'],
      ],
    },
  ]);
  const seen = sink.all().map(brief);
  for (const line of [
    'SET user:1 → OK',
    'GET user:1 → OK',
    'INCR n → OK',
    'LPUSH user:1 → ERR:WRONGTYPE',
    'MULTI  → OK',
    'SET a → QUEUED',
    'HSET h → QUEUED',
    'EXEC  → OK',
    'BLPOP queue → OK',
    'SUBSCRIBE news → OK',
    'PUBLISH news → OK',
    'MESSAGE news → PUSH',
  ])
    expect(seen).toContain(line);
  const set = await sink.done((pair) => pair.extra.summary?.command === 'SET');
  expect(set.connection.protocol).toBe('redis');
  expect(read(set).request.sections).toMatchObject([{ text: String.raw`set user:1 "{\"name\":\"Ada\"}"` }, { kind: 'value' }]);
  const exec = await sink.done((pair) => pair.extra.summary?.command === 'EXEC');
  expect(read(exec).response.sections).toMatchObject([
    {
      rows: [
        ['SET a', 'OK'],
        ['HSET h', '2'],
      ],
    },
  ]);
});

test('redis-cli in RESP3 tells the version, and a password is kept nowhere', async () => {
  const locked = await startRedis('--requirepass', 'hunter2-secret');
  onCleanUp(() => locked.stop());
  const { inPort, sink } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port: locked.port } });
  const { stdout } = await run('redis-cli', [
    '-p',
    String(inPort),
    '-3',
    '--user',
    'default',
    '--pass',
    'hunter2-secret',
    '--no-auth-warning',
    'CONFIG',
    'GET',
    '*',
  ]);
  expect(stdout).toContain('hunter2-secret');
  const pair = await sink.done((each) => each.extra.summary?.command === 'CONFIG GET');
  expect(pair.connection.spoken?.server).toMatch(/^Redis \d+\.\d+/);
  for (const each of sink.all()) {
    const text = `${JSON.stringify(each.extra)} ${JSON.stringify(each.connection)} ${each.requestBody.toString('latin1')} ${each.responseBody.toString('latin1')}`;
    expect(text).not.toContain('hunter2-secret');
  }
});

test('an inline command from a socket that is half closed', async () => {
  const { inPort, sink } = await captured();
  const socket = connect({ port: inPort, host: '127.0.0.1', allowHalfOpen: true });
  socket.end('PING\r\n');
  const parts: Buffer[] = [];
  for await (const part of socket as AsyncIterable<Buffer>) parts.push(part);
  expect(String(Buffer.concat(parts))).toBe('+PONG\r\n');
  expect(brief(await sink.done())).toBe('PING  → OK');
});

test('values of megabytes pass untouched and every command of a benchmark is a pair', async () => {
  const { inPort, sink } = await captured();
  const app = client(inPort);
  const large = Buffer.alloc(3_000_000, 'x\r\n$-1\r\n');
  await app.set('large', large);
  expect((await app.getBuffer('large'))?.equals(large)).toBe(true);
  const { stdout } = await run('redis-benchmark', ['-p', String(inPort), '-n', '480', '-c', '5', '-P', '8', '-t', 'set,get', '-q']);
  expect(stdout).toMatch(/SET/);
  await sink.find(
    () => sink.all().filter((pair) => pair.state === 'done' && pair.extra.summary?.location === 'key:__rand_int__').length === 960,
    '960 commands',
  );
  expect(sink.all().filter((pair) => pair.extra.failure !== undefined)).toEqual([]);
});
