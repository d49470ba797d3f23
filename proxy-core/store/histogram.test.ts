import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FactPacker, histogramOf } from './histogram.ts';
import { IdList } from './id-list.ts';

const EPOCH = 1_795_168_800_00; // hundredths of a second

function listOf(pairs: readonly { time: number; mark: number }[]): { list: IdList; base: number } {
  const list = new IdList();
  const packer = new FactPacker();
  for (const [index, { time, mark }] of pairs.entries()) list.add(index + 1, packer.pack((EPOCH + time) * 4 + mark));
  return { list, base: packer.base };
}

const pairs = fc.array(fc.record({ time: fc.integer({ min: -500_000, max: 500_000 }), mark: fc.integer({ min: 0, max: 3 }) }), {
  minLength: 1,
  maxLength: 200,
});

test('counts every pair once, in its bar and by direction and outcome', () => {
  fc.assert(
    fc.property(pairs, fc.integer({ min: 2, max: 200 }), (all, bars) => {
      const { list, base } = listOf(all);
      const { from, barMs, inOk, outOk, inErrors, outErrors } = histogramOf(list, base, { bars });
      const rows = [inOk, outOk, inErrors, outErrors];
      for (const row of rows) expect(row.length).toBeLessThanOrEqual(bars);
      expect(from % barMs).toBe(0);
      const expected = rows.map((row) => row.map(() => 0));
      for (const { time, mark } of all) {
        const bar = Math.floor(((EPOCH + time) * 10 - from) / barMs);
        const row = expected[mark];
        if (row?.[bar] === undefined) throw new Error('a pair has no bar');
        row[bar] += 1;
      }
      expect(rows).toEqual(expected);
    }),
  );
});

test('shows only the range that is asked for', () => {
  const { list, base } = listOf([0, 100, 200, 300].map((time) => ({ time, mark: 1 })));
  const { from, outOk } = histogramOf(list, base, { from: EPOCH * 10 + 1_000, to: EPOCH * 10 + 2_500, bars: 10 });
  expect(from).toBeLessThanOrEqual(EPOCH * 10 + 1_000);
  expect(outOk.reduce((sum, one) => sum + one, 0)).toBe(2);
});

test('has one empty bar when there is nothing', () => {
  const { list, base } = listOf([]);
  expect(histogramOf(list, base, { bars: 100 })).toMatchObject({ inOk: [0], outErrors: [0] });
});

test('takes pairs that are months away for as far as it can tell, and loses none', () => {
  const { list, base } = listOf([
    { time: 0, mark: 0 },
    { time: 100 * 86_400 * 100, mark: 0 },
    { time: -100 * 86_400 * 100, mark: 2 },
  ]);
  const { inOk, inErrors } = histogramOf(list, base, { bars: 50 });
  expect(inOk.reduce((sum, one) => sum + one, 0)).toBe(2);
  expect(inErrors.reduce((sum, one) => sum + one, 0)).toBe(1);
});
