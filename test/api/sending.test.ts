import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ApiClient, connectClient } from '../../proxy-core/api/client.ts';
import { startEngine } from '../../proxy-core/engine.ts';

let client: ApiClient;
let url: string;
let seen: { method: string; url: string; headers: string[]; body: string }[];
const ends: (() => Promise<unknown> | void)[] = [];

beforeEach(() => {
  seen = [];
});

beforeAll(async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'sidetap-sending-'));
  ends.push(() => rm(dataDir, { recursive: true }));
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.rawHeaders,
        body: Buffer.concat(chunks).toString('latin1'),
      });
      response.end(`answer to ${String(request.url)}`);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const engine = await startEngine({ dataDir });
  ends.push(() => engine.stop());
  const connection = await connectClient(engine.api);
  ends.push(() => connection.close());
  client = connection.client;
});

afterAll(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('compose.send', () => {
  test('sends the fields in their order and spelling, with Host and length put right, and records the pair', async () => {
    const { pair, original, diff } = await client.compose.send({
      method: 'PUT',
      url: `${url}/a b/%41?x#fragment`.replace(' ', '%20'),
      headers: [
        ['x-B', '2'],
        ['X-a', '1'],
        ['x-B', '3'],
        ['Content-Length', '99'],
      ],
      bodyBase64: base64('hello'),
    });
    expect(seen[0]).toEqual({
      method: 'PUT',
      url: '/a%20b/%41?x',
      headers: ['Host', new URL(url).host, 'x-B', '2', 'X-a', '1', 'x-B', '3', 'Content-Length', '5'],
      body: 'hello',
    });
    expect(pair).toMatchObject({ command: 'PUT', status: '200', source: 'replay', direction: 'out', replayOf: null });
    expect({ original, diff }).toEqual({ original: null, diff: null });
  });

  test('a version of a recorded pair is linked to it; its body can be taken over unchanged, in chunks or not', async () => {
    const first = await client.compose.send({ method: 'POST', url: `${url}/1`, bodyBase64: base64('kept'), chunked: true });
    expect(seen[0]).toMatchObject({ body: 'kept', headers: expect.arrayContaining(['Transfer-Encoding', 'chunked']) as unknown });
    const second = await client.compose.send({ method: 'POST', url: `${url}/2`, replayOf: first.pair.id, bodyOf: first.pair.id });
    expect(seen[1]).toMatchObject({ url: '/2', body: 'kept', headers: expect.arrayContaining(['Content-Length', '4']) as unknown });
    expect(second.original).toBe(first.pair.id);
    expect(second.diff?.body).not.toEqual([]);
    expect((await client.pairs.get({ id: first.pair.id })).replays).toEqual([second.pair.id]);
  });

  test('text beyond latin-1 goes out as UTF-8, the target as given, and nothing is added when that is not wanted', async () => {
    await client.compose.send({
      method: 'GET',
      url: `${url}/x`,
      target: '/exactly/../[this]',
      headers: [
        ['Host', 'other.example'],
        ['X-Name', '→'],
      ],
      automatic: false,
    });
    const name = Buffer.from('→').toString('latin1');
    expect(seen[0]).toMatchObject({ url: '/exactly/../[this]', headers: ['Host', 'other.example', 'X-Name', name] });
  });

  test('a refused connection is a result', async () => {
    const { pair } = await client.compose.send({ method: 'GET', url: 'http://127.0.0.1:1/x' });
    expect(pair).toMatchObject({ error: 'upstream-refused', location: '/x' });
  });

  test.each([
    [{ method: 'G ET', url: 'http://x/' }, /is no method/],
    [{ method: 'CONNECT', url: 'http://x/' }, /tunnel/],
    [{ method: 'GET', url: 'file:///etc/passwd' }, /is no http/],
    [{ method: 'GET', url: 'http://user:pw@x/' }, /Authorization/],
    [{ method: 'GET', url: 'http://x/a\r\nX: y' }, /line break/],
    [{ method: 'GET', url: 'http://x/', headers: [['X', 'a\r\nY: b']] as [string, string][] }, /line break/],
    [{ method: 'GET', url: 'http://x/', headers: [['X: a\r\nY', 'b']] as [string, string][] }, /no header name/],
  ])('%j is refused before anything is sent', async (request, message) => {
    await expect(client.compose.send(request)).rejects.toMatchObject({
      code: 'bad-usage',
      message: expect.stringMatching(message) as string,
    });
  });
});

test('compose.parseCurl gives what compose.send takes', async () => {
  const { request, notes } = await client.compose.parseCurl({ command: `curl ${url}/z -d a=b` });
  expect(notes).toEqual([]);
  await client.compose.send(request);
  expect(seen[0]).toMatchObject({ method: 'POST', url: '/z', body: 'a=b' });
});

test('export.code writes a program for a pair', async () => {
  const { pair } = await client.compose.send({
    method: 'GET',
    url: `${url}/z`,
    headers: [['Authorization', 'Bearer s3cr3t-token']],
  });
  const { code, masked } = await client.export.code({ id: pair.id, format: 'go' });
  expect(code).toContain('"Bearer ***"');
  expect(masked).toEqual(['header authorization']);
});

describe('replay.many', () => {
  test('does not send again what it sent itself, though the query would find it', async () => {
    for (const name of ['once-a', 'once-b', 'once-c']) await client.compose.send({ method: 'GET', url: `${url}/${name}` });
    seen = [];
    const states: string[] = [];
    for await (const progress of await client.replay.many({ query: { filter: 'path:/once', noise: true }, concurrency: 4 })) {
      states.push(progress.state);
      if (progress.state === 'done') expect(progress).toMatchObject({ total: 3, sent: 3, equal: 3 });
    }
    expect(states.at(-1)).toBe('done');
    expect(seen.map((request) => request.url).toSorted()).toEqual(['/once-a', '/once-b', '/once-c']);
  });

  test('ends when its caller goes away', async () => {
    const { pair } = await client.compose.send({ method: 'GET', url: `${url}/a` });
    const abort = new AbortController();
    const run = await client.replay.many({ ids: [pair.id], times: 1_000_000, pace: 200 }, { signal: abort.signal });
    await run.next();
    abort.abort();
    await run.return?.(undefined);
    await expect
      .poll(
        async () => {
          const before = seen.length;
          await new Promise((resolve) => {
            setTimeout(resolve, 100);
          });
          return seen.length - before;
        },
        { timeout: 10_000 },
      )
      .toBe(0);
  });

  test('wants ids or a query', async () => {
    await expect(client.replay.many({})).rejects.toMatchObject({ code: 'bad-usage' });
    await expect(client.replay.many({ ids: [1], to: 'gopher://x' })).rejects.toMatchObject({ code: 'bad-usage' });
  });
});
