import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FirstRows } from './first-rows.ts';
import { type Key, KeyedRows } from './keyed-rows.ts';

function sorted(rows: KeyedRows): number[] {
  const work = rows.sorted();
  for (;;) {
    const step = work.next();
    if (step.done === true) return [...step.value];
  }
}

function rowsOf(keys: readonly Key[], descending: boolean): KeyedRows {
  const rows = new KeyedRows(descending);
  const half = Math.floor(keys.length / 2);
  const ids = keys.map((_, index) => index * 3 + 10);
  rows.add(ids.slice(0, half), keys.slice(0, half));
  rows.add(ids.slice(half), keys.slice(half));
  return rows;
}

function firstOf(keys: readonly Key[], descending: boolean, most: number): FirstRows {
  const rows = new FirstRows(most, descending);
  for (const [index, key] of keys.entries()) rows.add([index * 3 + 10], [key]);
  return rows;
}

/** What has no key is last in either direction; equal ones are in the order of time. */
function expected(keys: readonly Key[], descending: boolean): number[] {
  const sign = descending ? -1 : 1;
  return keys
    .map((key, index) => ({ key, id: index * 3 + 10 }))
    .toSorted((a, b) => {
      if (a.key === b.key) return sign * (a.id - b.id);
      if (a.key === null) return 1;
      if (b.key === null) return -1;
      return a.key < b.key ? -sign : sign;
    })
    .map(({ id }) => id);
}

test.each<[string, fc.Arbitrary<Key>]>([
  ['small numbers', fc.option(fc.integer({ min: 0, max: 20 }))],
  ['large numbers', fc.option(fc.integer({ min: 0, max: 2 ** 40 }))],
  ['texts', fc.string({ maxLength: 2 })],
])('%s are sorted', (_, key) => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 200 }), fc.boolean(), fc.integer({ min: 1, max: 30 }), (keys, descending, count) => {
      const rows = rowsOf(keys, descending);
      expect(rows.first(count)).toEqual(expected(keys, descending).slice(0, count));
      expect(sorted(rows)).toEqual(expected(keys, descending));
      expect(firstOf(keys, descending, count).ids(0, count)).toEqual(expected(keys, descending).slice(0, count));
      expect(firstOf(keys, descending, count).ids(2, 5)).toEqual(expected(keys, descending).slice(2, Math.min(7, count)));
    }),
    { numRuns: 1_000 },
  );
});

test('many rows are sorted in several stretches', () => {
  const keys = Array.from({ length: 300_000 }, (_, index) => (index * 7_919) % 100_003);
  for (const descending of [true, false]) expect(sorted(rowsOf(keys, descending))).toEqual(expected(keys, descending));
});

test('very many different texts are sorted by their beginnings', () => {
  const keys = Array.from(
    { length: 900_000 },
    (_, index) => `${String((index * 7) % 10)}${'x'.repeat(40)}${String((index * 7_919) % 900_001)}`,
  );
  const order = sorted(rowsOf(keys, false));
  expect(new Set(order).size).toBe(keys.length);
  const firsts = order.map((id) => keys[(id - 10) / 3]?.[0] ?? '');
  expect(firsts).toEqual(firsts.toSorted());
}, 60_000);
