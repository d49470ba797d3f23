import { barriers } from '../support/axe.ts';
import { expect, test } from '../support/fixtures.ts';

test('settings are saved at once, and undone', async ({ window }) => {
  await window.keyboard.press('Control+,');
  const dialog = window.getByRole('dialog', { name: 'Preferences' });
  await dialog.getByRole('radio', { name: 'Dark' }).click();
  await expect(window.locator('html')).toHaveAttribute('data-theme', 'dark');
  await dialog.getByRole('button', { name: 'Undo' }).click();
  await expect(window.locator('html')).not.toHaveAttribute('data-theme');

  await dialog.getByRole('radio', { name: 'Capture' }).click();
  const pairs = dialog.getByLabel('Pairs kept');
  await pairs.fill('12');
  await pairs.press('Enter');
  await expect(dialog.getByRole('alert')).toHaveText('Pairs kept is a number from 1,000 to 20,000,000.');
  await expect(pairs).toHaveAttribute('aria-invalid', 'true');
  await pairs.fill('50000');
  await pairs.press('Enter');
  await expect(dialog.getByRole('alert')).toHaveCount(0);
  // What only the engine can know stands at the field too.
  await dialog.getByLabel('Listen on').fill('nowhere at all');
  await dialog.getByLabel('Listen on').press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('is no address to listen on');
  expect(await barriers(window)).toEqual([]);
  await window.reload();
  await expect(window.getByText(/\d stored/)).toBeVisible();
  await window.keyboard.press('Control+,');
  await dialog.getByRole('radio', { name: 'Capture' }).click();
  await expect(dialog.getByLabel('Pairs kept')).toHaveValue('50000');
});

test('masking rules are listed, added and removed', async ({ window }) => {
  await window.keyboard.press('Control+,');
  const dialog = window.getByRole('dialog', { name: 'Preferences' });
  await dialog.getByRole('radio', { name: 'Secrets' }).click();
  const form = dialog.getByRole('form', { name: 'Add a rule' });
  await form.getByLabel('What the rule looks for').selectOption('pattern');
  await form.getByLabel('What is masked').fill('order=(');
  await form.getByRole('button', { name: 'Add' }).click();
  await expect(form.getByRole('alert')).toContainText('no regular expression');
  await form.getByLabel('What the rule looks for').selectOption('header');
  await form.getByLabel('What is masked').fill('X-Tenant');
  await form.getByRole('button', { name: 'Add' }).click();
  const rules = dialog.getByRole('list', { name: 'Your rules' });
  await expect(rules.getByRole('listitem')).toContainText('X-Tenant');
  expect(await barriers(window)).toEqual([]);
  await rules.getByRole('button', { name: 'Remove X-Tenant' }).click();
  await expect(rules).toHaveCount(0);
});
