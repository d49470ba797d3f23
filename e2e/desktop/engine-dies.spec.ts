import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';

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
