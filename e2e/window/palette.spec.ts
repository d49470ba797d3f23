import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { row, rows } from '../support/window.ts';

test('everything is reached by name, by keyboard alone', async ({ window, inbound }) => {
  for (const path of ['/users', '/missing']) await curl(`${inbound}${path}`);
  await expect(rows(window)).toHaveCount(2);
  const palette = window.getByRole('dialog', { name: 'Commands' });
  const field = palette.getByRole('combobox', { name: 'Command' });

  await window.keyboard.press('Control+k');
  await expect(field).toBeFocused();
  await window.keyboard.type('status:404');
  await window.keyboard.press('Enter');
  await expect(palette).toBeHidden();
  await expect(rows(window)).toHaveCount(1);
  await expect(row(window, '/missing')).toBeVisible();

  await window.keyboard.press('Control+k');
  await window.keyboard.type('clrfil');
  await expect(palette.getByRole('option', { selected: true })).toContainText('Clear the filter');
  await window.keyboard.press('Enter');
  await expect(rows(window)).toHaveCount(2);

  // What was filtered by is offered again.
  await window.keyboard.press('Control+k');
  await expect(palette.getByRole('option', { name: /^status:404/ })).toContainText('Recent filter');
  await window.keyboard.press('Escape');
  await expect(palette).toBeHidden();
});

test('the palette takes what is typed right after its key', async ({ window }) => {
  // A fast hand's next key is the next task, before anything is painted.
  const taking = await window.evaluate(`new Promise((resolve) => {
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', code: 'KeyK', ctrlKey: true, bubbles: true, cancelable: true }));
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(document.activeElement.getAttribute('aria-label'));
    port2.postMessage(null);
  })`);
  expect(taking).toBe('Command');
});

test('a pair is reached by its number', async ({ window, inbound, api }) => {
  await curl(`${inbound}/users`);
  await expect(rows(window)).toHaveCount(1);
  const id = (await api.pairs()).rows[0]?.id ?? 0;
  await window.keyboard.press('Control+k');
  await window.keyboard.type(`#${id}`);
  await window.keyboard.press('Enter');
  await expect(window.getByRole('region', { name: 'Details' })).toContainText('/users');
  await window.keyboard.press('Control+k');
  await window.keyboard.type('#987654321');
  await window.keyboard.press('Enter');
  await expect(window.getByRole('region', { name: 'Messages' })).toContainText('987654321');
});

test('the map of keys says what the keys do', async ({ window, inbound }) => {
  await curl(`${inbound}/users`);
  await expect(rows(window)).toHaveCount(1);
  await window.keyboard.press('?');
  const map = window.getByRole('dialog', { name: 'Keys' });
  await expect(map.getByRole('definition').filter({ hasText: 'Copy it as curl' })).toBeVisible();
  await window.keyboard.press('Escape');
  await expect(map).toBeHidden();
  await window.keyboard.press('j');
  await window.keyboard.press('Enter');
  await expect(window.getByRole('region', { name: 'Details' })).toBeVisible();
});
