import { expect, test } from 'vitest';
import { maskTokens } from './tokens.ts';

function mask(text: string): { text: string; found: string[] } {
  const found: string[] = [];
  return { text: maskTokens(text, (name) => found.push(name)), found };
}

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';

test.each([
  [`see ${jwt}!`, 'see ***!', ['JSON Web Token']],
  [`a=${jwt}&b=${jwt}`, 'a=***&b=***', ['JSON Web Token', 'JSON Web Token']],
  ['AKIAIOSFODNN7EXAMPLE', '***', ['AWS access key']],
  [`token ghp_${'a1'.repeat(18)}.`, 'token ***.', ['GitHub token']],
  [`sk_live_${'x'.repeat(24)}`, '***', ['Stripe key']],
  [
    '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----',
    '-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----',
    ['private key'],
  ],
  ['-----BEGIN PRIVATE KEY-----\ncut off', '-----BEGIN PRIVATE KEY-----***', ['private key']],
])('%s', (text, masked, found) => {
  expect(mask(text)).toEqual({ text: masked, found });
});

test.each([
  'eyJhbGciOiJIUzI1NiJ9',
  'eyJ.eyJ.eyJ',
  'AKIASHORT',
  'xAKIAIOSFODNN7EXAMPLE',
  'AIza',
  'sk_test_1234567890123456',
  'BEGIN PRIVATE KEY',
])('leaves %s', (text) => {
  expect(mask(text)).toEqual({ text, found: [] });
});

test('ten megabytes of beginnings are read in one pass', () => {
  for (const piece of ['eyJ', 'eyJ-', 'eyJaaaaaaaaaaaa.', 'AKIA', '-----BEGIN PRIVATE KEY-----']) {
    const started = performance.now();
    mask(piece.repeat(10_000_000 / piece.length));
    expect(performance.now() - started).toBeLessThan(8_000);
  }
});
