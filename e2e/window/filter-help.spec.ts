import { barriers } from '../support/axe.ts';
import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { cell, row, rows } from '../support/window.ts';

test('the filter completes fields and values that are there, by keyboard alone', async ({ window, inbound }) => {
  for (const path of ['/users', '/missing', '/broken']) await curl(`${inbound}${path}`);
  await expect(rows(window)).toHaveCount(3);
  await window.keyboard.press('/');
  const filter = window.getByRole('combobox', { name: 'Filter' });
  await expect(filter).toBeFocused();
  await window.keyboard.type('stat');
  const suggestions = window.getByRole('listbox', { name: 'Suggestions' });
  await expect(suggestions.getByRole('option', { name: /^status/ })).toBeVisible();
  await window.keyboard.press('ArrowDown');
  await window.keyboard.press('Enter');
  await expect(filter).toHaveValue('status:');
  await window.keyboard.type('40');
  await expect(suggestions.getByRole('option', { name: /^404/ })).toContainText('1 pair');
  await window.keyboard.press('ArrowDown');
  await window.keyboard.press('Enter');
  await expect(filter).toHaveValue('status:404 ');
  await expect(rows(window)).toHaveCount(1);
  await expect(row(window, '/missing')).toBeVisible();
  await window.keyboard.press('Escape');
  await expect(rows(window)).toHaveCount(3);
});

test('every cell filters, to include and to exclude', async ({ window, inbound }) => {
  for (const path of ['/users', '/missing', '/slow']) await curl(`${inbound}${path}`);
  await expect(rows(window)).toHaveCount(3);
  await expect(cell(window, '/slow', 'latency')).toHaveText(/\d (?:ms|s)$/);
  await cell(window, '/slow', 'latency').click({ button: 'right' });
  await window.getByRole('menuitem', { name: /^Only .* and slower/ }).click();
  await expect(rows(window)).toHaveCount(1);
  await expect(row(window, '/slow')).toBeVisible();
  await window.getByRole('button', { name: 'Clear filter' }).click();
  await cell(window, '/missing', 'status').click({ modifiers: ['Alt', 'Shift'] });
  await expect(rows(window)).toHaveCount(2);
  await expect(row(window, '/missing')).toHaveCount(0);
});

test('a filter is saved under a name, picked by it, renamed and forgotten, and the syntax is at hand', async ({
  window,
  inbound,
}) => {
  for (const path of ['/users', '/broken']) await curl(`${inbound}${path}`);
  const menu = window.getByRole('button', { name: 'Saved filters, examples and syntax' });
  const dialog = window.getByRole('dialog', { name: 'Saved filters' });
  await window.getByRole('combobox', { name: 'Filter' }).fill('status:5xx');
  await window.getByRole('button', { name: 'Save this filter' }).click();
  await dialog.getByRole('textbox', { name: 'Name for status:5xx' }).fill('What <b>broke</b>');
  expect(await barriers(window)).toEqual([]);
  await window.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(window.getByRole('button', { name: 'Saved. Rename or forget this filter' })).toBeVisible();
  await window.getByRole('button', { name: 'Clear filter' }).click();

  // From the list, after the window was opened anew.
  await window.reload();
  await expect(rows(window)).toHaveCount(2);
  await menu.click();
  await window.getByRole('menuitem', { name: /^What <b>broke<\/b> ?status:5xx$/ }).click();
  await expect(rows(window)).toHaveCount(1);
  await window.getByRole('button', { name: 'Clear filter' }).click();
  await expect(rows(window)).toHaveCount(2);

  // From the palette, under another name.
  await menu.click();
  await window.getByRole('menuitem', { name: 'Rename or forget saved filters' }).click();
  await dialog.getByRole('textbox', { name: 'Name of status:5xx' }).fill('Server errors');
  await window.keyboard.press('Enter');
  expect(await barriers(window)).toEqual([]);
  await window.keyboard.press('Escape');
  await window.keyboard.press('ControlOrMeta+k');
  await window.keyboard.type('server err');
  await expect(window.getByRole('option', { selected: true })).toContainText('Server errors: status:5xx');
  await window.keyboard.press('Enter');
  await expect(rows(window)).toHaveCount(1);

  await window.getByRole('button', { name: 'Saved. Rename or forget this filter' }).click();
  await dialog.getByRole('button', { name: 'Forget Server errors' }).click();
  await expect(dialog.getByRole('textbox', { name: 'Name for status:5xx' })).toBeVisible();
  await window.keyboard.press('Escape');

  await menu.click();
  await window.getByRole('menuitem', { name: 'Syntax' }).click();
  await window.getByRole('dialog').getByRole('button', { name: 'method:POST' }).click();
  await expect(window.getByRole('combobox', { name: 'Filter' })).toHaveValue('method:POST');
});
