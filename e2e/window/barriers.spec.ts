import type { Page } from '@playwright/test';
import { barriers } from '../support/axe.ts';
import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { openDetail, rows, typeFilter } from '../support/window.ts';

/** Nothing is cut off to the right, where nobody could reach it. */
async function overhang(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

test('the empty window and what it opens have no barriers', async ({ window }) => {
  expect(await barriers(window)).toEqual([]);
  for (const name of ['Route traffic here', 'Trust the certificate', 'Why do I see nothing?']) {
    await window.getByRole('button', { name, exact: true }).click();
    await expect(window.getByRole('dialog', { name })).toBeVisible();
    if (name === 'Why do I see nothing?') await expect(window.getByRole('button', { name: 'Check again' })).toBeEnabled();
    expect(await barriers(window)).toEqual([]);
    await window.keyboard.press('Escape');
    await expect(window.getByRole('dialog')).toHaveCount(0);
  }
});

test('the list, every tab of the details, the palette and the keys have no barriers', async ({ window, inbound }) => {
  for (const path of ['/users', '/missing', '/broken', '/hostile']) await curl(`${inbound}${path}`);
  await expect(rows(window)).toHaveCount(4);
  expect(await barriers(window)).toEqual([]);
  const detail = await openDetail(window, '/users');
  for (const tab of await detail.getByRole('tab').all()) {
    await tab.click();
    await expect(tab).toHaveAttribute('aria-selected', 'true');
    expect(await barriers(window)).toEqual([]);
  }
  await window.keyboard.press('Control+k');
  await expect(window.getByRole('combobox', { name: 'Command' })).toBeFocused();
  expect(await barriers(window)).toEqual([]);
  await window.keyboard.press('Escape');
  await expect(window.getByRole('dialog')).toHaveCount(0);
  await window.getByRole('grid', { name: 'Request list' }).focus();
  await window.keyboard.press('?');
  await expect(window.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  expect(await barriers(window)).toEqual([]);
  await window.keyboard.press('Escape');
  await typeFilter(window, 'host:nowhere');
  await expect(window.getByText('Nothing matches this filter.')).toBeVisible();
  expect(await barriers(window)).toEqual([]);
});

test('a screen reader is told where in the list it is', async ({ window, inbound }) => {
  for (const path of ['/users', '/missing']) await curl(`${inbound}${path}`);
  const grid = window.getByRole('grid', { name: 'Request list' });
  await expect(grid).toHaveAttribute('aria-rowcount', '3');
  await expect(grid.locator('[role="row"][aria-rowindex="1"] [role="columnheader"]').first()).toBeVisible();
  await grid.focus();
  await window.keyboard.press('End');
  const current = (await grid.getAttribute('aria-activedescendant')) ?? '';
  await expect(window.locator(`#${current}`)).toHaveAttribute('aria-rowindex', '3');
  await expect(window.locator(`#${current}`)).toHaveAttribute('aria-selected', 'true');
});

test('nothing is out of reach at 800×600 and at 200 % zoom', async ({ window, inbound }) => {
  await curl(`${inbound}/users`);
  await expect(rows(window)).toHaveCount(1);
  // At 200 % a window of 1280×800 has room for 640×400 CSS pixels.
  for (const size of [
    { width: 800, height: 600 },
    { width: 640, height: 400 },
  ]) {
    await window.setViewportSize(size);
    await expect.poll(() => overhang(window)).toBeLessThanOrEqual(0);
    await expect(window.getByRole('combobox', { name: 'Filter' })).toBeInViewport();
    await expect(rows(window).first()).toBeInViewport();
    expect(await barriers(window)).toEqual([]);
  }
  await openDetail(window, '/users');
  await expect(rows(window).first()).toBeInViewport();
  await window.keyboard.press('Control+k');
  await expect(window.getByRole('option').first()).toBeInViewport();
  await expect.poll(() => overhang(window)).toBeLessThanOrEqual(0);
});
