import type { Locator } from '@playwright/test';
import { barriers } from '../support/axe.ts';
import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { openDetail } from '../support/window.ts';

test('a recorded request is changed by keyboard and sent, and its answer stands beside the recorded one', async ({
  window,
  inbound,
  upstream,
}) => {
  await curl('--header', 'X-One: 1', '--header', 'X-Two: 2', '--data', '{"a":1}', `${inbound}/orders`);
  const detail = await openDetail(window, '/orders');
  await detail.getByRole('button', { name: 'Edit & replay' }).click();
  const dialog = window.getByRole('dialog', { name: 'Edit & replay' });
  await expect(dialog.getByLabel('Method')).toHaveValue('POST');
  await expect(dialog.getByLabel('Body as text')).toHaveText('{"a":1}');
  await dialog.getByLabel('Method').fill('PUT');
  await dialog.getByLabel('URL').fill(`http://127.0.0.1:${upstream.port}/orders?changed=1`);
  await dialog.getByLabel('Value of X-One').press('Alt+ArrowDown');
  await dialog.getByRole('button', { name: 'Remove User-Agent' }).press('Enter');
  await dialog.getByRole('button', { name: 'Add header' }).press('Enter');
  await window.keyboard.type('X-New');
  await window.keyboard.press('Tab');
  await window.keyboard.type('yes');
  await dialog.getByLabel('Body as text').fill('{"a":2}');
  await window.keyboard.press('Control+Enter');
  await expect(detail.getByText('The answer differs')).toBeVisible();

  expect(upstream.received).toHaveLength(2);
  const sent = upstream.received[1];
  expect(sent).toMatchObject({ method: 'PUT', url: '/orders?changed=1' });
  expect(sent?.body.toString()).toBe('{"a":2}');
  const names = sent?.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase()) ?? [];
  expect(names).not.toContain('user-agent');
  expect(names.filter((name) => name.startsWith('x-'))).toEqual(['x-two', 'x-one', 'x-new']);

  // It goes on from what was sent, and the recorded one can be had again.
  await detail.getByRole('button', { name: 'Edit & replay' }).click();
  await expect(dialog.getByLabel('Method')).toHaveValue('PUT');
  await dialog.getByLabel('Begin with').selectOption({ index: 1 });
  await expect(dialog.getByLabel('Method')).toHaveValue('POST');
});

test('a pasted curl command is read, sent, and what it holds beyond a request is said', async ({ window, inbound, upstream }) => {
  // The capture runs so that the engine is one that is in use.
  await curl(`${inbound}/users`);
  await window.getByRole('button', { name: 'Compose a request' }).click();
  const dialog = window.getByRole('dialog', { name: 'Compose a request' });
  await dialog.getByRole('button', { name: 'Paste a curl command' }).click();
  const command = `curl -X PATCH 'http://127.0.0.1:${upstream.port}/pasted' -H 'X-From: curl' --data-raw '{"x":"é"}' --output here.txt`;
  await dialog.getByLabel('curl command').fill(command);
  await dialog.getByRole('button', { name: 'Take over' }).click();
  await expect(dialog.getByLabel('Method')).toHaveValue('PATCH');
  await expect(dialog.getByLabel('Body as text')).toHaveText('{"x":"é"}');
  await expect(dialog.getByRole('list', { name: 'Not taken over' })).toContainText('output');
  await dialog.getByRole('button', { name: 'Send' }).click();
  const detail = window.getByRole('region', { name: 'Details' });
  await expect(detail.getByRole('heading')).toContainText('/pasted');
  expect(upstream.received.at(-1)).toMatchObject({ method: 'PATCH', url: '/pasted' });
  expect(upstream.received.at(-1)?.body.toString()).toBe('{"x":"é"}');
});

function colourOf(place: Locator): Promise<string> {
  return place.evaluate((element) => {
    const { getComputedStyle } = globalThis as unknown as { getComputedStyle: (of: unknown) => { color: string } };
    return getComputedStyle(element).color;
  });
}

test('a body is written in the colours of its language, and sent as it was written', async ({ window, inbound, upstream }) => {
  await curl('--header', 'Content-Type: application/json', '--data-binary', '{"a":1,\r\n "b":"x"}', `${inbound}/orders`);
  const detail = await openDetail(window, '/orders');
  await detail.getByRole('button', { name: 'Edit & replay' }).click();
  const dialog = window.getByRole('dialog', { name: 'Edit & replay' });
  const body = dialog.getByLabel('Body as text');
  // The key has another colour than the sign after it.
  const colours = body.locator('.cm-line').first().locator('span');
  await expect(colours.first()).toHaveText('"a"');
  expect(await colourOf(colours.first())).not.toBe(await colourOf(body));
  expect(await barriers(window)).toEqual([]);

  // By keyboard: to the end, more, one step back, and out with Tab.
  await body.focus();
  await window.keyboard.press('ControlOrMeta+End');
  await window.keyboard.type('\n');
  await window.keyboard.type('tail');
  await window.keyboard.press('ControlOrMeta+z');
  await expect(body).not.toContainText('tail');
  await window.keyboard.type('<end>');
  await window.keyboard.press('Tab');
  await expect(dialog.getByRole('checkbox', { name: 'Add a missing Host' })).toBeFocused();
  await window.keyboard.press('ControlOrMeta+Enter');
  await expect(detail.getByText(/The same answer|The answer differs/)).toBeVisible();
  // The line ends are those that were recorded.
  expect(upstream.received.at(-1)?.body.toString()).toMatch(/^\{"a":1,\r\n "b":"x"\}\n?<end>$/);
});
