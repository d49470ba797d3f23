import { expect, it } from 'vitest';
import { inputOf, usualForm } from './many.ts';

const picked = { kind: 'picked' as const, ids: [9, 3, 5] };

it('sends picked pairs in the order in which they were recorded, or as the list has them', () => {
  expect(inputOf(picked, usualForm)).toEqual({ ids: [3, 5, 9], pace: 'fast', times: 1, concurrency: 1 });
  expect(inputOf(picked, { ...usualForm, order: 'list', pace: 'rate', rate: '2.5', to: ' http://x ' })).toEqual({
    ids: [9, 3, 5],
    pace: 2.5,
    times: 1,
    concurrency: 1,
    to: 'http://x',
  });
});

it('sends what a filter finds', () => {
  expect(inputOf({ kind: 'filter', filter: 'host:a', noise: true, total: 4 }, { ...usualForm, pace: 'recorded' })).toEqual({
    query: { filter: 'host:a', noise: true, sort: { by: 'time', descending: false } },
    pace: 'recorded',
    times: 1,
    concurrency: 1,
  });
});

it('says which field is wrong', () => {
  expect(() => inputOf(picked, { ...usualForm, times: '0' })).toThrow(/How often/);
  expect(() => inputOf(picked, { ...usualForm, concurrency: '65' })).toThrow(/at once/);
  expect(() => inputOf(picked, { ...usualForm, pace: 'rate', rate: 'x' })).toThrow(/pace/);
});
