import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import type { CausedCall } from '../rrpair/caused.ts';
import { type CallsOfSeveral, follow, type NearCaused } from './beyond.ts';

/** What is found of request 0, where each request caused by itself what `graph` says: calls by their number, which arrive as the request of the same number. */
function followed(graph: Readonly<Record<number, readonly number[]>>, more: Partial<CallsOfSeveral> = {}) {
  const callsOf = (id: number): CausedCall[] =>
    (graph[id] ?? []).map((call) => ({ pair: { id: call }, arrived: { id: call, source: 'shop' } }) as CausedCall);
  const near: NearCaused = { causes: [], calls: callsOf(0), moreCalls: 0, concurrent: 0, unlinked: 1, complete: true };
  const looked: number[][] = [];
  const work = follow(0, near, {
    *calls(ids) {
      yield;
      looked.push([...ids]);
      return { calls: new Map(ids.map((id) => [id, callsOf(id)])), more: new Map(), unlinked: 0, complete: true, ...more };
    },
    departs: (source) => source === 'shop',
  });
  let step = work.next();
  while (step.done !== true) step = work.next();
  const { beyond, ...caused } = step.value;
  return {
    ...caused,
    looked,
    beyond: beyond.map(({ call, calls, moreCalls }) => [call, calls.map(({ pair }) => pair.id), moreCalls]),
  };
}

test('each call is told once and each request followed once, also in a circle', () => {
  const { beyond, looked } = followed({ 0: [1, 2], 1: [3, 2], 2: [1, 2, 0, 4], 3: [3], 4: [1] });
  expect(beyond).toEqual([
    [1, [3], 0],
    [2, [0, 4], 0],
  ]);
  expect(looked).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test('a chain is followed to its limit, and what comes behind is counted', () => {
  const chain = Object.fromEntries(Array.from({ length: 20 }, (_, id) => [id, [id + 1]]));
  const { beyond, notFollowed } = followed(chain);
  expect(beyond).toHaveLength(limits.causedDepth);
  expect(notFollowed).toBe(1);
});

test('so many requests are followed, and the rest is counted', () => {
  const many = limits.causedFollowed + 150;
  const { looked, notFollowed, calls } = followed({ 0: Array.from({ length: many }, (_, index) => index + 1) });
  expect([looked.flat().length, notFollowed, calls.length]).toEqual([limits.causedFollowed, 150, many]);
});

test('so many calls are told, and the rest is counted', () => {
  const many = Array.from({ length: limits.causedCalls - 1 }, (_, index) => 1_000 + index);
  const { beyond } = followed({ 0: [1, 2], 1: many, 2: [5_000, 5_001, 5_002] });
  expect(beyond).toEqual([
    [1, many, 0],
    [2, [5_000], 2],
  ]);
});

test('what was not looked at, or cannot be told apart, is said', () => {
  expect(followed({ 0: [1] }, { complete: false, unlinked: 3 })).toMatchObject({ complete: false, unlinked: 4, beyond: [] });
  expect(followed({ 0: [1] }, { more: new Map([[1, 7]]) }).beyond).toEqual([[1, [], 7]]);
});
