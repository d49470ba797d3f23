import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Engine, startEngine } from '../../proxy-core/engine.ts';
import { limits } from '../../proxy-core/limits.ts';

let dataDir = '';
let engine: Engine;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'sidetap-uploads-'));
  engine = await startEngine({ dataDir });
});
afterEach(async () => {
  await engine.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const har = JSON.stringify({ log: { version: '1.2', creator: { name: 'test', version: '1' }, entries: [] } });

function send(body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${engine.api.url}/api/uploads`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${engine.api.token}`, 'Content-Type': 'application/octet-stream', ...headers },
    body,
  });
}

const kept = (): Promise<string[]> => readdir(path.join(dataDir, 'uploads')).catch(() => []);

async function imported(uploads: string[]): Promise<{ files: number; problems: { file: string }[] } | null> {
  let result: { files: number; problems: { file: string }[] } | null = null;
  for await (const event of await engine.client.import({ uploads })) result = event.imported;
  return result;
}

test('what was sent is imported under its name and then removed', async () => {
  const answer = await send('no HAR at all', { 'X-File-Name': encodeURIComponent('Grüße aus “x”.har') });
  const { upload } = (await answer.json()) as { upload: string };
  expect(await kept()).toEqual([upload]);
  expect(await imported([upload])).toMatchObject({ problems: [{ file: expect.stringContaining('Grüße aus _x_.har') as string }] });
  expect(await kept()).toEqual([]);
  await expect(imported([upload])).rejects.toThrow('Choose it again.');
});

test.each(['../../../evil.har', '/etc/passwd', '..', '.ssh', 'a\0b.har', `${'x'.repeat(200)}.har`])(
  'a file called %j stays in a folder of its own',
  async (name) => {
    const answer = await send(har, { 'X-File-Name': encodeURIComponent(name) });
    const { upload } = (await answer.json()) as { upload: string };
    const files = await readdir(path.join(dataDir, 'uploads', upload));
    expect(files).toHaveLength(1);
    expect(files[0]).toMatch(/^[\w .-]{1,80}$/);
    expect(await readdir(path.join(dataDir, 'uploads'))).toEqual([upload]);
  },
);

test('nobody but the window may send', async () => {
  expect((await send(har, { Authorization: 'Bearer wrong' })).status).toBe(401);
  expect((await send(har, { Origin: 'http://evil.test' })).status).toBe(403);
  expect((await send(har, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
  expect((await send(har, { 'Content-Type': 'text/plain' })).status).toBe(415);
  expect(await kept()).toEqual([]);
});

test('an upload that is broken off leaves nothing', async () => {
  const sending = request(`${engine.api.url}/api/uploads`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${engine.api.token}`,
      'Content-Type': 'application/octet-stream',
      'Content-Length': 1_000_000,
    },
  });
  sending.on('error', () => {}); // we break it off ourselves
  sending.write('x'.repeat(1_000));
  await expect.poll(kept).toHaveLength(1);
  sending.destroy();
  await expect.poll(kept).toEqual([]);
  // And what was announced as too much is not even begun.
  const tooMuch = request(`${engine.api.url}/api/uploads`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${engine.api.token}`,
      'Content-Type': 'application/octet-stream',
      'Content-Length': limits.uploadBytes + 1,
    },
  });
  tooMuch.on('error', () => {});
  tooMuch.flushHeaders();
  const [response] = (await once(tooMuch, 'response')) as [{ statusCode: number }];
  expect(response.statusCode).toBe(413);
  tooMuch.destroy();
  expect(await kept()).toEqual([]);
});

test('what nobody imported is gone with the engine', async () => {
  await send(har);
  expect(await kept()).toHaveLength(1);
  await engine.stop();
  expect(await kept()).toEqual([]);
});
