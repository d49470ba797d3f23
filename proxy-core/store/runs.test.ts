import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeRuns, sortedRun } from './runs.ts';

function merged(stretches: readonly { ids: number[]; keys: (number | string | null)[] }[], descending: boolean): number[] {
  const work = mergeRuns(
    stretches.map(({ ids, keys }) => sortedRun(ids, keys, descending)),
    descending,
  );
  for (;;) {
    const step = work.next();
    if (step.done === true) return [...step.value.ids];
  }
}

test.each(['numbers', 'texts'])('stretches of %s are merged into one order', (kind) => {
  const key: fc.Arbitrary<number | string | null> =
    kind === 'numbers' ? fc.option(fc.integer({ min: 0, max: 20 })) : fc.string({ maxLength: 2 });
  fc.assert(
    fc.property(fc.array(fc.array(key, { maxLength: 30 }), { maxLength: 8 }), fc.boolean(), (lists, descending) => {
      let next = 1;
      const stretches = lists.map((keys) => ({ keys, ids: keys.map(() => next++) }));
      const rows = stretches.flatMap(({ ids, keys }) => ids.map((id, index) => ({ id, key: keys[index] ?? null })));
      const sign = descending ? -1 : 1;
      // What has no number is last in either direction.
      const expected = rows.toSorted((a, b) => {
        if (a.key === b.key) return sign * (a.id - b.id);
        if (a.key === null) return 1;
        if (b.key === null) return -1;
        return a.key < b.key ? -sign : sign;
      });
      expect(merged(stretches, descending)).toEqual(expected.map((row) => row.id));
    }),
    { numRuns: 500 },
  );
});
