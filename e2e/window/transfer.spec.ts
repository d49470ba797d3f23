import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { barriers } from '../support/axe.ts';
import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { dataDirOf } from '../support/surfaces.ts';
import { rows } from '../support/window.ts';

test('a file is written after its secrets were listed, and read in again', async ({ window, inbound, home }) => {
  await curl('--header', 'Authorization: Bearer s3cr3t-token', `${inbound}/users`);
  await curl(`${inbound}/missing`);
  await expect(rows(window)).toHaveCount(2);
  const open = async (name: string): Promise<void> => {
    await window.getByRole('button', { name: 'More' }).click();
    await window.getByRole('menuitem', { name }).click();
  };

  await open('Export to a file');
  const dialog = window.getByRole('dialog', { name: 'Export' });
  await expect(dialog.getByRole('status')).toContainText(/values? in 1 pair (is|are) masked/);
  await expect(dialog.getByRole('list', { name: 'Masked' })).toContainText(/authorization/i);
  await dialog.getByRole('radio', { name: 'HAR' }).click();
  const har = join(home, 'out.har');
  await dialog.getByLabel('File on this machine').fill(har);
  await dialog.getByRole('button', { name: 'Export' }).click();
  await expect(dialog.getByText('2 pairs written to')).toBeVisible();
  expect(readFileSync(har, 'utf8')).not.toContain('s3cr3t-token');

  // Leaving them in is a decision of its own.
  const open2 = join(home, 'open.har');
  await dialog.getByLabel('File on this machine').fill(open2);
  await dialog.getByRole('checkbox', { name: /Leave them in/ }).check();
  await dialog.getByRole('button', { name: /Export with \d+ secret/ }).click();
  await expect(dialog.getByText('open.har')).toBeVisible();
  expect(readFileSync(open2, 'utf8')).toContain('s3cr3t-token');
  await window.keyboard.press('Escape');

  const broken = join(home, 'broken.har');
  writeFileSync(broken, '{"log":');
  await open('Import files');
  const into = window.getByRole('dialog', { name: 'Import' });
  await into.getByLabel(/paths on this machine/i).fill(`${har}\n${broken}`);
  await into.getByRole('button', { name: 'Import' }).click();
  await expect(into.getByRole('status')).toContainText('2 pairs');
  await expect(into.getByRole('list', { name: 'Problems' })).toContainText('broken.har');
  await into.getByRole('button', { name: 'Show them' }).click();
  await expect(rows(window)).toHaveCount(2);
  await expect(window.getByRole('combobox', { name: 'Filter' })).toHaveValue(/source.*import/);
  expect(existsSync(har)).toBe(true);
});

/** A HAR file of so many exchanges. */
function har(count: number): string {
  const entries = Array.from({ length: count }, (_, index) => ({
    startedDateTime: new Date(1_700_000_000_000 + index).toISOString(),
    time: 5,
    request: {
      method: 'GET',
      url: `http://dropped.test/${index}`,
      httpVersion: 'HTTP/1.1',
      headers: [],
      queryString: [],
      cookies: [],
      headersSize: -1,
      bodySize: 0,
    },
    response: {
      status: 200,
      statusText: 'OK',
      httpVersion: 'HTTP/1.1',
      headers: [],
      cookies: [],
      content: { size: 2, mimeType: 'text/plain', text: 'ok' },
      redirectURL: '',
      headersSize: -1,
      bodySize: 2,
    },
    cache: {},
    timings: { send: 1, wait: 3, receive: 1 },
  }));
  return JSON.stringify({ log: { version: '1.2', creator: { name: 'test', version: '1' }, entries } });
}

/** Drops a file that is nowhere on the disk: its content is all there is. */
async function drop(window: Page, name: string, content: string): Promise<void> {
  await window.evaluate(`{
    const data = new DataTransfer();
    data.items.add(new File([${JSON.stringify(content)}], ${JSON.stringify(name)}));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  }`);
}

test('a dropped file whose place is not known is sent and imported, and nothing of it is left', async ({ window, home }) => {
  await drop(window, 'dropped.har', har(3));
  const dialog = window.getByRole('dialog', { name: 'Import' });
  await expect(dialog.getByRole('list', { name: 'Chosen files' })).toContainText('dropped.har');
  expect(await barriers(window)).toEqual([]);
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(dialog.getByRole('status')).toContainText('3 pairs from 1 file');
  await dialog.getByRole('button', { name: 'Show them' }).click();
  await expect(rows(window)).toHaveCount(3);
  await expect.poll(() => readdirSync(join(dataDirOf(home), 'uploads'))).toEqual([]);
});

test('a browser sends the files that are chosen', async ({ window, surfaceName, home }) => {
  await window.getByRole('button', { name: 'More' }).click();
  await window.getByRole('menuitem', { name: 'Import files' }).click();
  const dialog = window.getByRole('dialog', { name: 'Import' });
  writeFileSync(join(home, 'chosen.har'), har(2));
  writeFileSync(join(home, 'broken.har'), '{"log":');
  if (surfaceName === 'desktop') {
    // There the system's own dialog tells where they are.
    await expect(dialog.locator('input[type="file"]')).toHaveCount(0);
    return;
  }
  const chooser = window.waitForEvent('filechooser');
  await dialog.getByRole('button', { name: 'Choose files…' }).click();
  await (await chooser).setFiles([join(home, 'chosen.har'), join(home, 'broken.har')]);
  await expect(dialog.getByRole('list', { name: 'Chosen files' }).getByRole('listitem')).toHaveCount(2);
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(dialog.getByRole('status')).toContainText('2 pairs from');
  await expect(dialog.getByRole('list', { name: 'Problems' })).toContainText('broken.har');
});
