import { barriers } from '../support/axe.ts';
import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { messages, openDetail, row, rows, typeFilter, watch } from '../support/window.ts';

test('a pair is coloured and noted by keyboard alone, found by it, and stays so', async ({ window, inbound }) => {
  for (const path of ['/users', '/missing', '/broken']) await curl(`${inbound}${path}`);
  await expect(rows(window)).toHaveCount(3);
  await window.getByRole('grid', { name: 'Request list' }).focus();
  await window.keyboard.press('Home');
  await window.keyboard.press('1');
  const broken = row(window, '/broken');
  await expect(broken.getByRole('img', { name: 'marked red' })).toBeVisible();
  // Marking keeps it.
  await expect(broken.getByLabel('pinned')).toBeVisible();

  // Whoever types on at once writes, and presses no keys: r would send the request again.
  await window.keyboard.press('m');
  await window.keyboard.type('ask Ana, rep1 m2');
  await window.keyboard.press('Shift+Enter');
  await window.keyboard.type('second line');
  await window.keyboard.press('Enter');
  await expect(window.getByRole('dialog')).toHaveCount(0);
  await expect(window.getByRole('grid', { name: 'Request list' })).toBeFocused();
  await expect(broken.getByRole('img', { name: 'note: ask Ana, rep1 m2' })).toHaveAttribute(
    'title',
    'ask Ana, rep1 m2\nsecond line',
  );
  await expect(rows(window)).toHaveCount(3);

  // With the details in sight it is written there. Esc ends the writing and changes nothing, and the details stay open.
  await window.keyboard.press('Enter');
  const details = window.getByRole('region', { name: 'Details' });
  await expect(details).toContainText('ask Ana, rep1 m2');
  await window.keyboard.press('m');
  const field = details.getByRole('textbox', { name: 'Note' });
  await expect(field).toBeFocused();
  await window.keyboard.type(' and more');
  await window.keyboard.press('Escape');
  await expect(field).toHaveCount(0);
  await expect(details).toContainText('second line');
  await expect(details).not.toContainText('and more');
  await expect(window.getByRole('grid', { name: 'Request list' })).toBeFocused();

  await window.getByRole('button', { name: 'Clear the list' }).click();
  await expect(rows(window)).toHaveCount(1);
  await window.reload();
  await expect(broken.getByRole('img', { name: 'marked red' })).toBeVisible();
  await typeFilter(window, 'colour:red note:ana');
  await expect(rows(window)).toHaveCount(1);
  await typeFilter(window, 'colour:blue');
  await expect(window.getByText('Nothing matches this filter.')).toBeVisible();
});

test('by mouse: the menu of a row, the details, and what is taken away comes back', async ({ window, inbound }) => {
  for (const path of ['/users', '/missing']) await curl(`${inbound}${path}`);
  await expect(rows(window)).toHaveCount(2);
  await row(window, '/users').click({ button: 'right' });
  await window.getByRole('menuitem', { name: 'Colour' }).click();
  await window.getByRole('menuitemradio', { name: 'Green' }).click();
  await expect(row(window, '/users').getByRole('img', { name: 'marked green' })).toBeVisible();
  await expect(window.getByRole('menu')).toHaveCount(0);

  const detail = await openDetail(window, '/users');
  await detail.getByRole('button', { name: 'Colour: Green' }).click();
  await expect(window.getByRole('menuitemradio', { name: 'Green' })).toBeChecked();
  await window.getByRole('menuitemradio', { name: 'Purple' }).click();
  await expect(row(window, '/users').getByRole('img', { name: 'marked purple' })).toBeVisible();

  await detail.getByRole('button', { name: 'Add a note' }).click();
  await window.getByRole('textbox', { name: 'Note' }).fill('kept by going elsewhere');
  await row(window, '/missing').click();
  await expect(row(window, '/users').getByRole('img', { name: 'note: kept by going elsewhere' })).toBeVisible();
  await expect(row(window, '/missing').getByRole('img', { name: /note/ })).toHaveCount(0);

  await row(window, '/users').click();
  await detail.getByRole('button', { name: 'Edit the note' }).click();
  await window.getByRole('textbox', { name: 'Note' }).fill('');
  await window.keyboard.press('Enter');
  await expect(detail.getByRole('button', { name: 'Add a note' })).toBeFocused();
  await expect(messages(window)).toContainText('note removed');
  await messages(window).getByRole('button', { name: 'Undo' }).click();
  await expect(detail).toContainText('kept by going elsewhere');

  await window.keyboard.press('0');
  await expect(row(window, '/users').getByRole('img', { name: 'marked purple' })).toHaveCount(0);
  await expect(row(window, '/users').getByLabel('pinned')).toBeVisible();
  await messages(window).getByRole('button', { name: 'Undo' }).last().click();
  await expect(row(window, '/users').getByRole('img', { name: 'marked purple' })).toBeVisible();
  await expect(detail.getByRole('button', { name: 'Colour: Purple' })).toBeVisible();
});

