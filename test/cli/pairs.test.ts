import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReplayResult } from '../../proxy-core/api/contract.ts';
import { echo, Stage } from './support.ts';

/** list, show, export and replay: over a running engine, and on what is stored. */

let stage: Stage;
let app: { port: number; url: string };
beforeAll(async () => {
  stage = await Stage.open();
  app = await stage.serve(echo);
  const capture = await stage.capture('--port', String(app.port));
  const url = String(capture.ready.inbound);
  await fetch(`${url}/orders`, { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } });
  await fetch(`${url}/secret`, { headers: { authorization: 'Bearer sesame-street' } });
  await fetch(`${url}/missing?status=404`);
  await fetch(`${url}/broken?status=500`);
  await fetch(`${url}/healthz`);
  await fetch(`${url}/${encodeURIComponent('\u001b[31m\u202e')}?x=${'y'.repeat(300)}`, {
    method: 'POST',
    body: '\u001b]0;owned\u0007 text',
  });
  await stage.pairs();
});
afterAll(() => stage.end());

const idOf = async (location: string): Promise<string> => String((await stage.pairs('--filter', `path:${location}`)).at(-1)?.id);

describe.each([['over a running engine'], ['on what is stored']])('%s', (where) => {
  beforeAll(async () => {
    if (where === 'on what is stored') await stage.run('stop', 'capture');
  });

  test('list prints aligned columns, the newest first, noise aside', async () => {
    const { code, stdout, stderr } = await stage.run('list', '--filter', 'source:local');
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^ *ID +TIME +DIR +TECH +COMMAND +HOST +LOCATION +STATUS +LATENCY +SIZE$/);
    expect(lines).toHaveLength(6);
    expect(lines[2]).toContain('/broken?status=500');
    const column = (title: string): number => lines[0]?.indexOf(title) ?? -1;
    for (const line of lines.slice(1)) expect(line.slice(column('DIR'), column('DIR') + 3)).toBe('in ');
    expect(stdout).not.toContain('healthz');
    expect(stderr).toContain('1 health check or probe hidden (--noise)');
    expect((await stage.run('list', '--noise')).stdout).toContain('healthz');
  });

  test('list lets no captured text act on the terminal', async () => {
    const { stdout } = await stage.run('list');
    // oxlint-disable-next-line no-control-regex -- the very thing that must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  test('list takes a limit and a filter', async () => {
    expect(await stage.pairs('--limit', '2')).toHaveLength(2);
    const broken = await stage.pairs('--filter', 'status:>=400 and source:local');
    expect(broken.map(({ status }) => status)).toEqual(['500', '404']);
    expect(await stage.pairs('--filter', 'path:/nowhere')).toEqual([]);
    const none = await stage.run('list', '--filter', 'path:/nowhere');
    expect(none).toMatchObject({ code: 0, stdout: '', stderr: 'No pair matches.\n' });
  });

  test('a filter that is wrong is bad usage, and points at the column', async () => {
    const ended = await stage.run('list', '--filter', 'status:>=500 and (');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^sidetap: .+\n$/);
  });

  test('list --json marks noise instead of hiding it', async () => {
    const pairs = await stage.pairs('--filter', 'source:local');
    expect(pairs).toHaveLength(6);
    expect(pairs.filter(({ noise }) => noise).map(({ location }) => location)).toEqual(['/healthz']);
    expect(await stage.pairs('--no-noise', '--filter', 'source:local')).toHaveLength(5);
  });

  test.each(['curl', 'har'])('an export as %s that finds nothing says so', async (format) => {
    const { code, stderr } = await stage.run('export', '--as', format, '--filter', 'path:/nowhere');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'sidetap: No pair matches.\n' });
  });

  test('show prints heads and bodies, and lets them do nothing', async () => {
    const { code, stdout } = await stage.run('show', await idOf('/orders'));
    expect(code).toBe(0);
    expect(stdout).toContain('POST /orders HTTP/1.1\n');
    expect(stdout).toContain('content-type: application/json\n');
    expect(stdout).toContain('{"a":1}');
    expect(stdout).toContain('HTTP/1.1 200 OK\n');
    const hostile = await stage.run(
      'show',
      String((await stage.pairs('--filter', 'method:POST')).find(({ location }) => location.length > 300)?.id),
    );
    expect(hostile.stdout).toContain('\\x1b]0;owned\\x07 text');
    expect(hostile.stdout).not.toContain('\u001b');
  });

  test('show --json has everything, bodies included, in one line', async () => {
    const { stdout } = await stage.run('show', await idOf('/orders'), '--json');
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({
      command: 'POST',
      request: { startLine: 'POST /orders HTTP/1.1', body: { text: '{"a":1}', base64: null, totalBytes: 7, complete: true } },
      response: { body: { text: expect.stringContaining('"url":"/orders"') as string } },
    });
  });

  test('map says who calls whom', async () => {
    const { code, stdout } = await stage.run('map');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^clients +local app +\d/m);
    const { stdout: line } = await stage.run('map', '--filter', 'path:/orders', '--json');
    expect(JSON.parse(line)).toMatchObject({ edges: [{ pairs: 1, errors: 0 }], complete: true });
  });

  test('show --body writes the body as it is', async () => {
    const { code, stdout, stderr } = await stage.run('show', await idOf('/orders'), '--body', 'request');
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '{"a":1}', stderr: '' });
  });

  test.each([
    [['show', '999999'], 1],
    [['show', 'x'], 2],
    [['show'], 2],
    [['replay', '999999'], 1],
    [['export', '--as', 'curl', '999999'], 1],
    [['export', '--as', 'curl'], 2],
    [['export', '--as', 'xml', '1'], 2],
    [['export', '--as', 'har', '999999'], 1],
    [['list', '--limit', '0'], 2],
    [['nonsense'], 2],
    [['start'], 2],
  ])('%j ends with %i and one sentence', async (args, code) => {
    const ended = await stage.run(...args);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toMatch(/^sidetap: [^\n]+\n$/);
  });

  test('export --as curl gives a command that runs, with secrets masked until they are revealed', async () => {
    const orders = await stage.run('export', '--as', 'curl', await idOf('/orders'));
    expect(orders).toMatchObject({ code: 0, stderr: '' });
    if (where === 'over a running engine') {
      const sent = await stage.start(['-c', orders.stdout], { file: 'bash' }).ended;
      expect(sent.stdout).toContain('"body":"{\\"a\\":1}"');
    }
    const id = await idOf('/secret');
    const masked = await stage.run('export', '--as', 'curl', id);
    expect(masked.stdout).not.toContain('sesame-street');
    expect(masked.stderr).toContain('--reveal');
    expect((await stage.run('export', '--as', 'curl', id, '--reveal')).stdout).toContain('sesame-street');
  });

  test('export by filter', async () => {
    const curl = await stage.run('export', '--as', 'curl', '--filter', 'status:>=400 and source:local');
    expect(curl.code).toBe(0);
    expect(curl.stdout).toMatch(/missing[^]*broken/);
    const both = await stage.run('export', '--as', 'curl', '1', '--filter', 'status:200');
    expect(both.code).toBe(2);
  });

  test('export --as har writes a whole file or none', async () => {
    const file = path.join(stage.home, 'out.har');
    await writeFile(file, 'old');
    const missing = await stage.run('export', '--as', 'har', '999999', '-o', file);
    expect(missing.code).toBe(1);
    expect(await readFile(file, 'utf8')).toBe('old');
    const ended = await stage.run('export', '--as', 'har', '--filter', 'path:/orders and source:local', '-o', file);
    expect(ended).toMatchObject({ code: 0, stdout: '' });
    const har = JSON.parse(await readFile(file, 'utf8')) as {
      log: { version: string; entries: { request: { method: string } }[] };
    };
    expect(har.log.version).toBe('1.2');
    expect(har.log.entries.map(({ request }) => request.method)).toContain('POST');
    expect(JSON.parse((await stage.run('export', '--as', 'har')).stdout)).toHaveProperty('log.entries');
  });

  test('replay sends it again, elsewhere too, and shows what differs', async () => {
    const id = await idOf('/orders');
    const { code, stdout } = await stage.run('replay', id, '--to', app.url, '--json');
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as ReplayResult;
    expect(result).toMatchObject({
      original: Number(id),
      pair: { replayOf: Number(id), command: 'POST', status: '200' },
      diff: { equal: true },
    });
    expect(await stage.pairs()).toEqual(expect.arrayContaining([expect.objectContaining({ id: result.pair.id })]));
    const human = await stage.run('replay', id, '--to', app.url);
    expect(human.stdout).toMatch(/^#\d+ again as #\d+: POST .+ → 200 /);
    const nobody = await stage.run('replay', id, '--to', 'http://127.0.0.1:9');
    expect(nobody.code).toBe(1);
  });
});

test('a reader that has seen enough is no error', async () => {
  const list = stage.start(['-c', `"$0" list --json | head -n 1`, path.join(import.meta.dirname, '../../bin/sidetap')], {
    file: 'bash',
  });
  const ended = await list.ended;
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const direct = stage.start(['export', '--as', 'har']);
  direct.child.stdout?.destroy();
  const [code] = (await once(direct.child, 'exit')) as [number];
  expect(code).toBe(0);
  expect(direct.stderr()).toBe('');
});

test('nothing captured yet: says how to begin', async () => {
  const empty = await Stage.open();
  try {
    expect(await empty.run('list', '--json')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect((await empty.run('list')).stderr).toContain('sidetap start capture');
  } finally {
    await empty.end();
  }
});
