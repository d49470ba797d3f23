import { expect, test } from 'vitest';
import type { Caused, CausedCall } from '../../../proxy-core/rrpair/caused.ts';
import type { PairSummary } from '../../../proxy-core/rrpair/shapes.ts';
import { linesOf } from './lines.ts';
import { exactMillis, surenessOf, waterfallOf } from './waterfall.ts';

const pair = (id: number, startMs: number, durationMs: number | null): PairSummary => ({
  id,
  state: durationMs === null ? 'open' : 'done',
  direction: 'out',
  source: 'local',
  protocol: 'postgresql',
  technology: 'PostgreSQL',
  technologies: ['PostgreSQL'],
  command: 'Query',
  host: 'db:5432',
  location: 'SELECT 1',
  status: 'OK',
  error: null,
  startedAt: `${new Date(1_790_000_000_000 + Math.floor(startMs)).toISOString().slice(0, -1)}${String(Math.round((startMs % 1) * 1_000)).padStart(3, '0')}Z`,
  latencyMs: durationMs,
  durationMs,
  requestBytes: 0,
  responseBytes: 0,
  noise: false,
  pinned: false,
  colour: null,
  note: '',
  replayOf: null,
});
const call = (id: number, startMs: number, durationMs: number | null, likeness = String(id)): CausedCall => ({
  pair: pair(id, startMs, durationMs),
  basis: 'time',
  evidence: '',
  confidence: 0.9,
  likeness,
  arrived: null,
});

const near = (...calls: CausedCall[]): Pick<Caused, 'calls' | 'beyond'> => ({ calls, beyond: [] });

const there = (of: number, ...calls: CausedCall[]): Caused['beyond'][number] => ({ call: of, calls, moreCalls: 0 });

test('times are exact to the microsecond', () => {
  expect(exactMillis('2026-11-20T10:00:00.000250Z') - exactMillis('2026-11-20T10:00:00.000000Z')).toBeCloseTo(0.25, 3);
});

test('gaps between calls are the time of the application itself, overlaps count once', () => {
  const { own, ownTotal, length, duration } = waterfallOf(
    pair(1, 0, 100),
    near(call(2, 10, 20), call(3, 20, 30), call(4, 80, 10)),
    0,
  );
  expect(own).toEqual([
    { start: 0, length: 10 },
    { start: 50, length: 30 },
    { start: 90, length: 10 },
  ]);
  expect([ownTotal, length, duration]).toEqual([50, 100, 100]);
});

test('three alike are one line, two are two', () => {
  const calls = [call(2, 1, 1, 'n'), call(3, 2, 1, 'm'), call(4, 3, 1, 'n'), call(5, 4, 1, 'm'), call(6, 5, 1, 'n')];
  const { groups } = waterfallOf(pair(1, 0, 10), near(...calls), 0);
  expect(groups.map(({ bars }) => bars.map((bar) => bar.call.pair.id))).toEqual([[2, 4, 6], [3], [5]]);
  expect(groups[0]?.total).toBe(3);
});

test('what outlives the request widens the lanes, what is open reaches until now', () => {
  expect(waterfallOf(pair(1, 0, 10), near(call(2, 5, 45)), 0).length).toBe(50);
  const began = exactMillis(pair(1, 0, null).startedAt);
  const open = waterfallOf(pair(1, 0, null), near(call(2, 5, null)), began + 200);
  expect(open.length).toBe(200);
  expect(open.duration).toBeNull();
  expect(open.groups[0]?.bars[0]?.length).toBe(195);
});

test('what calls caused where they arrived stands below them, on the same scale', () => {
  const alike = [call(10, 22, 1, 'n'), call(11, 24, 1, 'n'), call(12, 26, 1, 'n')];
  const calls = [call(2, 10, 20), call(3, 60, 10)];
  const fall = waterfallOf(pair(1, 0, 100), { calls, beyond: [there(2, ...alike), there(11, call(20, 24, 96)), there(3)] }, 0);
  expect(fall.length).toBe(120);
  // Only its own calls are what the request itself waited for.
  expect(fall.ownTotal).toBe(70);
  const shown = (...toggled: string[]): string[] =>
    linesOf(fall, new Set(toggled)).map(({ key, depth, folds, beyond }) =>
      [depth, key, (folds ?? beyond)?.open].filter((word) => word !== undefined).join(' '),
    );
  expect(shown()).toEqual(['0 #2 true', '1 #2 n false', '0 #3']);
  expect(shown('#2')).toEqual(['0 #2 false', '0 #3']);
  expect(shown('#2 n')).toEqual(['0 #2 true', '1 #2 n true', '2 #10', '2 #11 true', '3 #20', '2 #12', '0 #3']);
});

test('a request without calls or time makes no infinite lane', () => {
  expect(waterfallOf(pair(1, 0, 0), near(), 0).length).toBeGreaterThan(0);
});

test.each([
  [1, 'sure'],
  [0.91, 'likely'],
  [0.48, 'possible'],
] as const)('a confidence of %s is %s', (confidence, words) => {
  expect(surenessOf({ confidence })).toBe(words);
});
