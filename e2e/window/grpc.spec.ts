import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runClient } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { pushOnce } from '../support/pushing.ts';
import { type RealServer, startServerProcess } from '../support/servers.ts';
import { cell, openDetail, row, rows, typeFilter } from '../support/window.ts';

/** That of Debian, for which its gRPC is. */
const PYTHON = '/usr/bin/python3';
const script = join(import.meta.dirname, '../support/grpc-users.py');
let server: RealServer;
let folder = '';
let schema = '';

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sidetap-schema-'));
  schema = join(folder, 'shop.proto');
  writeFileSync(
    schema,
    'package shop; message Said { optional int32 count = 1; } service Users { rpc Talk(stream Said) returns (stream Said); }',
  );
  server = await startServerProcess('grpc', (port) => ({ program: PYTHON, args: [script, 'serve', String(port)] }));
});
test.afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('calls of gRPC over HTTP/2 are read: method, status, messages by their fields; and what a server pushes is marked', async ({
  window,
  api,
}) => {
  const { inbound } = await api.startCapture(server.port);
  const { code, stderr } = await runClient(PYTHON, [script, 'call', new URL(inbound?.url ?? '').host], '');
  expect(code, stderr).toBe(0);

  await expect(cell(window, 'shop.Users/Nothing', 'status')).toContainText('ERR:UNIMPLEMENTED');
  await expect(cell(window, 'shop.Users/Talk', 'technology')).toContainText('gRPC');
  const detail = await openDetail(window, 'shop.Users/Talk');
  await expect(detail).toContainText('HTTP/2');
  await detail.getByRole('tab', { name: 'Messages' }).click();
  const list = detail.getByRole('listbox', { name: 'Messages' });
  await expect(list.getByRole('option')).toHaveCount(4);
  await expect(detail).toContainText('The server ended the call with OK.');
  await list.getByRole('option', { name: /1: 7, 9: 1/ }).click();
  const message = detail.getByRole('region', { name: 'Message', exact: true });
  await expect(message.getByRole('treeitem').or(message.getByText('9')).first()).toBeVisible();

  // Whoever has the schema sees names instead, of what was captured before too.
  await detail.getByRole('button', { name: 'give names…' }).click();
  const files = window.getByRole('form', { name: 'Take names from files' });
  await files.getByRole('textbox').fill('/nowhere/protos');
  await files.getByRole('button', { name: 'Add' }).click();
  await expect(window.getByRole('alert')).toContainText('/nowhere/protos cannot be read');
  await files.getByRole('textbox').fill(schema);
  await files.getByRole('button', { name: 'Add' }).click();
  await expect(window.getByRole('list', { name: 'Names come from' })).toContainText('1 message, 1 method: shop.Users');
  await window.keyboard.press('Escape');
  await list.getByRole('option', { name: /count: 7, 9: 1/ }).click();
  await expect(message.getByRole('treeitem', { name: /count/ })).toBeVisible();
  await expect(detail.getByRole('button', { name: 'give names…' })).toHaveCount(0);
  await message.getByRole('radio', { name: 'As sent' }).click();
  await expect(message).toContainText('By field number');

  await detail.getByRole('tab', { name: 'Response' }).first().click();
  await expect(detail.getByRole('table', { name: 'Trailers' }).or(detail.getByText('grpc-status')).first()).toBeVisible();
  await detail.getByRole('tab', { name: 'Raw' }).click();
  await expect(detail).toContainText('POST /shop.Users/Talk HTTP/2');
  await expect(detail).toContainText(':authority: ');
  await detail.getByRole('tab', { name: 'cURL & code' }).click();
  await expect(detail).toContainText('--http2-prior-knowledge');

  await typeFilter(window, 'grpc.method:users/get');
  await expect(rows(window)).toHaveCount(2);
  await typeFilter(window, 'tech:http/2 status:ERR');
  await expect(rows(window)).toHaveCount(2);

  await api.stopCapture();
  await pushOnce(async (port) => (await api.startCapture(port)).inbound?.url ?? '');
  await typeFilter(window, 'is:pushed');
  await expect(rows(window)).toHaveCount(1);
  await expect(cell(window, '/style.css', 'time').getByLabel('pushed by the server')).toBeVisible();
  await row(window, '/style.css').click();
  await detail.getByRole('tab', { name: 'Overview' }).click();
  await expect(detail).toContainText('Pushed by the server, which promised it when this was asked for: GET /page');
  const asked = await detail.getByRole('button', { name: /^Show pair \d+$/ }).textContent();
  await typeFilter(window, `pushed-by:${asked ?? ''}`);
  await expect(rows(window)).toHaveCount(1);
  await typeFilter(window, 'path:/page');
  await row(window, '/page').click();
  await expect(detail.locator('.overview')).toContainText(/Pushed with it\s*\/style\.css\s+pair \d+/);
  await expect(cell(window, '/page', 'time').getByLabel('pushed by the server')).toHaveCount(0);
});