test('several are marked at once, by the bar, the key and the palette, and it can be undone', async ({ window, inbound }) => {
  for (const path of ['/users', '/missing', '/broken', '/counter']) await curl(`${inbound}${path}`);
  await expect(rows(window)).toHaveCount(4);
  await row(window, '/counter').click();
  await window.keyboard.press('4');
  await expect(row(window, '/counter').getByRole('img', { name: 'marked green' })).toBeVisible();
  await window.keyboard.press('Escape');
  await window.getByRole('grid', { name: 'Request list' }).focus();
  await window.keyboard.press('Home');
  await window.keyboard.press('Shift+ArrowDown');
  await window.keyboard.press('Shift+ArrowDown');
  const bar = window.getByRole('toolbar', { name: 'Selected pairs' });
  await expect(bar).toContainText('3 pairs selected');

  await bar.getByRole('button', { name: 'Colour' }).click();
  await window.getByRole('menuitemradio', { name: 'Orange' }).click();
  await expect(window.getByRole('img', { name: 'marked orange' })).toHaveCount(3);
  await messages(window).getByRole('button', { name: 'Undo' }).click();
  await expect(window.getByRole('img', { name: 'marked orange' })).toHaveCount(0);
  // As it was: the one that had a colour has it again, and nothing else is pinned.
  await expect(row(window, '/counter').getByRole('img', { name: 'marked green' })).toBeVisible();
  await expect(rows(window).getByLabel('pinned')).toHaveCount(1);

  await window.getByRole('grid', { name: 'Request list' }).focus();
  await window.keyboard.press('m');
  const dialog = window.getByRole('dialog', { name: 'Note on 3 pairs' });
  await expect(dialog.getByRole('textbox', { name: 'Note' })).toBeFocused();
  expect(await barriers(window)).toEqual([]);
  await window.keyboard.type('all three');
  await window.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(window.getByRole('img', { name: 'note: all three' })).toHaveCount(3);

  await window.keyboard.press('ControlOrMeta+k');
  await window.getByRole('combobox', { name: 'Command' }).fill('colour blue');
  await window.keyboard.press('Enter');
  await expect(window.getByRole('img', { name: 'marked blue' })).toHaveCount(3);
});

test('the filter offers colours and the words of notes', async ({ window, inbound }) => {
  await curl(`${inbound}/users`);
  await row(window, '/users').click({ button: 'right' });
  await window.getByRole('menuitem', { name: 'Add a note' }).click();
  await expect(window.getByRole('textbox', { name: 'Note' })).toBeFocused();
  await window.keyboard.type('ask Ana');
  await window.keyboard.press('Enter');
  await expect(row(window, '/users').getByRole('img', { name: 'note: ask Ana' })).toBeVisible();
  const input = window.getByRole('combobox', { name: 'Filter' });
  await input.fill('colour:');
  await expect(window.getByRole('option', { name: 'purple' })).toBeVisible();
  await input.fill('note:');
  await window.getByRole('option', { name: 'ask Ana' }).click();
  await expect(input).toHaveValue(/^note:"ask Ana" ?$/);
  await input.press('Enter');
  await expect(rows(window)).toHaveCount(1);
});

test('a mark has no barriers and acts on nothing, whatever is written in it', async ({ window, inbound }) => {
  await curl(`${inbound}/users`);
  const seen = watch(window);
  const detail = await openDetail(window, '/users');
  await detail.getByRole('button', { name: 'Add a note' }).click();
  await window.getByRole('textbox', { name: 'Note' }).fill('<img src=http://evil.test/x onerror=alert(1)>\u202e drow');
  expect(await barriers(window)).toEqual([]);
  await window.keyboard.press('Enter');
  await window.keyboard.press('3');
  await expect(detail).toContainText('<img src=http://evil.test/x onerror=alert(1)>⟨202E⟩ drow');
  await expect(row(window, '/users').getByRole('img', { name: 'marked yellow' })).toBeVisible();
  expect(await barriers(window)).toEqual([]);
  await row(window, '/users').click({ button: 'right' });
  await window.getByRole('menuitem', { name: 'Colour' }).click();
  await expect(window.getByRole('menuitemradio', { name: 'Yellow' })).toBeChecked();
  expect(seen).toEqual({ dialogs: [], foreignRequests: [], complaints: [] });
});
