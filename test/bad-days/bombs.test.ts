import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReplayResult } from '../../proxy-core/api/contract.ts';
import { limits } from '../../proxy-core/limits.ts';
import { cleanUp, onCleanUp } from './support/clean-up.ts';
import { Engine, sidetap, temporaryDirectory } from './support/engine.ts';
import { get, open } from './support/sockets.ts';

const MiB = 1024 * 1024;
const zeros = Buffer.alloc(100 * MiB);

/** Members of a gzip file may follow one another (RFC 1952 2.2), so one of 100 MiB makes gigabytes. */
const gzipped = gzipSync(zeros);
const zstdFrame = zstdCompressSync(zeros);
const bombs: Readonly<Record<string, { encoding: string; bytes: Buffer }>> = {
  // 8 GB in 8 MB.
  gzip: { encoding: 'gzip', bytes: Buffer.concat(Array.from({ length: 80 }, () => gzipped)) },
  // What looks like 100 KB inside is 100 MB.
  'gzip-twice': { encoding: 'gzip, gzip', bytes: gzipSync(Buffer.concat(Array.from({ length: 20 }, () => gzipped))) },
  br: { encoding: 'br', bytes: brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }) },
  // Frames may follow one another as well (RFC 8878 3).
  zstd: { encoding: 'zstd', bytes: Buffer.concat(Array.from({ length: 80 }, () => zstdFrame)) },
};

let engine: Engine;
/** Ids of the pairs, by the name of their bomb. */
const ids = new Map<string, number>();

beforeAll(async () => {
  const app = createServer((request, response) => {
    const bomb = bombs[request.url?.slice(1) ?? ''];
    if (bomb === undefined) response.end('ok');
    else response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': bomb.encoding }).end(bomb.bytes);
  });
  app.listen(0, '127.0.0.1');
  await once(app, 'listening');
  onCleanUp(() => {
    app.close();
    app.closeAllConnections();
  });
  engine = await Engine.start({ app: (app.address() as AddressInfo).port });
  for (const name of Object.keys(bombs)) {
    const client = await open(engine.inPort);
    client.socket.write(`GET /${name} HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n`);
    expect(await client.fate).toBe('end');
    const [pair] = await engine.recorded(`path:"/${name}" size:>0`);
    ids.set(name, pair?.id ?? 0);
  }
});
afterAll(cleanUp);

/** While something is looked at, traffic goes on as if nothing was: the slowest request meanwhile, ms. */
async function meanwhile(work: Promise<unknown>): Promise<number> {
  const state = { over: false };
  const ended = work.finally(() => {
    state.over = true;
  });
  let slowest = 0;
  while (!state.over) {
    const startedAt = performance.now();
    await get(engine.inPort, '/meanwhile');
    slowest = Math.max(slowest, performance.now() - startedAt);
  }
  await ended;
  return slowest;
}

/** Looks at the first and at the last page of a bomb. */
async function view(id: number): Promise<void> {
  const slice = await engine.body(id, 'response');
  expect(slice.complete).toBe(false);
  expect(slice.problem).toMatch(/^The decoded body is larger than \d+ bytes; the rest of it is left out\.$/);
  expect(slice.totalBytes).toBeGreaterThan(0.8 * limits.decodedBodyBytes);
  expect(slice.totalBytes).toBeLessThanOrEqual(limits.decodedBodyBytes);
  const last = await engine.body(id, 'response', `&offset=${slice.totalBytes - 10}`);
  expect(Buffer.from(last.base64, 'base64')).toEqual(Buffer.alloc(10));
}

describe.each(Object.keys(bombs))('a bomb in %s', (name) => {
  test('was stored as it was sent', async () => {
    const { response } = await engine.detail(ids.get(name) ?? 0);
    expect(response).toMatchObject({ payloadBytes: bombs[name]?.bytes.length, truncated: false });
  });

  test('is decoded up to the limit, says that it stopped, and holds up nobody', async () => {
    expect(await meanwhile(view(ids.get(name) ?? 0))).toBeLessThan(3_000);
  });
});

test('the command shows one, and says that it stopped', async () => {
  const shown = await sidetap('show', String(ids.get('gzip')), '--data-dir', engine.dataDir);
  expect(shown).toMatchObject({ code: 0, stderr: '' });
  expect(shown.stdout).toContain('the rest of it is left out');
});

test('a HAR export holds the beginning of each, and says so', async () => {
  const file = path.join(await temporaryDirectory(), 'bombs.har');
  const exportedIds = ['gzip', 'br'].map((name) => String(ids.get(name)));
  const exported = await sidetap('export', '--as', 'har', '-o', file, '--data-dir', engine.dataDir, ...exportedIds);
  expect(exported).toMatchObject({ code: 0 });
  const { log } = JSON.parse(await readFile(file, 'utf8')) as {
    log: { entries: { response: { content: { size: number; comment: string } } }[] };
  };
  expect(log.entries).toHaveLength(2);
  for (const { response } of log.entries) {
    expect(response.content.size).toBeLessThanOrEqual(limits.exportedBodyBytes);
    expect(response.content.comment).toMatch(/left out/);
  }
});

test('a search looks into the beginning of each', async () => {
  const search = engine.page('body:needle').then(({ total }) => expect(total).toBe(0));
  expect(await meanwhile(search)).toBeLessThan(3_000);
});

test('two answers that are bombs are compared as they were sent', async () => {
  const replayed = await sidetap('replay', String(ids.get('gzip')), '--json', '--data-dir', engine.dataDir);
  expect(replayed.code).toBe(0);
  expect((JSON.parse(replayed.stdout) as ReplayResult).diff).toMatchObject({ equal: true, bodyKind: 'binary', body: [] });
});

test('none of it took more memory than a few bodies do', () => {
  // 8 GB were on offer, several times over.
  expect(engine.memory().peak).toBeLessThan(900);
});
