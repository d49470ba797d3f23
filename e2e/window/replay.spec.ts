import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { openDetail, rows } from '../support/window.ts';

test('one click sends a request again and shows what differs', async ({ window, inbound, upstream }) => {
  await curl('--header', 'X-Trace: abc', `${inbound}/counter`);
  const detail = await openDetail(window, '/counter');
  await detail.getByRole('button', { name: 'Replay', exact: true }).click();
  await expect(detail.getByText('The answer differs')).toBeVisible();
  const differences = detail.getByRole('table', { name: 'Differences' });
  await expect(differences.getByRole('rowheader', { name: '$.calls' })).toBeVisible();
  await expect(differences).toContainText('1');
  await expect(differences).toContainText('2');
  await expect(differences.getByText('fixed')).toHaveCount(0);

  expect(upstream.received).toHaveLength(2);
  const [first, second] = upstream.received;
  expect(second?.rawHeaders).toEqual(first?.rawHeaders);
  expect(second?.url).toBe('/counter');
  await window.keyboard.press('Escape');
  // The list stood still for the one who was reading.
  await window.getByRole('button', { name: 'Show 1 new pair' }).click();
  await expect(rows(window)).toHaveCount(2);
  await expect(rows(window).first().getByLabel('replay')).toBeVisible();
});

test('a replay that cannot be sent says why', async ({ window, inbound, upstream }) => {
  await curl(`${inbound}/users`);
  const detail = await openDetail(window, '/users');
  await upstream.close();
  await detail.getByRole('button', { name: 'Replay', exact: true }).click();
  await expect(detail.getByText(/refused the connection/).first()).toBeVisible();
});
