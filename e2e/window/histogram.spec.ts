import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { rows } from '../support/window.ts';

test('traffic over time counts what the list shows, and a stretch of it filters', async ({ window, inbound }) => {
  for (const path of ['/users', '/broken']) await curl(`${inbound}${path}`);
  const strip = window.getByRole('region', { name: 'Traffic over time' });
  await expect(strip).toContainText(/In\s*2\s*1 failed/);
  // Two pairs that began at different moments stand in different bars.
  await curl(`${inbound}/slow`);
  await curl(`${inbound}/users`);
  await expect(strip).toContainText(/In\s*4/);

  const slider = strip.getByRole('slider');
  await slider.focus();
  await window.keyboard.press('End');
  await expect(slider).toHaveAttribute('aria-valuetext', /1 inbound, 0 outbound/);
  await window.keyboard.press('Enter');
  await expect(window.getByRole('combobox', { name: 'Filter' })).toHaveValue(/^time:\d\d:\d\d.*\.\./);
  await expect(rows(window)).toHaveCount(1);
  await strip.getByRole('button', { name: 'Show all times' }).click();
  await expect(rows(window)).toHaveCount(4);

  const plot = await slider.boundingBox();
  if (plot === null) throw new Error('the strip is not in sight');
  await window.mouse.move(plot.x, plot.y + 10);
  await window.mouse.down();
  await window.mouse.move(plot.x + 30, plot.y + 10, { steps: 4 });
  await window.mouse.up();
  await expect(rows(window)).not.toHaveCount(4);
});

test('a low window keeps its room for the list', async ({ window, inbound }) => {
  await curl(`${inbound}/users`);
  await expect(window.getByRole('region', { name: 'Traffic over time' })).toBeVisible();
  await window.setViewportSize({ width: 1_000, height: 340 });
  await expect(window.getByRole('region', { name: 'Traffic over time' })).toHaveCount(0);
  await expect(rows(window)).toHaveCount(1);
});
