import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { row, rows, typeFilter } from '../support/window.ts';

test('a filter shows what it finds, and its absence everything', async ({ window, inbound }) => {
  for (const path of ['/users', '/missing', '/broken', '/slow']) await curl(`${inbound}${path}`);
  await expect(rows(window)).toHaveCount(4);
  await typeFilter(window, 'status>=400');
  await expect(rows(window)).toHaveCount(2);
  await expect(row(window, '/missing')).toBeVisible();
  await expect(row(window, '/broken')).toBeVisible();
  await typeFilter(window, 'latency>250ms and path:slow');
  await expect(rows(window)).toHaveCount(1);
  await expect(row(window, '/slow')).toBeVisible();
  await typeFilter(window, 'command=GET and not status:5xx and (path:users or path:missing)');
  await expect(rows(window)).toHaveCount(2);
  await window.getByRole('button', { name: 'Clear filter' }).first().click();
  await expect(rows(window)).toHaveCount(4);
});

test('a wrong filter is pointed at, and the list stays as it was', async ({ window, inbound }) => {
  for (const path of ['/users', '/missing']) await curl(`${inbound}${path}`);
  await expect(rows(window)).toHaveCount(2);
  const input = window.getByRole('combobox', { name: 'Filter' });
  await typeFilter(window, 'status>=');
  await expect(window.getByRole('alert')).toContainText(/Column \d/);
  await expect(input).toHaveAttribute('aria-invalid', 'true');
  await expect(rows(window)).toHaveCount(2);
  await typeFilter(window, 'nosuchfield:1');
  await expect(window.getByRole('alert')).toContainText(/nosuchfield/);
  await typeFilter(window, 'path:users');
  await expect(window.getByRole('alert')).toHaveCount(0);
  await expect(rows(window)).toHaveCount(1);
});

test('a filter that finds nothing says so, and new pairs that fit it appear', async ({ window, inbound }) => {
  await curl(`${inbound}/users`);
  await expect(rows(window)).toHaveCount(1);
  await typeFilter(window, 'path:later');
  await expect(rows(window)).toHaveCount(0);
  await curl(`${inbound}/users`);
  await curl(`${inbound}/later`);
  await expect(row(window, '/later')).toBeVisible();
  await expect(rows(window)).toHaveCount(1);
});
