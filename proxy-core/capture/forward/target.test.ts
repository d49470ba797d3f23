import { describe, expect, it } from 'vitest';
import { parseAbsoluteTarget, parseConnectTarget, sameAuthority } from './target.ts';

describe('parseConnectTarget', () => {
  it.each([
    ['host:443', { host: 'host', port: 443 }],
    ['a-b_c.d.test.:1', { host: 'a-b_c.d.test.', port: 1 }],
    ['[::1]:65535', { host: '::1', port: 65_535 }],
    ['[fe80::1%25eth0]:80', { host: 'fe80::1%eth0', port: 80 }],
    ['127.0.0.1:80', { host: '127.0.0.1', port: 80 }],
  ])('%s', (target, expected) => {
    expect(parseConnectTarget(target)).toEqual(expected);
  });

  it.each([
    '',
    ':80',
    'host',
    'host:',
    'host:0',
    'host:65536',
    'host:-1',
    'host:8o',
    'host:000443',
    '../../x:443',
    '..:443',
    '.host:443',
    'a..b:443',
    'a/b:443',
    'a\\b:443',
    'user@host:443',
    'http://host:443',
    '::1:443',
    '[::1]',
    '[::1:443',
    '[1.2.3.4]:443',
    '[host]:443',
    'ho\0st:443',
    'h\xf6st:443',
    `${'a'.repeat(256)}:443`,
  ])('%j is none', (target) => {
    expect(parseConnectTarget(target)).toBeNull();
  });
});

describe('parseAbsoluteTarget', () => {
  it.each([
    ['http://Host/x', 'GET', { host: 'Host', port: 80, secure: false, authority: 'Host', originForm: '/x' }],
    ['https://host', 'GET', { host: 'host', port: 443, secure: true, authority: 'host', originForm: '/' }],
    ['http://host:/', 'GET', { host: 'host', port: 80, secure: false, authority: 'host:', originForm: '/' }],
    ['wss://[::1]:8443?x', 'GET', { host: '::1', port: 8443, secure: true, authority: '[::1]:8443', originForm: '/?x' }],
    ['http://a@b@host:1//../x', 'GET', { host: 'host', port: 1, secure: false, authority: 'host:1', originForm: '//../x' }],
    ['http://host', 'OPTIONS', { host: 'host', port: 80, secure: false, authority: 'host', originForm: '*' }],
  ])('%s (%s)', (target, method, expected) => {
    expect(parseAbsoluteTarget(target, method)).toEqual({ ok: true, target: expected });
  });

  it.each([
    ['/x', 'not-absolute'],
    ['*', 'not-absolute'],
    ['host:80', 'not-absolute'],
    ['//host/x', 'not-absolute'],
    ['ftp://host/', 'unknown-scheme'],
    ['constructor://host/', 'unknown-scheme'],
    ['http://', 'bad-authority'],
    ['http:///x', 'bad-authority'],
    ['http://../x', 'bad-authority'],
    ['http://host:x/', 'bad-authority'],
  ])('%s is %s', (target, problem) => {
    expect(parseAbsoluteTarget(target, 'GET')).toMatchObject({ ok: false, problem });
  });
});

describe('sameAuthority', () => {
  it.each([
    ['http://host/', 'host', true],
    ['http://host/', 'HOST:80', true],
    ['http://host:80/', 'host', true],
    ['https://host/', 'host:443', true],
    ['https://host/', 'host:80', false],
    ['http://host:81/', 'host', false],
    ['http://host/', 'other', false],
    ['http://host/', '', false],
    ['http://[::1]/', '[::1]:80', true],
  ])('%s and Host: %s: %s', (target, host, expected) => {
    const parsed = parseAbsoluteTarget(target, 'GET');
    if (!parsed.ok) throw new Error(parsed.problem);
    expect(sameAuthority(host, parsed.target)).toBe(expected);
  });
});
