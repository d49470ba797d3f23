import { curl, runClient } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { cell, row, rows } from '../support/window.ts';

test('what passes appears by itself, in and out, with status and latency', async ({ window, api, inbound, upstream }) => {
  const { outbound } = (await api.status()).capture;
  await expect(window.getByRole('switch', { name: 'Capture the local app' })).toBeChecked();
  await curl(`${inbound}/users?page=2`);
  await curl('--data', '{"sku":"tea"}', '--header', 'Content-Type: application/json', `${inbound}/orders`);
  await curl(`${inbound}/broken`);
  await curl('--proxy', outbound?.url ?? '', `http://127.0.0.1:${upstream.port}/from-the-app`);

  await expect(cell(window, '/users?page=2', 'direction').getByRole('img', { name: 'in', exact: true })).toBeVisible();
  await expect(cell(window, '/users?page=2', 'technology')).toHaveText('JSON');
  await expect(cell(window, '/users?page=2', 'latency')).toHaveText(/\d (?:ms|µs|s)$/);
  await expect(cell(window, '/orders', 'command')).toHaveText('POST');
  await expect(cell(window, '/broken', 'status')).toHaveText('500');
  await expect(cell(window, '/from-the-app', 'direction').getByRole('img', { name: 'out', exact: true })).toBeVisible();
  await expect(rows(window)).toHaveCount(4);
  expect(upstream.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET /users?page=2',
    'POST /orders',
    'GET /broken',
    'GET /from-the-app',
  ]);
});

test('a Node client under the printed variables is captured', async ({ window, api, inbound, upstream }) => {
  expect(inbound).not.toBe('');
  const { outbound } = (await api.status()).capture;
  const script = `const http = require('node:http');
    http.get({ host: '${outbound?.host ?? ''}', port: ${outbound?.port ?? 0}, path: 'http://127.0.0.1:${upstream.port}/by-node' }, (answer) => answer.resume());`;
  const { code, stderr } = await runClient(process.execPath, ['--eval', script]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  await expect(cell(window, '/by-node', 'status')).toHaveText('200');
});

test('an exchange that is under way is shown as such, and is completed', async ({ window, inbound, upstream }) => {
  const answer = curl(`${inbound}/held`);
  await expect(cell(window, '/held', 'status')).toHaveText('pending');
  upstream.release();
  await answer;
  await expect(cell(window, '/held', 'status')).toHaveText('200');
});

test('pause holds the list while capture goes on', async ({ window, api, inbound }) => {
  await curl(`${inbound}/users`);
  await expect(rows(window)).toHaveCount(1);
  await window.getByRole('button', { name: 'Pause the list' }).click();
  await curl(`${inbound}/while-paused`);
  await api.flush();
  await expect(window.getByRole('button', { name: 'Show 1 new pair' })).toBeVisible();
  await expect(rows(window)).toHaveCount(1);
  await window.getByRole('button', { name: 'Follow again' }).click();
  await expect(row(window, '/while-paused')).toBeVisible();
  await expect(rows(window)).toHaveCount(2);
});

test('clear empties the list, pinned pairs stay, and undo brings the rest back', async ({ window, inbound }) => {
  await curl(`${inbound}/users`);
  await curl(`${inbound}/missing`);
  await expect(rows(window)).toHaveCount(2);
  await row(window, '/missing').click();
  await window.keyboard.press('p');
  await expect(row(window, '/missing').getByLabel('pinned')).toBeVisible();
  await window.getByRole('button', { name: 'Clear the list' }).click();
  await expect(rows(window)).toHaveCount(1);
  await expect(row(window, '/missing')).toBeVisible();
  await window.getByRole('button', { name: 'Undo' }).click();
  await expect(rows(window)).toHaveCount(2);
});
