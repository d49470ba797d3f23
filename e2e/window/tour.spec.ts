import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { barriers } from '../support/axe.ts';
import { expect, test } from '../support/fixtures.ts';
import { dataDirOf } from '../support/surfaces.ts';

test.use({ newUser: true });

test('the tour shows three places by keyboard, and never comes again', async ({ window, home }) => {
  const step = (name: string) => window.getByRole('dialog', { name });
  await expect(step('Choose what to watch')).toContainText('1 of 3');
  await expect(step('Choose what to watch').getByRole('button', { name: 'Next' })).toBeFocused();
  expect(await barriers(window)).toEqual([]);
  await window.keyboard.press('Enter');
  await expect(step('Find the request you mean')).toContainText('2 of 3');
  await expect(step('Find the request you mean').getByRole('button', { name: 'Next' })).toBeFocused();
  expect(await barriers(window)).toEqual([]);
  await window.keyboard.press('Enter');
  await expect(step('All of it by keyboard')).toContainText('3 of 3');
  await window.keyboard.press('Enter');
  await expect(window.getByRole('dialog')).toHaveCount(0);
  await expect.poll(() => readFileSync(join(dataDirOf(home), 'settings.json'), 'utf8')).toMatch(/"done": true/);
  await window.reload();
  await expect(window.getByText(/\d stored/)).toBeVisible();
  await expect(window.getByRole('main').getByRole('button', { name: 'Start the demo shop' })).toBeVisible();
  await expect(window.getByRole('dialog')).toHaveCount(0);

  // Who wants it again finds it among the commands.
  await window.keyboard.press('Control+k');
  await window.getByRole('combobox', { name: 'Command' }).fill('tour');
  await window.keyboard.press('Enter');
  await expect(step('Choose what to watch')).toBeVisible();
});

test('what the tour points at can be used meanwhile, and Escape skips it for good', async ({ window }) => {
  const tour = window.getByRole('dialog', { name: 'Choose what to watch' });
  await window.getByRole('textbox', { name: 'Port or URL of your app' }).fill('3000');
  await expect(tour).toBeVisible();
  await tour.getByRole('button', { name: 'Skip' }).focus();
  await window.keyboard.press('Escape');
  await expect(tour).toHaveCount(0);
  await window.reload();
  await expect(window.getByRole('main').getByRole('button', { name: 'Start the demo shop' })).toBeVisible();
  await expect(window.getByRole('dialog')).toHaveCount(0);
});
