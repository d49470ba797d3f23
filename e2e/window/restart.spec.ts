import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { openSurface } from '../support/surfaces.ts';
import { openDetail, row, rows } from '../support/window.ts';

test('yesterday’s pairs are there after a restart', async ({ surfaceName, surface, window, inbound, home, upstream }) => {
  await curl('--data', 'remember me', `${inbound}/yesterday`);
  await expect(row(window, '/yesterday')).toContainText('200');
  // At once, without waiting for anything to be written: ending is what has to wait for that.
  await curl(`${inbound}/at-the-last-moment`);
  await surface.close();

  const again = await openSurface(surfaceName, { home });
  try {
    await expect(rows(again.page)).toHaveCount(2);
    await expect(row(again.page, '/at-the-last-moment')).toContainText('200');
    const detail = await openDetail(again.page, '/yesterday');
    await detail.getByRole('tab', { name: 'Request' }).click();
    await expect(detail.getByRole('region', { name: 'Body' })).toContainText('remember me');
    await expect(again.page.getByRole('switch', { name: 'Capture the local app' })).not.toBeChecked();
  } finally {
    await again.close();
  }
  expect(upstream.received).toHaveLength(2);
});
