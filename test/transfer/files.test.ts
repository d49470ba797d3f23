import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { range, type TestPair } from '../store/pairs.ts';
import { devtoolsHar } from './devtools-har.ts';
import { contentOf, dataDirWith, exported, imported, open, rows } from './support.ts';

const secrets: TestPair = {
  id: 1,
  method: 'POST',
  target: '/login?token=url-token-123&page=1',
  requestHeaders: ['Authorization: Bearer header-token-123', 'Cookie: sid=cookie-value-123', 'Content-Type: application/json'],
  requestBody: '{"user":"ann","password":"body-password-123"}',
  responseHeaders: ['Set-Cookie: sid=set-cookie-123; Path=/', 'Location: /next?token=location-123', 'Content-Type: text/plain'],
  responseBody: 'welcome, your password is body-password-123',
};

const values = ['url-token-123', 'header-token-123', 'cookie-value-123', 'body-password-123', 'set-cookie-123', 'location-123'];

function everything(dir: string): string {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => contentOf(path.join(entry.parentPath, entry.name)))
    .join('\n');
}

describe('secrets', () => {
  test.each(['har', 'postman', 'rrpair', 'rrpair-json', 'sidetap'] as const)('leave in no form with %s', async (as) => {
    const { client, dir } = await dataDirWith(secrets);
    const out = path.join(dir, 'out');
    mkdirSync(out);
    const target = path.join(out, 'it');
    const written = await exported(client, { as, path: target });
    expect(written).toMatchObject({ pairs: 1, left: 0 });
    expect(written.masked).toBeGreaterThan(5);
    const text = everything(out);
    for (const value of values) {
      for (const form of [value, Buffer.from(value).toString('base64').slice(2, -3), encodeURIComponent(value)]) {
        expect(text.includes(form), `${form} of ${value}`).toBe(false);
      }
    }
    expect(text).toContain(as === 'rrpair' ? 'page=1' : 'page');
    await exported(client, { as, path: path.join(out, 'bare'), reveal: true });
    expect(everything(out)).toContain('url-token-123');
  });

  test('are told before they leave, by rule and with places', async () => {
    const { client } = await dataDirWith(secrets, { id: 2 });
    let preview = null;
    for await (const event of await client.redact.preview({})) if (event.finished) preview = event;
    if (preview === null) throw new Error('it never finished');
    expect(preview).toMatchObject({ pairs: 1, total: 2 });
    const found = new Map(preview.rules.map((rule) => [rule.rule, rule]));
    expect(found.get('credentials')).toMatchObject({ count: 1, pairs: 1, places: [{ pair: 1, where: 'header authorization' }] });
    expect(found.get('cookies')?.count).toBe(2);
    expect(found.get('secret-names')?.places).toContainEqual({ pair: 1, where: 'body password' });
    expect(found.get('repeated')?.count).toBe(1);
  });

  test('follow the user’s rules everywhere, and can be left in for good', async () => {
    const { client, dir } = await dataDirWith({ id: 1, target: '/x?tenant=acme-corp' });
    await client.redact.save({ off: [], keep: [], rules: [{ kind: 'query', id: 'tenant', title: '', names: ['tenant'] }] });
    expect((await client.export.curl({ id: 1 })).command).toContain('tenant=***');
    expect((await client.export.code({ id: 1, format: 'fetch' })).code).not.toContain('acme-corp');
    const { settings } = await client.settings.get();
    await client.settings.save({ ...settings, masking: { on: false } });
    expect((await client.export.curl({ id: 1 })).command).toContain('tenant=acme-corp');
    expect((await client.export.curl({ id: 1, reveal: false })).command).toContain('tenant=***');
    await exported(client, { as: 'har', path: path.join(dir, 'x.har') });
    expect(readFileSync(path.join(dir, 'x.har'), 'utf8')).toContain('acme-corp');
    await expect(client.redact.save({ off: ['nothing'], keep: [], rules: [] })).rejects.toMatchObject({ code: 'masking-invalid' });
  });
});

