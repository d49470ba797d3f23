import { barriers } from '../support/axe.ts';
import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { openDetail } from '../support/window.ts';

test('the dialogs in which something is done with pairs have no barriers', async ({ window, inbound }) => {
  await curl('--header', 'Authorization: Bearer s3cr3t-token', '--data', 'a=1', `${inbound}/users`);
  const detail = await openDetail(window, '/users');
  await detail.getByRole('button', { name: 'Edit & replay' }).click();
  await expect(window.getByRole('dialog', { name: 'Edit & replay' })).toBeVisible();
  expect(await barriers(window)).toEqual([]);
  await window.keyboard.press('Escape');
  for (const [item, name] of [
    ['Replay these pairs', 'Replay many'],
    ['Export to a file', 'Export'],
    ['Import files', 'Import'],
  ] as const) {
    await window.getByRole('button', { name: 'More' }).click();
    await window.getByRole('menuitem', { name: item }).click();
    await expect(window.getByRole('dialog', { name })).toBeVisible();
    expect(await barriers(window)).toEqual([]);
    await window.keyboard.press('Escape');
    await expect(window.getByRole('dialog')).toHaveCount(0);
  }
});
