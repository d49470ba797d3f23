import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { rows } from '../support/window.ts';

test('pairs are counted by host and path, and a line leads to its pairs', async ({ window, inbound }) => {
  for (const path of ['/users/1', '/users/2', '/users/2?x=1', '/missing']) await curl(`${inbound}${path}`);
  await expect(rows(window)).toHaveCount(4);
  await window.getByRole('button', { name: 'By host and path' }).click();
  const tree = window.getByRole('treegrid', { name: 'Hosts and paths' });
  const line = tree.getByRole('row', { name: /\/users\/\{id\}/ });
  await expect(line.getByRole('gridcell').nth(1)).toHaveText('3');

  await tree.focus();
  await window.keyboard.press('ArrowDown');
  await expect(tree.locator('[aria-level="1"]')).toHaveAttribute('aria-expanded', 'true');
  await window.keyboard.press('ArrowLeft');
  await expect(line).toHaveCount(0);
  await window.keyboard.press('ArrowRight');
  await window.keyboard.press('ArrowDown');
  await expect(line).toHaveAttribute('aria-selected', 'true');
  await window.keyboard.press('Enter');
  await expect(rows(window)).toHaveCount(3);
  await expect(window.getByRole('combobox', { name: 'Filter' })).toHaveValue(/^host=.* path:~/);
});
