import { barriers } from '../support/axe.ts';
import { curl } from '../support/clients.ts';
import { EngineApi } from '../support/engine.ts';
import { expect, test } from '../support/fixtures.ts';
import { dataDirOf, openSurface } from '../support/surfaces.ts';
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

test('the traffic of an earlier session is found again, and compared with that of this one', async ({
  surfaceName,
  surface,
  window,
  inbound,
  home,
  upstream,
}) => {
  await curl(`${inbound}/users`);
  await curl(`${inbound}/missing`);
  await expect(rows(window)).toHaveCount(2);
  await surface.close();

  const again = await openSurface(surfaceName, { home });
  try {
    const { inbound: reopened } = await new EngineApi(dataDirOf(home)).startCapture(upstream.port);
    await curl(`${reopened?.url ?? ''}/users`);
    await expect(rows(again.page)).toHaveCount(3);
    const sessions = again.page.getByRole('region', { name: 'Sessions' });
    await sessions.getByRole('button', { name: 'Sessions' }).click();
    await expect(sessions.getByRole('listitem')).toHaveCount(2);
    await expect(sessions.getByRole('listitem').first()).toContainText('This session');
    const earlier = sessions.getByRole('listitem').nth(1);
    await earlier.getByRole('button', { name: /^Today, \d\d:\d\d 2$/ }).click();
    await expect(rows(again.page)).toHaveCount(2);
    await expect(row(again.page, '/missing')).toHaveCount(1);
    expect(await barriers(again.page)).toEqual([]);

    await earlier.getByRole('button', { name: /^Session Today/ }).click();
    await again.page.getByRole('menuitem', { name: 'Compare with…' }).click();
    const diff = again.page.getByRole('dialog', { name: 'Compare snapshots and sessions' });
    await expect(diff.getByLabel('After').locator('option:checked')).toHaveText('This session');
    // The other end of the capture has another port now: its host is another one.
    await expect(diff.getByRole('status')).toContainText('2 only before');
    await expect(diff.getByRole('status')).toContainText('1 only after');
    await diff.getByLabel('After').selectOption({ label: 'What is stored now' });
    await expect(diff.getByRole('status')).toContainText('2 the same');
    await expect(diff.getByRole('status')).toContainText('1 only after');
    expect(await barriers(again.page)).toEqual([]);
  } finally {
    await again.close();
  }
});
