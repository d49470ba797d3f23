import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, startEngine } from '../../proxy-core/engine.ts';
import { openStore } from '../../proxy-core/store/open.ts';
import { put, temporaryDirectory } from '../store/pairs.ts';

/** Longer than what is read at once, and no two slices alike. */
const long = Buffer.alloc(5_000_000);
for (let at = 0; at < long.length; at += 4) long.writeUInt32LE(at, at);
const directory = temporaryDirectory();
let engine: Engine;

beforeAll(async () => {
  const store = await openStore(directory.path);
  const coded = gzipSync('a text that is said again and again '.repeat(50));
  await put(
    store,
    { id: 1, requestBody: 'asked', responseBody: long },
    { id: 2, responseHeaders: ['Content-Encoding: gzip'], responseBody: coded },
  );
  await store.close();
  engine = await startEngine({ dataDir: directory.path });
});
afterAll(async () => {
  await engine.stop();
  directory.remove();
});

function ask(path: string, token = engine.api.token): Promise<Response> {
  return fetch(`${engine.api.url}/api/pairs/${path}`, { headers: { Authorization: `Bearer ${token}` } });
}

async function bytes(path: string): Promise<Buffer> {
  const answer = await ask(path);
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

test('a body of many slices comes whole, or from an offset to its end', async () => {
  expect((await bytes('1/bytes?side=response')).equals(long)).toBe(true);
  expect((await bytes('1/bytes?side=response&offset=4000001')).equals(long.subarray(4_000_001))).toBe(true);
  expect(await bytes('1/bytes?side=response&offset=6000000')).toHaveLength(0);
  expect((await bytes('1/bytes?side=request')).toString()).toBe('asked');
});

test('it comes decoded, or as it was on the wire', async () => {
  expect((await bytes('2/bytes?side=response')).toString()).toMatch(/^(?:a text that is said again and again ){50}$/);
  expect((await bytes('2/bytes?side=response&form=wire')).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
});

test('nothing in it runs in a browser that opens it', async () => {
  const { headers } = await ask('1/bytes?side=request');
  expect(headers.get('content-type')).toBe('application/octet-stream');
  expect(headers.get('content-disposition')).toBe('attachment');
  expect(headers.get('content-security-policy')).toContain('sandbox');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test.each([
  ['9/bytes?side=response', 404, 'There is no pair 9'],
  ['1/bytes?side=response&snapshot=none', 404, 'snapshot'],
  ['1/bytes', 400, 'side'],
  ['1/bytes?side=response&offset=-1', 400, 'offset'],
])('%s is refused with %i', async (path, status, words) => {
  const answer = await ask(path);
  expect(answer.status).toBe(status);
  expect(((await answer.json()) as { message: string }).message).toContain(words);
});

test('nobody gets it without the token', async () => {
  expect((await ask('1/bytes?side=request', 'guessed')).status).toBe(401);
});

test('a reader that goes away, or reads slowly, is no defect', async () => {
  const headers = { Authorization: `Bearer ${engine.api.token}` };
  const asking = get(`${engine.api.url}/api/pairs/1/bytes?side=response`, { headers });
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  await once(answer, 'readable');
  asking.destroy();
  expect((await bytes('1/bytes?side=response')).equals(long)).toBe(true);
  const { notices } = await engine.client.status({});
  expect(notices.filter(({ id }) => id === 'defect')).toEqual([]);
});
