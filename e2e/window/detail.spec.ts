import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { openDetail } from '../support/window.ts';

test('the tabs of a pair show what was asked, answered and measured', async ({ window, inbound, upstream }) => {
  await curl(
    '--header',
    'X-Trace: abc-123',
    '--data',
    '{"quantity":3}',
    '--header',
    'Content-Type: application/json',
    `${inbound}/users?full=1`,
  );
  const detail = await openDetail(window, '/users?full=1');
  await expect(detail).toContainText('POST');
  await expect(detail).toContainText(String(upstream.port));
  await expect(detail).toContainText('JSON');

  await detail.getByRole('tab', { name: 'Request' }).click();
  await expect(detail.getByText('POST /users?full=1 HTTP/1.1')).toBeVisible();
  await expect(detail.getByText('abc-123')).toBeVisible();
  await expect(detail.getByRole('region', { name: 'Body' })).toContainText('quantity');

  await detail.getByRole('tab', { name: 'Response' }).click();
  await expect(detail.getByText('HTTP/1.1 200 OK')).toBeVisible();
  await expect(detail.getByRole('region', { name: 'Body' })).toContainText('Ada');

  await detail.getByRole('tab', { name: 'Timing' }).click();
  await expect(detail.getByRole('tabpanel')).toContainText(/\d (?:ms|µs|s)/);

  await detail.getByRole('tab', { name: 'Raw' }).click();
  const raw = detail.getByRole('region', { name: 'Raw bytes' });
  await expect(raw).toContainText('X-Trace: abc-123');
  await expect(raw).toContainText('{"quantity":3}');
});

test('details are walked through by keyboard alone', async ({ window, inbound }) => {
  for (const path of ['/first', '/second', '/third']) await curl(`${inbound}${path}`);
  const list = window.getByRole('grid', { name: 'Request list' });
  await expect(list.locator('[role="row"][data-index]')).toHaveCount(3);
  await list.focus();
  await window.keyboard.press('Home');
  await window.keyboard.press('Enter');
  const detail = window.getByRole('region', { name: 'Details' });
  await expect(detail).toContainText('/third');
  await window.keyboard.press('j');
  await expect(detail).toContainText('/second');
  await window.keyboard.press('j');
  await expect(detail).toContainText('/first');
  await window.keyboard.press('k');
  await expect(detail).toContainText('/second');
  await window.keyboard.press('Escape');
  await expect(detail).toBeHidden();
});
