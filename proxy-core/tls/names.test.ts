import net from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { certificateName, fallbackName } from './names.ts';

test.each([
  ['1.2.3.4', 'ip', '1.2.3.4'],
  ['1.2.3.4.', 'ip', '1.2.3.4'],
  ['\uff11.2.3.4', 'ip', '1.2.3.4'],
  ['[2001:DB8::0:1]', 'ip', '2001:db8::1'],
  ['1.2.3', 'dns', '1.2.3'],
  ['xn--bcher-kva.example', 'dns', 'xn--bcher-kva.example'],
  [`${'a'.repeat(63)}.example`, 'dns', `${'a'.repeat(63)}.example`],
] as const)('%j is %s %s', (asked, kind, value) => {
  expect(certificateName(asked)).toEqual({ kind, value });
});

test.each([
  `${'a'.repeat(64)}.example`,
  Array.from({ length: 64 }, () => 'abc').join('.'),
  '-a.example',
  'a-.example',
  'a..example',
  '.',
  '..',
  '*.example.com',
  'a b.example',
  'a/b',
  String.raw`a\b`,
  'C:evil',
  'a\r\nb',
  '#0102',
  '[::1',
  'CN=x,O=y',
  'a'.repeat(100_000),
])('%j is no name', (asked) => {
  expect(certificateName(asked)).toEqual(fallbackName);
});

test('whatever is asked for, the name is an address or a DNS name, and asking for it again changes nothing', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.domain(),
    fc.ipV4(),
    fc.ipV6(),
    fc.webAuthority(),
    fc.string({ unit: fc.constantFrom('a', '.', '-', ':', '1', '%', '[', ']') }),
  );
  fc.assert(
    fc.property(hostile, (asked) => {
      const name = certificateName(asked);
      if (name.kind === 'ip') expect(net.isIP(name.value)).not.toBe(0);
      else expect(name.value).toMatch(/^(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/);
      expect(name.kind === 'dns' && net.isIP(name.value) !== 0).toBe(false);
      expect(certificateName(name.value)).toEqual(name);
    }),
    { numRuns: 2_000 },
  );
});