describe('a HAR of a browser', () => {
  test('is imported as pairs, and comes out as it went in', async () => {
    const { client, dir } = await dataDirWith();
    const har = devtoolsHar();
    const file = path.join(dir, 'shop.har');
    writeFileSync(file, JSON.stringify(har, null, 2));
    expect(await imported(client, file)).toMatchObject({ pairs: 3, files: 1, problemCount: 0, source: 'import:shop.har' });
    const list = await rows(client);
    expect(list.map(({ command, host, location, status }) => [command, host, location, status])).toEqual([
      ['GET', 'shop.example', '/api/items?page=2&token=abcdef12345', '200'],
      ['POST', 'shop.example:8443', '/login', '200'],
      ['GET', '127.0.0.1:9', '/refused', 'upstream-closed-early'],
    ]);
    expect(list[0]).toMatchObject({
      latencyMs: 41.375,
      durationMs: 43.875,
      protocol: 'https',
      startedAt: '2026-11-20T10:00:00.123000Z',
    });
    const body = await client.pairs.body({ id: list[0]?.id ?? 0, side: 'response' });
    expect(Buffer.from(body.base64, 'base64').toString()).toBe('{"items":["ä","b"],"price":1.10}');
    const out = path.join(dir, 'out.har');
    await exported(client, { as: 'har', path: out, reveal: true });
    const written = JSON.parse(readFileSync(out, 'utf8')) as typeof har;
    expect(written.log.entries).toEqual(har.log.entries);
    await exported(client, { as: 'har', path: out });
    const masked = JSON.parse(readFileSync(out, 'utf8')) as typeof har;
    expect(masked.log.entries[0]).toMatchObject({
      _priority: 'High',
      pageref: 'page_1',
      request: { url: 'https://shop.example/api/items?page=2&token=***' },
    });
    for (const secret of [
      'abcdef12345',
      'secret-bearer-token',
      's3ss10n-value',
      'first-cookie-1',
      'second-cookie-2',
      'hunter2hunt',
    ]) {
      expect(JSON.stringify(masked)).not.toContain(secret);
    }
  });

  test('in a form that browsers do not write is read as far as it goes', async () => {
    const { client, dir } = await dataDirWith();
    const [good] = devtoolsHar().log.entries;
    const broken = [
      good,
      { ...good, startedDateTime: 'yesterday' },
      { ...good, request: undefined },
      { ...good, request: { method: 'GET', url: 'ftp://x/' } },
      { ...good, request: { method: 'G E T', url: 'http://x/' } },
      { startedDateTime: '2026-11-20T10:00:00Z', request: { method: 'GET', url: 'http://a.example/min' } },
    ];
    const file = path.join(dir, 'x.har');
    writeFileSync(file, `\uFEFF{"log":{"comment":"entries before","entries":${JSON.stringify(broken)}}}`);
    const result = await imported(client, file);
    expect(result).toMatchObject({ pairs: 2, problemCount: 4 });
    expect(result.problems.map(({ place }) => place)).toEqual(['entry 2', 'entry 3', 'entry 4', 'entry 5']);
    for (const { problem } of result.problems) expect(problem).toMatch(/^[A-Z].{5,200}\.$/);
  });
});

