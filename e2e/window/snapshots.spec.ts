import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { messages, openDetail, row, rows, typeFilter } from '../support/window.ts';

test('pairs are kept under a name, looked at, compared, renamed and deleted', async ({ window, inbound }) => {
  await curl(`${inbound}/users`);
  await curl(`${inbound}/counter`);
  await curl(`${inbound}/missing`);
  await typeFilter(window, 'status:200');
  await expect(rows(window)).toHaveCount(2);

  const snapshots = window.getByRole('region', { name: 'Snapshots' });
  await snapshots.getByRole('button', { name: 'Save a snapshot' }).click();
  const save = window.getByRole('dialog', { name: 'Save a snapshot' });
  await save.getByLabel('Name').fill('before');
  await save.getByRole('button', { name: 'Save' }).click();
  await expect(messages(window)).toContainText('2 pairs kept as before');

  // It stays as it is while traffic goes on.
  await snapshots.getByRole('button', { name: /^before/ }).click();
  await expect(window.getByText('only for reading')).toBeVisible();
  await curl(`${inbound}/counter`);
  await expect(rows(window)).toHaveCount(2);
  const detail = await openDetail(window, '/counter');
  await expect(detail.getByRole('button', { name: 'Replay', exact: true })).toHaveCount(0);
  await detail.getByRole('tab', { name: 'Response' }).click();
  await expect(detail.getByRole('tabpanel')).toContainText('calls');
  await window.getByRole('button', { name: 'Back to the traffic' }).click();
  await expect(rows(window)).toHaveCount(4);

  await snapshots.getByRole('button', { name: 'Snapshot before' }).click();
  await window.getByRole('menuitem', { name: 'Compare with…' }).click();
  const diff = window.getByRole('dialog', { name: 'Compare snapshots' });
  await expect(diff.getByRole('status')).toContainText('2 the same');
  await expect(diff.getByRole('status')).toContainText('2 only after');
  await expect(diff.getByRole('list', { name: 'Differences' })).toContainText('/missing');
  await window.keyboard.press('Escape');

  await snapshots.getByRole('button', { name: 'Snapshot before' }).click();
  await window.getByRole('menuitem', { name: 'Rename…' }).click();
  await window.getByRole('dialog', { name: 'Rename snapshot' }).getByLabel('Name').fill('kept');
  await window.keyboard.press('Enter');
  await snapshots.getByRole('button', { name: 'Snapshot kept' }).click();
  await window.getByRole('menuitem', { name: 'Delete…' }).click();
  await window.getByRole('dialog', { name: 'Delete snapshot kept?' }).getByRole('button', { name: 'Delete' }).click();
  await expect(snapshots.getByRole('listitem')).toHaveCount(0);
  await expect(row(window, '/missing')).toHaveCount(1);
});
