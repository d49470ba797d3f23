import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { openDetail, row, watch } from '../support/window.ts';

test('a captured page full of scripts is shown and does nothing', async ({ window, inbound }) => {
  const seen = watch(window);
  const before = window.url();
  await curl('--globoff', '--header', 'X-Evil: <img src=x onerror=alert(1)>', `${inbound}/hostile?<script>alert(2)</script>`);
  await expect(row(window, '/hostile')).toBeVisible();
  const detail = await openDetail(window, '/hostile');
  for (const tab of ['Request', 'Response', 'Timing', 'cURL', 'Raw', 'Overview']) {
    await detail.getByRole('tab', { name: tab }).click();
    await expect(detail.getByRole('tabpanel')).not.toBeEmpty();
  }
  await detail.getByRole('tab', { name: 'Response' }).click();
  const body = detail.getByRole('region', { name: 'Body' });
  await expect(body).toContainText("alert('script')");
  for (const view of await body.getByRole('radio').all()) {
    await view.click();
    await expect(body).not.toBeEmpty();
  }
  await detail.getByRole('button', { name: 'Replay', exact: true }).click();
  await expect(detail.getByText(/The same answer|The answer differs/)).toBeVisible();
  // A round trip to the page, so that whatever was going to run has had its turn.
  expect(
    await window.evaluate(
      'new Promise((done) => { requestAnimationFrame(() => setTimeout(() => done(window.pwned ?? null), 0)); })',
    ),
  ).toBeNull();
  expect(await window.locator('iframe, object, embed, base, img[src^="http"], script:not([src])').count()).toBe(0);
  expect(seen).toEqual({ dialogs: [], foreignRequests: [], complaints: [] });
  expect(window.url()).toBe(before);
});
