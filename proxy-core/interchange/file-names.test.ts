import { describe, expect, test } from 'vitest';
import { safeName, timeName } from './file-names.ts';

describe('a name made of captured text', () => {
  const hostile = [
    '../../etc/passwd',
    '..',
    '.',
    '',
    ' ',
    '/',
    '\\\\server\\share',
    'C:\\x',
    'a\0b',
    'a\nb',
    'con',
    'CON.txt',
    'aux',
    'COM1',
    'lpt9.log',
    'com¹',
    'nul.',
    'trailing.',
    'trailing ',
    '-rf',
    '.hidden',
    '~root',
    '[::1]:8080',
    'x'.repeat(300),
    '日本.example',
    'a\u202Etxt.exe',
    '%2e%2e%2f',
    '$(reboot)',
    'a:b',
    'a*b?c"d<e>f|g',
    'constructor',
    '__proto__',
  ];

  test.each(hostile)('%j stays a plain name on every system', (text) => {
    const name = safeName(text);
    expect(name).toMatch(/^[a-z0-9_][a-z0-9._-]{0,110}$/);
    expect(name).not.toMatch(/\.\.|[. ]$/);
    expect(name).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i);
  });

  test('differs for different texts, also where a system knows no upper case', () => {
    const names = [...hostile, 'a/b', 'a?b', 'a_b', 'x'.repeat(301)].map(safeName);
    expect(new Set(names).size).toBe(names.length);
  });

  test('is the text where that is one', () => {
    expect(safeName('api.example.com')).toBe('api.example.com');
    expect(safeName('API.example.com')).toBe('api.example.com');
  });
});

test('a time as a name has nanoseconds and sorts', () => {
  expect(timeName(Date.UTC(2025, 10, 25, 18, 6, 40) * 1000 + 855_449)).toBe('2025-11-25_18-06-40.855449000Z');
});
