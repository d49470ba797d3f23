import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { openWindow } from '../support/surfaces.ts';
import { openDetail, row, rows, typeFilter } from '../support/window.ts';

test('two windows on one engine show the same pairs, each in its own way', async ({ api, window, inbound }) => {
  const second = await openWindow(api.engine);
  try {
    const other = second.page;
    await curl(`${inbound}/users`);
    await curl(`${inbound}/missing`);
    await expect(rows(window)).toHaveCount(2);
    await expect(rows(other)).toHaveCount(2);
    await expect(other.getByRole('switch', { name: 'Capture the local app' })).toBeChecked();

    // What one looks for, and at, is its own.
    await typeFilter(window, 'path:users');
    await expect(rows(window)).toHaveCount(1);
    const detail = await openDetail(other, '/missing');
    await expect(rows(other)).toHaveCount(2);
    await expect(window.getByRole('region', { name: 'Details' })).toBeHidden();

    // What one does to the pairs, both see.
    await other.keyboard.press('p');
    await window.getByRole('button', { name: 'Clear filter' }).click();
    await expect(row(window, '/missing').getByLabel('pinned')).toBeVisible();
    await window.getByRole('button', { name: 'Clear the list' }).click();
    await expect(rows(window)).toHaveCount(1);
    await other.keyboard.press('Escape');
    await other.keyboard.press('Escape');
    await expect(rows(other)).toHaveCount(1);
    await expect(detail).toBeHidden();
    await window.getByRole('button', { name: 'Undo' }).click();
    await expect(rows(other)).toHaveCount(2);

    // One goes, and the other goes on.
    await second.close();
    await curl(`${inbound}/after`);
    await expect(row(window, '/after')).toBeVisible();
  } finally {
    await second.close();
  }
});
