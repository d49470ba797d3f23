import { expect, test } from 'vitest';
import { isOurs, isWebAddress } from './addresses.ts';

test.each(['http://example.com', 'https://example.com/?a=b#c', 'HTTPS://EXAMPLE.COM'])('%s is a web address', (url) => {
  expect(isWebAddress(url)).toBe(true);
});

test.each([
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/html,x',
  'smb://host/share',
  'ms-settings:',
  'example.com',
  '',
  ' ',
])('%s is none', (url) => {
  expect(isWebAddress(url)).toBe(false);
});

const origin = 'http://127.0.0.1:4000';

test('only pages of the engine’s own origin are ours', () => {
  expect(isOurs(`${origin}/#token=x`, origin)).toBe(true);
  for (const other of [
    'http://127.0.0.1:4001/',
    'https://127.0.0.1:4000/',
    'http://localhost:4000/',
    'http://127.0.0.1:4000@evil.invalid/',
    'http://127.0.0.1:4000.evil.invalid/',
    'file:///127.0.0.1:4000',
    'about:blank',
    '',
  ]) {
    expect(isOurs(other, origin)).toBe(false);
  }
  expect(isOurs(`${origin}/`, null)).toBe(false);
});
