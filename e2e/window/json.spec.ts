import type { Locator, Page } from '@playwright/test';
import { barriers } from '../support/axe.ts';
import { send } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { openDetail, watch } from '../support/window.ts';

const MiB = 1_048_576;

/** Opens the request's body of the row that shows `path`. */
async function openBody(window: Page, path: string): Promise<Locator> {
  const detail = await openDetail(window, path);
  await detail.getByRole('tab', { name: 'Request' }).click();
  return detail.getByRole('region', { name: 'Body' });
}

function tree(body: Locator): Locator {
  return body.getByRole('tree', { name: 'Body as JSON' });
}

test.describe('fifty megabytes', () => {
  test.beforeEach(async ({ api }) => {
    await api.keepOfBodies(64 * MiB);
  });

  test('of small objects are a tree: searched, folded, copied from', async ({ surface, window, inbound }) => {
    const seen = watch(window);
    const items = Array.from(
      { length: 600_000 },
      (_, id) => `{"id":${id},"name":"item number ${id}","flags":[true,false],"of":null}`,
    );
    const text = `{"items":[${items.join(',')}],"last":{"deep":{"here":"the end"}}}`;
    await send(`${inbound}/objects`, 'application/json', text.padEnd(50 * MiB));
    const body = await openBody(window, '/objects');
    await expect(tree(body)).toContainText('item number 1', { timeout: 60_000 });

    // To the end, a page up, and back.
    await tree(body).focus();
    await window.keyboard.press('End');
    await window.keyboard.press('ArrowUp');
    await window.keyboard.press('ArrowUp');
    await window.keyboard.press('ArrowUp');
    await expect(tree(body)).toContainText('"the end"');
    await window.keyboard.press('ControlOrMeta+Shift+C');
    await expect(window.getByText('path copied')).toBeAttached();
    expect(await surface.readClipboard()).toBe('$.last.deep.here');

    // What is folded opens for what is found in it.
    await body.getByRole('button', { name: 'Fold all', exact: true }).click();
    await expect(tree(body).getByRole('treeitem')).toHaveCount(4);
    await body.getByRole('textbox', { name: 'Find in body' }).fill('NUMBER 599999');
    await expect(body.getByText('1 of 1', { exact: true })).toBeVisible({ timeout: 30_000 });
    await expect(tree(body).getByRole('treeitem', { selected: true })).toContainText('"item number 599999"');
    await tree(body).focus();
    await window.keyboard.press('ControlOrMeta+c');
    await expect(window.getByText('value copied')).toBeAttached();
    expect(await surface.readClipboard()).toBe('item number 599999');
    // The parent of it is one object, whose value is copied whole.
    await window.keyboard.press('ArrowLeft');
    await expect(body.getByText('$.items[599999]', { exact: true })).toBeVisible();
    await window.keyboard.press('ControlOrMeta+c');
    await expect.poll(() => surface.readClipboard()).toBe(items.at(-1));
    expect(await barriers(window)).toEqual([]);
    expect(seen).toEqual({ dialogs: [], foreignRequests: [], complaints: [] });
  });

  test('of a million keys', async ({ window, inbound }) => {
    const keys = Array.from({ length: 1_000_000 }, (_, at) => `"key ${at} with a name that is long":{"n":${at}}`);
    await send(`${inbound}/keys`, 'application/json', `{${keys.join(',')}}`.padEnd(50 * MiB));
    const body = await openBody(window, '/keys');
    await expect(tree(body)).toContainText('"key 1 with', { timeout: 60_000 });
    await body.getByRole('button', { name: 'Fold all', exact: true }).click();
    await expect(tree(body)).toContainText('{ … }');
    await tree(body).focus();
    await window.keyboard.press('End');
    await window.keyboard.press('ArrowUp');
    await expect(tree(body).getByRole('treeitem', { selected: true })).toContainText('"key 999999 with');
    await window.keyboard.press('ArrowRight');
    await window.keyboard.press('ArrowRight');
    await expect(tree(body).getByRole('treeitem', { selected: true })).toContainText('"n": 999999');
    await body.getByRole('textbox', { name: 'Find in body' }).fill('name that');
    await expect(body.getByText('1 of 10,000 or more')).toBeVisible({ timeout: 30_000 });
  });

  test('one within the other', async ({ surface, window, inbound }) => {
    const depth = 400_000;
    const text = `${`{"a":[${JSON.stringify('x'.repeat(100))},`.repeat(depth)}"bottom"${']}'.repeat(depth)}`;
    await send(`${inbound}/deep`, 'application/json', text);
    const body = await openBody(window, '/deep');
    await expect(tree(body)).toContainText('"a": [', { timeout: 60_000 });
    await body.getByRole('textbox', { name: 'Find in body' }).fill('"bottom"');
    await expect(tree(body).getByRole('treeitem', { selected: true })).toContainText('"bottom"', { timeout: 30_000 });
    await tree(body).focus();
    await window.keyboard.press('ControlOrMeta+Shift+C');
    await expect(window.getByText('path copied')).toBeAttached();
    expect(await surface.readClipboard()).toMatch(/^\$…(?:\.a|\[1\])+\[1\]$/);
    await window.keyboard.press('Home');
    await window.keyboard.press('ArrowLeft');
    await expect(tree(body).getByRole('treeitem')).toHaveCount(1);
  });
});

test('JSON of which the rest was not kept is a tree as far as it is whole', async ({ api, window, inbound }) => {
  await api.keepOfBodies(2_000);
  const items = Array.from({ length: 100 }, (_, id) => ({ id, name: `item ${id}` }));
  await send(`${inbound}/cut`, 'application/json', JSON.stringify({ items, never: 'seen' }));
  const body = await openBody(window, '/cut');
  await expect(tree(body)).toContainText('"item 0"');
  await expect(body).toContainText('The tree goes as far as its values are whole: the rest of this body was not kept.');
  await expect(body).toContainText('The first 2.0 KB of');
  await tree(body).focus();
  await window.keyboard.press('End');
  await expect(tree(body).getByRole('treeitem', { selected: true })).toHaveText('…');
  await body.getByRole('textbox', { name: 'Find in body' }).fill('never');
  await expect(body.getByText('Not found')).toBeVisible();
  expect(await barriers(window)).toEqual([]);
});

test('what is no JSON although it was kept whole is text', async ({ window, inbound }) => {
  await send(`${inbound}/wrong`, 'application/json', '{"a":1,"b":');
  const body = await openBody(window, '/wrong');
  await expect(body).toContainText('This is not valid JSON, so it is shown as text.');
  await expect(body.getByRole('document', { name: 'Body as text' })).toContainText('{"a":1,"b":');
});
