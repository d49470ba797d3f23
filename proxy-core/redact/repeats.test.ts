import { expect, test } from 'vitest';
import { Repeats } from './repeats.ts';

test('masks every place of every value, as it is and as it stands in a URL', () => {
  const repeats = new Repeats(['abcdefgh', 'a b/c d/e']);
  expect(repeats.mask('abcdefgh abcdefghabcdefgh x=a b/c d/e&y=a%20b%2Fc%20d%2Fe')).toBe('*** ****** x=***&y=***');
});

test('of values that begin alike the longest counts', () => {
  const repeats = new Repeats(['secret-value-1', 'secret-value-12', 'secret-value']);
  expect(repeats.mask('secret-value-12,secret-value-1,secret-value-3,secret-valu')).toBe('***,***,***-3,secret-valu');
});

test('short values are left, and half a surrogate pair does no harm', () => {
  expect(new Repeats(['short']).mask('short short')).toBe('short short');
  expect(new Repeats(['\ud800abcdefgh']).mask('\ud800abcdefgh!')).toBe('***!');
});

test('finds what searching value by value finds', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const letter = random(seed);
    const word = (length: number): string => Array.from({ length }, () => (letter() < 0.5 ? 'a' : 'b')).join('');
    // Of one length, so that no value is part of another.
    const values = Array.from({ length: 5 }, () => word(9));
    const text = word(400);
    const found = new Repeats(values).mask(text);
    for (const value of values) expect(found).not.toContain(value);
    const one = [values[0] ?? ''];
    expect(new Repeats(one).mask(text)).toBe(text.replaceAll(one[0] ?? '', '***'));
  }
});

test('ten thousand values take no longer than a pass over the text', () => {
  const values = Array.from({ length: 10_000 }, (_, index) => `secret-value-${String(index)}`);
  const text = `${values.join(' ')}${'x'.repeat(4_000_000)}`;
  const started = performance.now();
  const masked = new Repeats(values).mask(text);
  expect(masked.startsWith('*** *** ***')).toBe(true);
  expect(masked).not.toContain('secret-value');
  // One by one it would be minutes.
  expect(performance.now() - started).toBeLessThan(5_000);
});

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}