describe('folders of RRPairs', () => {
  const hostile = [
    '../../../evil',
    'CON',
    'aux.txt',
    'a'.repeat(300),
    'a b',
    '..',
    'x\u202Ey',
    '[::1]:80',
    '-rf',
    'nul',
    '%00',
    '.',
  ];

  test.each(['rrpair', 'rrpair-json'] as const)('as %s come back whole, whatever the hosts are called', async (as) => {
    const pairs = hostile.map(
      (host, index): TestPair => ({
        id: index + 1,
        host,
        startedAtMicros: 1_795_165_200_000_000,
        responseBody: `{"n": ${String(index)}}`,
      }),
    );
    const { client, dir } = await dataDirWith(...pairs, {
      id: 99,
      summary: { command: 'TCP', location: '', status: 'closed' },
      connection: { protocol: 'tcp' },
    });
    const out = path.join(dir, 'pairs');
    expect(await exported(client, { as, path: out, reveal: true })).toMatchObject({
      pairs: pairs.length + 1,
      files: pairs.length + 1,
    });
    for (const host of readdirSync(out)) {
      expect(host).toMatch(/^[a-z0-9_][a-z0-9._-]{0,110}$/);
      for (const file of readdirSync(path.join(out, host)))
        expect(file).toMatch(/^2026-11-20_(?:09-00-00\.000|10-00-00\.099)000000Z(?:-\d+)?\.(?:md|json)$/);
    }
    const result = await imported(client, out);
    expect(result.problems).toEqual([]);
    expect(result).toMatchObject({ pairs: pairs.length + 1, files: pairs.length + 1 });
    const list = await rows(client, 'source:="import:pairs"');
    expect(list.map(({ host }) => host).toSorted()).toEqual(
      (await rows(client, 'source:local')).map(({ host }) => host).toSorted(),
    );
    await expect(exported(client, { as, path: out })).rejects.toMatchObject({ code: 'export-failed' });
  });

  test('with other things in them: each is named and counted, none is skipped silently', async () => {
    const { client, dir } = await dataDirWith({ id: 1 });
    const out = path.join(dir, 'pairs');
    await exported(client, { as: 'rrpair', path: out });
    writeFileSync(path.join(out, 'README.md'), '# These are my recordings');
    writeFileSync(path.join(out, 'picture.png'), Buffer.from([137, 80, 78, 71]));
    writeFileSync(path.join(out, '.DS_Store'), 'x');
    writeFileSync(path.join(out, 'broken.json'), '{"msgType":"rrpair",');
    writeFileSync(path.join(out, 'empty.json'), '');
    writeFileSync(path.join(out, 'cut.md'), '### REQUEST ###\n```\nGET http://a/ HTTP/1.1\n');
    writeFileSync(
      path.join(out, 'lines.jsonl'),
      '{"msgType":"rrpair","ts":"2026-01-01T00:00:00Z","l7protocol":"redis"}\nnonsense\n\n{"msgType":"rrpair","ts":"2026-01-01T00:00:00Z","l7protocol":"redis","command":"GET"}',
    );
    writeFileSync(
      path.join(out, 'binary.md'),
      Buffer.from(
        '### REQUEST ###\n```\nGET http://a/ HTTP/1.1\nX: \xff\xfe\n```\n### METADATA ###\n```\nts: 2026-01-01T00:00:00Z\n```\n',
        'latin1',
      ),
    );
    symlinkSync('/etc/passwd', path.join(out, 'link.json'));
    symlinkSync(out, path.join(out, 'loop'));
    const result = await imported(client, out, path.join(dir, 'nowhere'), path.join(out, 'picture.png'));
    expect(result.pairs).toBe(4);
    expect(result.problems.map(({ file, place }) => [path.basename(file), place])).toEqual([
      ['nowhere', ''],
      ['broken.json', ''],
      ['cut.md', ''],
      ['empty.json', ''],
      ['lines.jsonl', 'line 2'],
      ['picture.png', ''],
    ]);
    for (const { problem } of result.problems) expect(problem).toMatch(/^[A-Z].{5,200}\.$/);
  });
});

