import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { row, rows, typeFilter } from '../support/window.ts';

test('pairs that were picked are sent again, and what differs is a click away', async ({ window, inbound, upstream }) => {
  for (const path of ['/users', '/counter', '/missing']) await curl(`${inbound}${path}`);
  await expect(rows(window)).toHaveCount(3);
  await row(window, '/users').click();
  await row(window, '/counter').click({ modifiers: ['Control'] });
  await window.getByRole('toolbar', { name: 'Selected pairs' }).getByRole('button', { name: 'Replay…' }).click();
  const dialog = window.getByRole('dialog', { name: 'Replay many' });
  await dialog.getByLabel('Times').fill('3');
  await dialog.getByRole('button', { name: 'Replay', exact: true }).click();
  const results = dialog.getByRole('region', { name: 'Results' });
  await expect(results.getByRole('status')).toContainText('Done: 6 of 6');
  await expect(results).toContainText('Same answer3');
  await expect(results).toContainText('Differs3');
  expect(upstream.received).toHaveLength(9);
  expect(upstream.received.slice(3).map(({ url }) => url)).toEqual([
    '/users',
    '/counter',
    '/users',
    '/counter',
    '/users',
    '/counter',
  ]);
  await results.getByRole('list', { name: 'Differences' }).getByRole('button').first().click();
  const detail = window.getByRole('region', { name: 'Details' });
  await expect(detail.getByText('The answer differs')).toBeVisible();
});

test('what a filter finds is sent at a pace, and can be stopped', async ({ window, inbound, upstream }) => {
  await curl(`${inbound}/users`);
  await curl(`${inbound}/missing`);
  await typeFilter(window, 'path:/users');
  await expect(rows(window)).toHaveCount(1);
  await window.getByRole('button', { name: 'More' }).click();
  await window.getByRole('menuitem', { name: 'Replay these pairs' }).click();
  const dialog = window.getByRole('dialog', { name: 'Replay many' });
  await dialog.getByRole('radio', { name: 'A number a second' }).click();
  await dialog.getByLabel('Requests a second').fill('5');
  await dialog.getByLabel('Times').fill('1000');
  await dialog.getByRole('button', { name: 'Replay', exact: true }).click();
  await expect(dialog.getByRole('region', { name: 'Results' })).toContainText(/Sending: [1-9]\d* of 1,000/);
  await dialog.getByRole('button', { name: 'Stop sending' }).click();
  await expect(dialog.getByRole('region', { name: 'Results' }).getByRole('status')).toContainText('Stopped');
  const { length } = upstream.received;
  expect(length).toBeLessThan(100);
  expect(upstream.received.slice(2).every(({ url }) => url === '/users')).toBe(true);
});
