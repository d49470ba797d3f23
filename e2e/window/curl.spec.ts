import { curl, runClient } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import type { Received } from '../support/upstream.ts';
import { messages, openDetail } from '../support/window.ts';

/** Everything of a request that a server sees, but the address that it was sent to. */
function comparable({ method, url, rawHeaders, body }: Received): unknown {
  const headers = Array.from({ length: rawHeaders.length / 2 }, (_, at) => [rawHeaders[2 * at], rawHeaders[2 * at + 1]]);
  return { method, url, headers, body: body.toString('latin1') };
}

test('the curl command that is copied sends the request that was recorded', async ({ surface, window, inbound, upstream }) => {
  const body = 'it’s "quoted" $HOME `id` \\ back\nnew line & <é>';
  await curl(
    '--request',
    'PUT',
    '--header',
    'X-Odd-Case: two  spaces, "quotes" and ünïcode',
    '--header',
    'Content-Type: text/plain; charset=utf-8',
    '--data-binary',
    body,
    `${inbound}/things/a%20b?q=%27x%27&empty=`,
  );
  await openDetail(window, '/things/a%20b');
  await window.getByRole('button', { name: 'Copy as curl' }).first().click();
  await expect(messages(window)).toContainText('Copied as curl.');
  const command = await surface.readClipboard();
  expect(command).toMatch(/^curl /);

  const { code, stderr } = await runClient('bash', ['-c', `${command} --silent --show-error`]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(upstream.received).toHaveLength(2);
  const [recorded, repeated] = upstream.received;
  if (recorded === undefined || repeated === undefined) throw new Error('two requests were sent');
  expect(comparable(repeated)).toEqual(comparable(recorded));
});

test('secrets are masked until they are asked for', async ({ surface, window, inbound, upstream }) => {
  await curl('--header', 'Authorization: Bearer s3cr3t-token', `${inbound}/users`);
  const detail = await openDetail(window, '/users');
  await window.getByRole('button', { name: 'Copy as curl' }).first().click();
  await expect(messages(window)).toContainText('Secrets are masked');
  expect(await surface.readClipboard()).not.toContain('s3cr3t-token');
  await detail.getByRole('tab', { name: 'cURL' }).click();
  await expect(detail.getByRole('tabpanel')).not.toContainText('s3cr3t-token');
  await detail.getByRole('button', { name: 'Reveal…' }).click();
  const question = window.getByRole('dialog', { name: 'Reveal 1 secret?' });
  await expect(question.getByRole('list', { name: 'Secrets' })).toContainText(/authorization/i);
  await question.getByRole('button', { name: 'Show secrets' }).click();
  await expect(detail.getByRole('tabpanel')).toContainText('s3cr3t-token');
  expect(upstream.received).toHaveLength(1);
});