test('a Postman collection has every request with its answer as an example', async () => {
  const { client, dir } = await dataDirWith(
    {
      id: 1,
      method: 'POST',
      target: '/a/b?x=1&y',
      requestHeaders: ['Content-Type: application/json'],
      requestBody: '{"a":1}',
      responseBody: 'ok',
    },
    {
      id: 2,
      method: 'POST',
      requestHeaders: ['Content-Type: application/x-www-form-urlencoded'],
      requestBody: 'a=1&b=2',
      status: 404,
    },
    { id: 3, summary: { command: 'TCP', location: '', status: '' }, connection: { protocol: 'tcp' } },
  );
  const out = path.join(dir, 'c.json');
  expect(await exported(client, { as: 'postman', path: out })).toMatchObject({ pairs: 2, left: 1 });
  const collection = JSON.parse(readFileSync(out, 'utf8')) as Record<string, unknown>;
  expect(collection).toMatchObject({
    info: { schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
    item: [
      {
        name: 'POST /a/b?x=1&y',
        request: {
          method: 'POST',
          url: {
            raw: 'http://shop.test/a/b?x=1&y',
            protocol: 'http',
            host: ['shop', 'test'],
            path: ['a', 'b'],
            query: [
              { key: 'x', value: '1' },
              { key: 'y', value: '' },
            ],
          },
          body: { mode: 'raw', raw: '{"a":1}', options: { raw: { language: 'json' } } },
        },
        response: [{ code: 200, body: 'ok' }],
      },
      {
        request: {
          body: {
            mode: 'urlencoded',
            urlencoded: [
              { key: 'a', value: '1', type: 'text' },
              { key: 'b', value: '2', type: 'text' },
            ],
          },
        },
        response: [{ code: 404 }],
      },
    ],
  });
});

const many = (): TestPair[] => range(1, 3_000).map((id) => ({ id, responseBody: 'x'.repeat(2_000) }));

/** Goes away after the first sign of progress that is not the last. */
async function abandon<Event extends { done: number; total: number }>(
  events: (signal: AbortSignal) => Promise<AsyncIterable<Event>>,
): Promise<boolean> {
  const stop = new AbortController();
  for await (const { done, total } of await events(stop.signal)) {
    if (total > 0 && done < total) {
      stop.abort();
      return true;
    }
  }
  return false;
}

describe('cancelled half-way', () => {
  test.each(['har', 'rrpair', 'sidetap'] as const)('an export as %s leaves nothing behind', async (as) => {
    const { client, dir } = await dataDirWith(...many());
    const out = path.join(dir, 'out');
    mkdirSync(out);
    expect(await abandon((signal) => client.export.file({ as, path: path.join(out, 'x') }, { signal }))).toBe(true);
    expect(readdirSync(out)).toEqual([]);
  });

  test('a snapshot and an import leave nothing behind', async () => {
    const { client, dir } = await dataDirWith(...many());
    expect(await abandon((signal) => client.snapshots.save({ name: 'x' }, { signal }))).toBe(true);
    expect(await client.snapshots.list()).toEqual([]);
    expect(readdirSync(path.join(dir, 'snapshots'))).toEqual([]);
    const file = path.join(dir, 'x.har');
    await exported(client, { as: 'har', path: file });
    const before = await rows(client, 'id:..5');
    expect(await abandon((signal) => client.import({ paths: [file] }, { signal }))).toBe(true);
    const page = await client.pairs.list({ filter: '', noise: true, limit: 1 });
    expect(page.total).toBe(3_000);
    expect(await rows(client, 'source:import')).toEqual([]);
    expect(await rows(client, 'id:..5')).toEqual(before);
  });
});

test('an import that is under way when Sidetap ends is taken back, though nobody reads how far it is', async () => {
  const { client, dir, stored } = await dataDirWith({ id: 1 });
  const file = path.join(dir, 'x.har');
  const [entry] = devtoolsHar().log.entries;
  writeFileSync(file, JSON.stringify({ log: { entries: Array.from({ length: 20_000 }, () => entry) } }));
  const events = (await client.import({ paths: [file] }))[Symbol.asyncIterator]();
  await events.next();
  await expect.poll(async () => (await rows(client, 'source:import')).length).toBeGreaterThan(0);
  await stored.close();
  const again = await open(dir);
  expect((await rows(again.client)).map(({ id }) => id)).toEqual([1]);
});

test('settings hold, differ from their defaults only in the file, and survive a broken file', async () => {
  const { client, dir, stored } = await dataDirWith(...range(1, 1_500).map((id) => ({ id })));
  const { settings } = await client.settings.get();
  await client.settings.save({
    ...settings,
    limits: { ...settings.limits, pairs: 1_000 },
    noise: { ...settings.noise, paths: ['/internal/*'] },
  });
  expect(JSON.parse(readFileSync(path.join(dir, 'settings.json'), 'utf8'))).toEqual({
    limits: { pairs: 1_000 },
    noise: { paths: ['/internal/*'] },
  });
  // Retention works in steps, behind the calls.
  await expect.poll(async () => (await client.pairs.list({ filter: '', noise: true, limit: 1 })).total).toBe(1_000);
  await expect(client.settings.save({ ...settings, ports: { ...settings.ports, in: 5_000, out: 5_000 } })).rejects.toMatchObject({
    code: 'settings-invalid',
  });
  const har = path.join(dir, 'n.har');
  const [entry] = devtoolsHar().log.entries;
  writeFileSync(
    har,
    JSON.stringify({ log: { entries: [{ ...entry, request: { method: 'GET', url: 'http://a/internal/x/y' } }] } }),
  );
  await imported(client, har);
  expect(await rows(client, 'is:noise source:import')).toHaveLength(1);
  await stored.close();
  for (const [name, text] of [
    ['settings', '{"limits":{"pairs":"many"}}'],
    ['masking', '{"rules":['],
  ] as const) {
    writeFileSync(path.join(dir, `${name}.json`), text);
  }
  const again = await open(dir);
  expect((await again.client.settings.get()).problem).toMatch(/limits\.pairs.*set aside as .*settings\.broken-.*defaults hold/);
  expect((await again.client.redact.rules()).problem).toMatch(/set aside/);
  expect((await again.client.status()).notices.map(({ id }) => id)).toEqual(expect.arrayContaining(['settings', 'masking']));
  expect((await again.client.settings.get()).settings.limits.pairs).toBe(1_000_000);
  expect(readdirSync(dir).filter((name) => name.includes('.broken-'))).toHaveLength(2);
});

test('a place that cannot be written is said in a sentence', async () => {
  const { client, dir } = await dataDirWith({ id: 1 });
  for (const as of ['har', 'rrpair', 'sidetap', 'postman'] as const) {
    const failure = exported(client, { as, path: path.join(dir, 'no', 'such', 'folder', 'x') });
    await expect(failure).rejects.toMatchObject({
      code: 'export-failed',
      message: expect.stringMatching(/cannot be written/) as string,
    });
  }
  await expect(exported(client, { as: 'har', path: 'relative.har' })).rejects.toMatchObject({ code: 'bad-usage' });
});
