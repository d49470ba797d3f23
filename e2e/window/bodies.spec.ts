import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { barriers } from '../support/axe.ts';
import { curl, send } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { openDetail, rows, watch } from '../support/window.ts';

/** Calls with fields that a command line could not hold. */
async function call(url: string, headers: Record<string, string>): Promise<void> {
  const { pathname, search, port } = new URL(url);
  const [response] = (await once(
    request({ host: '127.0.0.1', port, path: `${pathname}${search}`, headers, agent: false }).end(),
    'response',
  )) as [IncomingMessage];
  await response.toArray();
}

/** Views that differ most from each other in what they are made of. */
const LOOKED_THROUGH = new Set(['/table', '/proto', '/page', '/pdf']);

test('a body is shown in the way that suits it', async ({ window, inbound }) => {
  const bodies: [path: string, type: string, bytes: Uint8Array | string, shown: string | RegExp][] = [
    ['/table', 'text/csv', 'id,name\n1,"Lovelace, Ada"\n', 'Lovelace, Ada'],
    ['/pack', 'application/msgpack', Uint8Array.of(0x81, 0xa1, 0x61, 0xcd, 1, 0), '256'],
    ['/proto', 'application/x-protobuf', Uint8Array.of(8, 0x96, 1), '150'],
    ['/page', 'text/html', '<p>Hello <b>there</b></p><script>window.pwned = 1</script>', 'Hello'],
    ['/style', 'text/css', '.a{color:red}', 'color: red'],
    ['/pdf', 'application/pdf', '%PDF-1.7 <</Type /Pages /Count 2>>', 'Pages'],
    ['/latin', 'text/plain; charset=iso-8859-1', Uint8Array.of(0x63, 0x61, 0x66, 0xe9), 'café'],
  ];
  for (const [path, type, bytes] of bodies) await send(`${inbound}${path}`, type, bytes);
  await expect(rows(window)).toHaveCount(bodies.length);
  for (const [path, , , shown] of bodies) {
    const detail = await openDetail(window, path);
    await detail.getByRole('tab', { name: 'Request' }).click();
    await expect(detail.getByRole('region', { name: 'Body' })).toContainText(shown);
    if (LOOKED_THROUGH.has(path)) expect(await barriers(window)).toEqual([]);
  }
});

test('the parts of a form are looked at one by one', async ({ window, inbound }) => {
  await curl(
    '--form',
    'title=Hello',
    '--form',
    'doc={"deep":{"x":[1,2]}};type=application/json;filename=d.json',
    `${inbound}/upload`,
  );
  const detail = await openDetail(window, '/upload');
  await detail.getByRole('tab', { name: 'Request' }).click();
  const body = detail.getByRole('region', { name: 'Body' });
  const parts = body.getByRole('listbox', { name: 'Parts' }).getByRole('option');
  await expect(parts).toHaveCount(2);
  await parts.filter({ hasText: 'doc' }).click();
  await expect(body.getByRole('tree', { name: 'Body as JSON' })).toContainText('deep');
  expect(await barriers(window)).toEqual([]);
});

test('a value says what it means, and is copied with its path, by keyboard', async ({ surface, window, inbound }) => {
  await send(`${inbound}/values`, 'application/json', '{"at":"2020-01-01T00:00:00Z","list":[{"url":"https://a.test/x?y=1"}]}');
  const detail = await openDetail(window, '/values');
  await detail.getByRole('tab', { name: 'Request' }).click();
  const tree = detail.getByRole('tree', { name: 'Body as JSON' });
  await tree.focus();
  for (let step = 0; step < 2; step += 1) await window.keyboard.press('ArrowDown');
  await expect(detail.getByRole('region', { name: 'Body' })).toContainText('years ago');
  for (let step = 0; step < 3; step += 1) await window.keyboard.press('ArrowDown');
  await expect(detail.getByRole('region', { name: 'Body' })).toContainText('URL on a.test');
  await window.keyboard.press('ControlOrMeta+c');
  await expect(window.getByText('value copied')).toBeAttached();
  expect(await surface.readClipboard()).toBe('https://a.test/x?y=1');
  await window.keyboard.press('ControlOrMeta+Shift+C');
  await expect(window.getByText('path copied')).toBeAttached();
  expect(await surface.readClipboard()).toBe('$.list[0].url');
});

test('hostile bodies and fields are shown as they are, and do nothing', async ({ window, inbound }) => {
  const seen = watch(window);
  await call(`${inbound}/head?<script>=1`, {
    'X-Long': 'x'.repeat(700_000),
    'X-Script': '"><script>window.pwned=1</script>',
    'X-Turned': Buffer.from('gnp.\u202eexe').toString('latin1'),
    Authorization: 'Basic YWRhOnMzY3IzdA==',
  });
  await call(`${inbound}/longer`, { 'X-Longer': 'y'.repeat(5_000_000) });
  const keys = Array.from({ length: 350_000 }, (_, at) => `"k${at}":{"n":${at}}`).join(',');
  await send(`${inbound}/keys`, 'application/json', `{${keys}}`);
  await send(`${inbound}/wrong`, 'text/plain', Uint8Array.of(0x61, 0xff, 0xc3, 0x28, 0xe2, 0x80, 0xae, 0x62));

  // The head of five million bytes is more than is read: its connection is listed and shown, with what was kept of it.
  await expect(rows(window)).toHaveCount(4);
  for (const at of [0, 1, 2, 3]) {
    await rows(window).nth(at).click();
    for (const tab of ['Request', 'Raw', 'Overview']) await window.getByRole('tab', { name: tab }).click();
  }

  let detail = await openDetail(window, '/head');
  await detail.getByRole('tab', { name: 'Request' }).click();
  await expect(detail.getByText('characters more')).toBeVisible();
  const fields = detail.getByRole('grid', { name: 'Headers' });
  await expect(fields).toContainText('"><script>');
  await expect(fields).toContainText('Basic ••••••••');
  await detail.getByRole('radio', { name: 'Meaning' }).click();
  const meaning = detail.getByRole('region', { name: 'Meaning' });
  await expect(meaning).toContainText('ada');
  await expect(meaning).not.toContainText('s3cr3t');
  await meaning.getByRole('button', { name: 'Reveal' }).click();
  await expect(meaning).toContainText('s3cr3t');
  expect(await barriers(window)).toEqual([]);

  detail = await openDetail(window, '/keys');
  await detail.getByRole('tab', { name: 'Request' }).click();
  await expect(detail.getByRole('tree')).toContainText('"k1"');
  await detail.getByRole('textbox', { name: 'Find in body' }).fill('k349999');
  await expect(detail.getByRole('tree')).toContainText('"k349999"');
  await detail.getByRole('button', { name: 'Fold all', exact: true }).click();
  await expect(detail.getByRole('tree')).toContainText('{ … }');

  detail = await openDetail(window, '/wrong');
  await expect(detail.getByRole('region', { name: 'Body' })).toContainText('⟨202E⟩');
  await expect(detail.getByRole('region', { name: 'Body' })).toContainText('Some bytes are not utf-8');
  expect(await window.evaluate('window.pwned ?? null')).toBeNull();
  expect(seen).toEqual({ dialogs: [], foreignRequests: [], complaints: [] });
});
