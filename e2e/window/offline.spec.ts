import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { openDetail, watch } from '../support/window.ts';

test('nothing that the window needs comes from another machine', async ({ window, inbound }) => {
  const seen = watch(window);
  const own: string[] = [];
  window.on('request', (request) => own.push(request.resourceType()));
  await curl('--header', 'Content-Type: text/html', '--data', '<p style="font-family:x">Hello</p>', `${inbound}/page`);
  // From the first byte of the page on.
  await window.reload();
  const detail = await openDetail(window, '/page');
  for (const tab of ['Request', 'Response', 'Timing', 'cURL', 'Raw']) await detail.getByRole('tab', { name: tab }).click();
  await detail.getByRole('tab', { name: 'Request' }).click();
  // What is loaded only when it is needed: the reading editor, and the one for writing.
  await expect(detail.getByRole('region', { name: 'Body' })).toContainText('Hello');
  await detail.getByRole('button', { name: 'Edit & replay' }).click();
  await expect(window.getByLabel('Body as text')).toContainText('Hello');
  await window.keyboard.press('Escape');
  await window.keyboard.press('ControlOrMeta+k');
  await window.keyboard.type('preferences');
  await window.keyboard.press('Enter');
  await expect(window.getByRole('dialog')).toBeVisible();

  expect(own).toContain('document');
  expect(own).toContain('script');
  expect(seen).toEqual({ dialogs: [], foreignRequests: [], complaints: [] });
  // Every type face that is there is the machine's own, or came with the page.
  const faces = await window.evaluate<string[]>(`[...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
    .filter((rule) => rule instanceof CSSFontFaceRule).map((rule) => rule.style.getPropertyValue('src'))`);
  expect(faces.filter((source) => /https?:/.test(source))).toEqual([]);
});
