import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';

test('the API tells nothing to those without the token, nor to other pages', async ({ window, api, inbound }) => {
  await curl(`${inbound}/users`);
  const { url, token } = api.engine;
  const status = async (...args: string[]): Promise<string> =>
    curl('--output', '/dev/null', '--write-out', '%{http_code}', ...args, `${url}/api/status`);
  expect(await status()).toBe('401');
  expect(await status('--header', 'Authorization: Bearer wrong')).toBe('401');
  expect(await status('--header', `Authorization: Bearer ${token}`)).toBe('200');
  expect(await status('--header', `Authorization: Bearer ${token}`, '--header', 'Origin: http://evil.invalid')).toBe('403');
  expect(await status('--header', `Authorization: Bearer ${token}`, '--header', 'Host: evil.invalid')).toBe('403');
  // The token is neither in the address bar nor in what the page's address would tell another.
  expect(window.url()).not.toContain(token);
});
