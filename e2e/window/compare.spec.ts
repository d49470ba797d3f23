import { barriers } from '../support/axe.ts';
import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { messages, openDetail, row } from '../support/window.ts';

test('two pairs are compared, and what is marked as noise stays so', async ({ window, inbound }) => {
  await curl('--header', 'X-Trace: one', `${inbound}/counter?x=1`);
  await curl('--header', 'X-Trace: two', `${inbound}/counter?x=2`);
  // The list stands still once a row is selected, so both have to be in it.
  await expect(row(window, '/counter')).toHaveCount(2);
  const detail = await openDetail(window, '/counter?x=1');
  await detail.getByRole('button', { name: 'Compare with another pair' }).click();
  await window.getByRole('menuitem', { name: 'Select the other in the list' }).click();
  await row(window, '/counter?x=2').click();
  const comparison = window.getByRole('region', { name: 'Comparison' });
  const differences = comparison.getByRole('table', { name: 'Differences' });
  await expect(differences).toContainText('$.calls');
  await expect(differences).toContainText('x-trace');
  await expect(differences).toContainText('start line');
  await expect(comparison.getByRole('status')).toHaveText('3 differences');
  expect(await barriers(window)).toEqual([]);

  await differences.getByRole('row').filter({ hasText: '$.calls' }).getByRole('button', { name: 'Mark as noise' }).click();
  await expect(comparison.getByRole('status')).toHaveText('2 differences');
  await expect(differences).not.toContainText('$.calls');
  await comparison.getByRole('radio', { name: 'Timing' }).click();
  await expect(comparison.getByRole('table', { name: 'Times of both pairs' })).toContainText('Waiting');

  await comparison.getByRole('button', { name: 'Close comparison' }).click();
  await openDetail(window, '/counter?x=1');
  await window.getByRole('button', { name: 'Compare with another pair' }).click();
  // The other call of the same kind is offered.
  await window.getByRole('menuitem', { name: /· 200/ }).click();
  await expect(comparison.getByRole('status')).toHaveText('2 differences');
});

test('a request is copied in any form', async ({ surface, window, inbound }) => {
  await curl('--header', 'Authorization: Bearer s3cr3t-token', `${inbound}/users`);
  const detail = await openDetail(window, '/users');
  await detail.getByRole('button', { name: 'Copy in another form' }).click();
  await window.getByRole('menuitem', { name: 'Python (requests)' }).click();
  await expect(messages(window)).toContainText('Copied as Python. Secrets are masked');
  expect(await surface.readClipboard()).toContain('import requests');
  expect(await surface.readClipboard()).not.toContain('s3cr3t-token');
  await detail.getByRole('button', { name: 'Copy in another form' }).click();
  await window.getByRole('menuitem', { name: 'Python (requests) with secrets…' }).click();
  const question = window.getByRole('dialog', { name: 'Reveal 1 secret?' });
  await expect(question).toContainText('authorization');
  await question.getByRole('button', { name: 'Copy with secrets' }).click();
  await expect.poll(() => surface.readClipboard()).toContain('s3cr3t-token');
});
