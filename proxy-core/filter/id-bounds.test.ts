import { expect, test } from 'vitest';
import { idBounds } from './id-bounds.ts';
import { parseFilter } from './parse.ts';

const { NEGATIVE_INFINITY: first, POSITIVE_INFINITY: last } = Number;

test.each([
  ['', first, last],
  ['id:10..200', 10, 200],
  ['id:>10 host:shop', 11, last],
  ['host:shop (id:5..9 or id:20..30)', 5, 30],
  ['id:5..9 or host:shop', first, last],
  ['id:5..9 id:<=7', 5, 7],
  ['not id:5..9', first, last],
  ['pushed-by:100', 101, 20_100],
  ['caused-by:100', first, last],
])('%s is looked for where it can be', (text, low, high) => {
  const parsed = parseFilter(text, 0);
  if (!parsed.ok) throw new Error(parsed.message);
  expect(idBounds(parsed.ast)).toEqual({ low, high });
});

test('what contradicts itself is looked for nowhere', () => {
  const parsed = parseFilter('id:<5 id:>9', 0);
  if (!parsed.ok) throw new Error(parsed.message);
  const { low, high } = idBounds(parsed.ast);
  expect(low).toBeGreaterThan(high);
});
