import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { openDetail, row, rows } from '../support/window.ts';

test('an engine killed with -9 is started again, with a notice and with what was stored', async ({ window, api, inbound }) => {
  await curl(`${inbound}/users`);
  await api.flush();
  await expect(window.getByRole('grid', { name: 'Request list' }).getByText('/users')).toBeVisible();
  const before = api.engine;
  process.kill(before.pid, 'SIGKILL');
  await expect(window.getByText(/engine ended unexpectedly/)).toBeVisible();
  await expect(window.getByRole('grid', { name: 'Request list' }).getByText('/users')).toBeVisible();
  expect(api.engine.pid).not.toBe(before.pid);
  expect(api.engine.token).not.toBe(before.token);
  const { capture, store } = await api.status();
  expect(capture.state).toBe('off');
  expect(store.pairs).toBe(1);
});

test('the open window goes on after a restart: what it showed is there, and what comes then appears in it', async ({
  window,
  api,
  inbound,
  upstream,
}) => {
  for (const number of [1, 2, 3]) await curl('--data', `body ${number}`, `${inbound}/number/${number}`);
  await expect(rows(window)).toHaveCount(3);
  await api.flush();
  const before = await api.pairs();
  process.kill(api.engine.pid, 'SIGKILL');
  await expect(window.getByText(/engine ended unexpectedly/)).toBeVisible();
  await expect(rows(window)).toHaveCount(3);
  const after = await api.pairs();
  expect(after.rows.map(({ id, location, status }) => [id, location, status])).toEqual(
    before.rows.map(({ id, location, status }) => [id, location, status]),
  );
  const detail = await openDetail(window, '/number/2');
  await detail.getByRole('tab', { name: 'Request' }).click();
  await expect(detail.getByRole('region', { name: 'Body' })).toContainText('body 2');
  await window.keyboard.press('Escape');
  await window.keyboard.press('Escape');

  const { inbound: again } = await api.startCapture(upstream.port);
  await curl(`${again?.url ?? ''}/number/4`);
  await expect(row(window, '/number/4')).toBeVisible();
  await expect(rows(window)).toHaveCount(4);
});
