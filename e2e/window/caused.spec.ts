import { barriers } from '../support/axe.ts';
import { ALIKE, type Caller, startCaller } from '../support/caller.ts';
import { curl } from '../support/clients.ts';
import type { EngineApi } from '../support/engine.ts';
import { expect, test } from '../support/fixtures.ts';
import { openDetail, row, rows } from '../support/window.ts';

let caller: Caller;
test.beforeEach(async () => {
  caller = await startCaller();
});
test.afterEach(() => caller.close());

async function capture(api: EngineApi): Promise<string> {
  const { inbound, outbound } = await api.startCapture(caller.port);
  caller.useProxy(outbound?.url ?? '');
  return inbound?.url ?? '';
}

test('a request shows what it caused, and a call leads back to it', async ({ window, api }) => {
  const inbound = await capture(api);
  await curl(`${inbound}/checkout`, '-H', 'X-Request-Id: 7f3a-99c1');
  await expect(rows(window)).toHaveCount(ALIKE + 2);

  const detail = await openDetail(window, '/checkout');
  await detail.getByRole('tab', { name: 'Caused' }).click();
  const calls = detail.getByRole('table', { name: 'What the request caused' });
  await expect(calls.getByRole('row', { name: /Certain.*\/basket/ })).toBeVisible();
  const folded = calls.getByRole('button', { name: `×${ALIKE}` });
  await expect(folded).toHaveAttribute('aria-expanded', 'false');
  await expect(calls.getByRole('button')).toHaveCount(2);
  expect(await barriers(window)).toEqual([]);

  await calls.getByRole('button', { name: '/basket' }).focus();
  await window.keyboard.press('ArrowDown');
  await expect(folded).toBeFocused();
  await window.keyboard.press('Enter');
  await expect(calls.getByRole('button')).toHaveCount(2 + ALIKE);
  await window.keyboard.press('End');
  await window.keyboard.press('Enter');
  await expect(detail.getByRole('heading', { level: 2 })).toContainText(`/items/${ALIKE}`);

  await expect(detail.getByText('Caused by GET /checkout')).toBeVisible();
  await detail.getByRole('tab', { name: 'Cause', exact: true }).click();
  await expect(detail.getByText('Both carry x-request-id 7f3a-99c1.')).toBeVisible();
  expect(await barriers(window)).toEqual([]);
  await detail.getByRole('button', { name: /GET \/checkout/ }).click();
  await expect(detail.getByRole('heading', { level: 2 })).toContainText('/checkout');
  await detail.getByRole('button', { name: 'Show in list' }).click();
  await expect(rows(window)).toHaveCount(ALIKE + 1);
  await expect(window.getByRole('combobox', { name: 'Filter' })).toHaveValue(/^caused-by:\d+$/);
});

test('the service map shows who calls whom, and leads to the calls', async ({ window, api }) => {
  const inbound = await capture(api);
  await curl(`${inbound}/checkout`);
  await expect(rows(window)).toHaveCount(ALIKE + 2);
  await window.getByRole('button', { name: 'Service map' }).click();
  const map = window.getByRole('region', { name: 'Service map' });
  await expect(map.getByRole('button', { name: /^Clients to Local app: 1 call.*none failed/ })).toBeVisible();
  const way = map.getByRole('button', { name: /^Local app to 127\.0\.0\.1:\d+: 5 calls.*none failed.*without TLS$/ });
  await expect(way).toBeVisible();
  expect(await barriers(window)).toEqual([]);

  await map.getByRole('button', { name: /^Local app captured/ }).focus();
  await window.keyboard.press('ArrowRight');
  await expect(map.locator(':focus')).toHaveCount(1);
  await way.focus();
  await window.keyboard.press('Enter');
  await expect(rows(window)).toHaveCount(ALIKE + 1);
  await expect(row(window, '/basket')).toBeVisible();
});
