import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../proxy-core/store/open.ts';
import { put, range } from '../store/pairs.ts';
import { Stage } from './support.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
  const store = await openStore(stage.home);
  await put(store, ...range(1, 6).map((id) => ({ id, target: `/items/${String(id)}?token=secret-${String(id)}-value` })));
  await store.close();
});
afterEach(() => stage.end());

const ok = { code: 0, signal: null };

describe('without an engine', () => {
  test('snapshots are saved, listed, read, renamed, compared and deleted', async () => {
    const saved = await stage.run('snapshot', 'save', 'one', '--filter', 'id:..4', '--json');
    expect(saved).toMatchObject(ok);
    const { id } = JSON.parse(saved.stdout) as { id: string };
    expect((await stage.run('snapshot', 'list')).stdout).toMatch(new RegExp(`${id} +one .* 4 `));
    expect((await stage.pairs('--snapshot', 'one')).map((pair) => pair.id)).toEqual([4, 3, 2, 1]);
    expect((await stage.run('snapshot', 'open', id, '--filter', 'id:2', '--json')).stdout).toContain('/items/2');
    expect((await stage.run('show', '2', '--snapshot', 'one')).stdout).toContain('/items/2');
    expect((await stage.run('export', '2', '--as', 'curl', '--snapshot', 'one')).stdout).toContain('/items/2?token=***');
    expect(await stage.run('snapshot', 'rename', 'one', 'two')).toMatchObject(ok);
    const diff = await stage.run('snapshot', 'diff', 'two', '--json');
    expect(diff).toMatchObject(ok);
    expect(JSON.parse(diff.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ counts: { same: 4, onlyAfter: 2 } });
    expect(await stage.run('snapshot', 'delete', 'two')).toMatchObject(ok);
    expect(await stage.run('snapshot', 'delete', 'two')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^sidetap: There is no snapshot “two”\..*\n$/) as string,
    });
  });

  test('names for messages are taken from files, listed and forgotten', async () => {
    writeFileSync(path.join(stage.home, 'shop.proto'), 'message Item { optional string name = 1; }');
    writeFileSync(path.join(stage.home, 'bad.proto'), 'message Item {\n  optional = 1;\n}');
    expect(await stage.run('proto', 'add', stage.home, '--name', 'shop')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /bad\.proto, line 2: .*\n.*shop names 1 message and 0 methods; 1 file could not be read/,
      ) as string,
    });
    expect((await stage.run('proto', 'list')).stdout).toMatch(/^[0-9a-f]{16} {2}shop: 1 message, 0 methods\n$/);
    expect(await stage.run('proto', 'remove', 'shop')).toMatchObject(ok);
    expect(await stage.run('proto', 'add', '--reflect', 'nowhere')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('HOST:PORT') as string,
    });
  });

  test('files go out and come in again', async () => {
    const out = path.join(stage.home, 'out');
    mkdirSync(out);
    for (const as of ['har', 'postman', 'rrpair', 'rrpair-json', 'sidetap']) {
      const written = await stage.run('export', '--as', as, '-o', path.join(out, as));
      expect(written).toMatchObject({ ...ok, stdout: '' });
      expect(written.stderr).toMatch(/Wrote 6 pairs/);
      expect(written.stderr).toMatch(/6 secrets masked/);
    }
    expect(readdirSync(out).toSorted()).toEqual(['har', 'postman', 'rrpair', 'rrpair-json', 'sidetap']);
    expect(readFileSync(path.join(out, 'har'), 'utf8')).not.toContain('secret-');
    for (const as of ['har', 'rrpair', 'rrpair-json', 'sidetap']) {
      const read = await stage.run('import', path.join('out', as), '--json');
      expect(read).toMatchObject(ok);
      expect(JSON.parse(read.stdout)).toMatchObject({ pairs: 6, source: `import:${as}` });
    }
    expect(await stage.pairs('--filter', 'source:import')).toHaveLength(24);
    writeFileSync(path.join(out, 'bad.har'), '{"log":{"entries":[{}]}}');
    const bad = await stage.run('import', path.join(out, 'bad.har'));
    expect(bad).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/bad\.har, entry 1: It has no request\.\n.*Imported 0 pairs/s) as string,
    });
    expect(await stage.run('export', '--as', 'rrpair')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/-o FOLDER/) as string,
    });
  });

  test('rules on what is masked are listed, added, tried and removed', async () => {
    expect((await stage.run('mask', 'list')).stdout).toMatch(/^secret-names /m);
    expect(await stage.run('mask', 'add', 'items', '--pattern', '/items/(\\d+)')).toMatchObject(ok);
    expect((await stage.run('export', '3', '--as', 'curl')).stdout).toContain('/items/***?token=***');
    expect((await stage.run('mask', 'preview')).stdout).toMatch(/^items .*6 values in 6 pairs\n {2}#1 URL items$/m);
    expect(await stage.run('mask', 'off', 'secret-names')).toMatchObject(ok);
    expect((await stage.run('export', '3', '--as', 'curl')).stdout).toContain('/items/***?token=secret-3-value');
    expect(await stage.run('mask', 'remove', 'items')).toMatchObject(ok);
    expect(await stage.run('mask', 'add', 'x', '--pattern', '(')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no regular expression/) as string,
    });
    expect(await stage.run('mask', 'add', 'x')).toMatchObject({ code: 2 });
  });

  test('settings are shown, set and reset', async () => {
    expect(await stage.run('settings', 'set', 'limits.pairs', '5000')).toMatchObject(ok);
    expect(await stage.run('settings', 'set', 'noise.paths', '/a, /b/*')).toMatchObject(ok);
    expect(await stage.run('settings', 'set', 'masking.on', 'off')).toMatchObject(ok);
    expect(JSON.parse(readFileSync(path.join(stage.home, 'settings.json'), 'utf8'))).toEqual({
      limits: { pairs: 5000 },
      noise: { paths: ['/a', '/b/*'] },
      masking: { on: false },
    });
    expect((await stage.run('settings', 'limits')).stdout).toContain('limits.pairs = 5000\n');
    expect((await stage.run('export', '3', '--as', 'curl')).stdout).toContain('secret-3-value');
    expect(await stage.run('settings', 'reset', 'masking.on')).toMatchObject(ok);
    for (const [name, value] of [
      ['limits.pairs', 'many'],
      ['theme', 'pink'],
      ['ports.in', '70000'],
    ] as const) {
      expect(await stage.run('settings', 'set', name, value)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^sidetap: [^\n]+\n$/) as string,
      });
    }
    expect(await stage.run('settings', 'set', 'nothing', '1')).toMatchObject({ code: 2 });
    const sessions = (await stage.run('sessions')).stdout;
    expect(sessions).toMatch(/FILTER\n.* 6 /);
    const [, session = ''] = /\n +(\d+) /.exec(sessions) ?? [];
    expect(await stage.run('sessions', 'diff', session)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('6 pairs alike, 0 changed') as string,
    });
    const [counts = ''] = (await stage.run('sessions', 'diff', session, session, '--json')).stdout.trim().split('\n');
    expect(JSON.parse(counts)).toMatchObject({ counts: { same: 6, changed: 0, onlyBefore: 0, onlyAfter: 0 } });
    expect(await stage.run('sessions', 'diff', '999')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no session 999') as string,
    });
  });
});

test('with an engine running it does the work, and Ctrl-C takes an import back', async () => {
  const server = await stage.serve((_request, response) => response.end('ok'));
  const capture = await stage.capture('--port', String(server.port));
  expect((await stage.run('snapshot', 'save', 'live')).stderr).toMatch(/Saved 6 pairs/);
  const file = path.join(stage.home, 'x.har');
  const entry = {
    startedDateTime: '2026-11-20T10:00:00Z',
    request: { method: 'GET', url: 'http://a/' },
    response: { status: 200, content: { text: 'x'.repeat(500) } },
  };
  writeFileSync(file, JSON.stringify({ log: { entries: Array.from({ length: 60_000 }, () => entry) } }));
  const importing = stage.start(['import', file]);
  // It has begun when the first of them are there.
  await expect
    .poll(async () => (await stage.pairs('--limit', '1', '--filter', 'source:import')).length, { timeout: 20_000 })
    .toBe(1);
  importing.child.kill('SIGINT');
  expect(await importing.ended).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/Cancelled; nothing was imported\./) as string,
  });
  expect(await stage.pairs('--filter', 'source:import')).toEqual([]);
  expect(await stage.pairs()).toHaveLength(6);
  capture.child.kill('SIGINT');
  await capture.ended;
});
