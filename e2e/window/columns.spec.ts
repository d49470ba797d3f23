import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { cell, row, rows } from '../support/window.ts';

test('columns are shown, moved and resized by keyboard and pointer, and stay so', async ({ window, inbound }) => {
  for (const path of ['/users', '/missing']) await curl(`${inbound}${path}`);
  await expect(rows(window)).toHaveCount(2);
  const header = (name: string) => window.getByRole('columnheader', { name });
  const names = () =>
    window.getByRole('columnheader').evaluateAll((cells) => cells.map((each) => each.getAttribute('data-column')));

  await header('Host').click({ button: 'right' });
  await window.getByRole('menuitemcheckbox', { name: 'Protocol' }).click();
  await window.keyboard.press('Escape');
  await expect(cell(window, '/users', 'protocol')).toHaveText('http');

  await header('Status').getByRole('button').focus();
  await window.keyboard.press('Alt+ArrowLeft');
  /** How many columns further right the second is. */
  const apart = async (one: string, other: string) => {
    const now = await names();
    return now.indexOf(other) - now.indexOf(one);
  };
  await expect.poll(() => apart('status', 'location')).toBe(1);

  const before = (await header('Status').boundingBox())?.width ?? 0;
  await header('Status').getByRole('button').focus();
  await window.keyboard.press('Shift+ArrowRight');
  await expect.poll(async () => (await header('Status').boundingBox())?.width ?? 0).toBeGreaterThan(before);

  const from = await header('Size').getByRole('button').boundingBox();
  const to = await header('Command').boundingBox();
  if (from === null || to === null) throw new Error('the header is not in sight');
  await window.mouse.move(from.x + 5, from.y + 5);
  await window.mouse.down();
  await window.mouse.move(to.x + 4, to.y + 5, { steps: 4 });
  await window.mouse.up();
  await expect.poll(() => apart('size', 'command')).toBe(1);
  const dragged = await names();

  await window.reload();
  await expect(rows(window)).toHaveCount(2);
  expect(await names()).toEqual(dragged);
});

test('several rows are picked by mouse and keyboard, and pinned together', async ({ window, inbound }) => {
  for (const path of ['/users', '/missing', '/broken', '/counter']) await curl(`${inbound}${path}`);
  await expect(rows(window)).toHaveCount(4);
  await row(window, '/counter').click();
  await window.keyboard.press('Escape');
  await row(window, '/counter').click({ modifiers: ['ControlOrMeta'] });
  await row(window, '/missing').click({ modifiers: ['Shift'] });
  const bar = window.getByRole('toolbar', { name: 'Selected pairs' });
  await expect(bar).toContainText('3 pairs selected');
  await row(window, '/broken').click({ modifiers: ['ControlOrMeta'] });
  await expect(bar).toContainText('2 pairs selected');
  await bar.getByRole('button', { name: 'Pin', exact: true }).click();
  await expect(window.getByLabel('pinned')).toHaveCount(2);
  await window.keyboard.press('Escape');
  await expect(bar).toHaveCount(0);
  await window.getByRole('grid', { name: 'Request list' }).focus();
  await window.keyboard.press('Home');
  await window.keyboard.press('Shift+End');
  await expect(bar).toContainText('4 pairs selected');
});
