import { expect, test } from '../support/fixtures.ts';
import { row, rows, watch } from '../support/window.ts';

test('an empty window says how to get the first pair, and the demo brings it', async ({ window }) => {
  const seen = watch(window);
  await expect(window.getByRole('heading', { name: 'Sidetap', exact: true })).toBeVisible();
  await expect(rows(window)).toHaveCount(0);
  await window.getByRole('switch', { name: 'Run the demo shop' }).click();
  await expect(row(window, 'shop.local').first()).toBeVisible();
  await expect(row(window, 'stock.internal').first()).toBeVisible();
  await window.getByRole('switch', { name: 'Run the demo shop' }).click();
  await expect(window.getByRole('switch', { name: 'Run the demo shop' })).not.toBeChecked();
  expect(seen).toEqual({ dialogs: [], foreignRequests: [], complaints: [] });
});

test('the local app is captured by its switch', async ({ window, upstream, api }) => {
  await window.getByLabel('Port or URL of your app').fill(String(upstream.port));
  await window.getByText('Options').click();
  await window.getByLabel('In port').fill('0');
  await window.getByLabel('Out port').fill('0');
  await window.getByRole('switch', { name: 'Capture the local app' }).click();
  await expect(window.getByRole('switch', { name: 'Capture the local app' })).toBeChecked();
  const { capture } = await api.status();
  expect(capture.app).toContain(String(upstream.port));
  const answer = await fetch(`${capture.inbound?.url ?? ''}/users`);
  expect(answer.status).toBe(200);
  await expect(row(window, '/users')).toBeVisible();
  await window.getByRole('switch', { name: 'Capture the local app' }).click();
  await expect(window.getByRole('switch', { name: 'Capture the local app' })).not.toBeChecked();
  expect((await api.status()).capture.state).toBe('off');
});
