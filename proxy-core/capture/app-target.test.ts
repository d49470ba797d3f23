import { describe, expect, test } from 'vitest';
import { appTargetUrl, parseAppTarget } from './app-target.ts';

test.each([
  ['3000', { tls: false, host: 'localhost', port: 3000 }],
  [' 3000 ', { tls: false, host: 'localhost', port: 3000 }],
  ['app.local:8080', { tls: false, host: 'app.local', port: 8080 }],
  ['10.1.2.3:80', { tls: false, host: '10.1.2.3', port: 80 }],
  ['[::1]:3000', { tls: false, host: '::1', port: 3000 }],
  ['http://localhost', { tls: false, host: 'localhost', port: 80 }],
  ['http://localhost:3000/', { tls: false, host: 'localhost', port: 3000 }],
  ['https://localhost', { tls: true, host: 'localhost', port: 443 }],
  ['HTTPS://[fe80::1%eth0]:8443', { tls: true, host: 'fe80::1%eth0', port: 8443 }],
  ['http://my_app:1', { tls: false, host: 'my_app', port: 1 }],
])('%s', (text, target) => {
  expect(parseAppTarget(text)).toEqual(target);
});

describe('what does not say where the application is', () => {
  test.each([
    '',
    'app',
    '0',
    '70000',
    'host:0',
    'host:x',
    '::1:3000',
    '[::1]',
    '[1.2.3.4]:80',
    'ftp://a',
    'http://a/path',
    'http://u@a',
    'http://',
    'a b:1',
  ])('“%s” is refused with a sentence', (text) => {
    expect(() => parseAppTarget(text)).toThrow(
      expect.objectContaining({ code: 'bad-usage', message: expect.stringContaining('HOST:PORT') }),
    );
  });
});

test('the URL of a target', () => {
  expect(appTargetUrl({ tls: true, host: '::1', port: 8443 })).toBe('https://[::1]:8443');
  expect(appTargetUrl({ tls: false, host: 'localhost', port: 80 })).toBe('http://localhost:80');
});
