import { barriers } from '../support/axe.ts';
import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { row } from '../support/window.ts';

test('a source that stays silent is looked into by itself, until something comes', async ({ window, inbound }) => {
  await window.clock.install();
  await window.reload();
  const panel = window.getByRole('region', { name: 'Why do I see nothing?' });
  await expect(window.getByText(/\d stored/)).toBeVisible();
  await expect(panel).toHaveCount(0);
  await window.clock.fastForward(31_000);
  await expect(panel.getByRole('heading', { name: 'Nothing has come from your app yet' })).toBeVisible();
  await expect(panel.getByRole('status')).not.toContainText('Checking');
  expect(await barriers(window)).toEqual([]);
  await expect(async () => {
    await curl(`${inbound}/users`);
    await expect(panel).toHaveCount(0, { timeout: 1_000 });
  }).toPass();
  await expect(row(window, '/users').first()).toBeVisible();
});

test('it stays away once it is dismissed', async ({ window, inbound: _inbound }) => {
  await window.clock.install();
  await window.reload();
  const panel = window.getByRole('region', { name: 'Why do I see nothing?' });
  await expect(window.getByText(/\d stored/)).toBeVisible();
  await window.clock.fastForward(31_000);
  await panel.getByRole('button', { name: 'Dismiss' }).click();
  await expect(panel).toHaveCount(0);
  await window.clock.fastForward(60_000);
  await expect(panel).toHaveCount(0);
});
