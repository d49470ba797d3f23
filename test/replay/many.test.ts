import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type ErrorCode, SidetapError } from '../../proxy-core/errors.ts';
import { type ManyOptions, type ManyParts, replayMany } from '../../proxy-core/replay/many.ts';
import type { PairRecord } from '../../proxy-core/rrpair/pair.ts';
import type { ReplayManyProgress } from '../../proxy-core/rrpair/replay-many.ts';
import type { Diff } from '../../proxy-core/rrpair/results.ts';
import { record } from '../export/records.ts';

const same: Diff = { equal: true, status: null, headers: [], body: [], bodyKind: 'none', truncated: false };
const changed = (path: string): Diff['body'][number] => ({ path, kind: 'changed', before: 'a', after: 'b', noise: false });

const options: ManyOptions = { pace: 'fast', times: 1, concurrency: 1, longestPauseMs: Infinity };

interface Watched extends ManyParts {
  sent: { id: number; at: number }[];
  mostOpen: () => number;
}

/** Parts that answer after a while; new pairs are numbered from 1000. */
function parts(change: Partial<ManyParts> = {}, startedAt: (id: number) => number = () => 1): Watched {
  const sent: Watched['sent'] = [];
  let open = 0;
  let most = 0;
  let next = 1_000;
  return {
    sent,
    mostOpen: () => most,
    read: async (id): Promise<PairRecord> =>
      record(1, 'GET / HTTP/1.1\r\n\r\n', Buffer.alloc(0), '', { id, startedAtMicros: startedAt(id) }),
    send: async ({ id }, signal) => {
      sent.push({ id, at: performance.now() });
      open += 1;
      most = Math.max(most, open);
      await delay(2, undefined, { signal }).catch(() => undefined);
      open -= 1;
      next += 1;
      return { id: next };
    },
    flush: async () => undefined,
    compare: async () => ({ diff: same, answered: true }),
    ...change,
  };
}

async function last(run: AsyncIterable<ReplayManyProgress>): Promise<ReplayManyProgress> {
  let progress: ReplayManyProgress | null = null;
  for await (const one of run) progress = one;
  if (progress === null) throw new Error('it told nothing');
  return progress;
}

const span = (sent: Watched['sent']): number => (sent.at(-1)?.at ?? 0) - (sent[0]?.at ?? 0);

/** Microseconds; 80 ms, then 20 ms, between the first three. */
function at(id: number): number {
  return 1_795_165_200_000_000 + (id === 2 ? 80_000 : id === 3 ? 100_000 : 0);
}

function refuse(code: ErrorCode): never {
  throw new SidetapError(code, code);
}

describe('replayMany', () => {
  test('sends all in the order given, as often as asked, never more at once than allowed', async () => {
    const watched = parts();
    const summary = await last(replayMany([3, 1, 2], { ...options, times: 2, concurrency: 2 }, watched));
    expect(watched.sent.map(({ id }) => id)).toEqual([3, 1, 2, 3, 1, 2]);
    expect(watched.mostOpen()).toBe(2);
    expect(summary).toMatchObject({
      state: 'done',
      total: 6,
      sent: 6,
      answered: 6,
      equal: 6,
      different: 0,
      uncompared: 0,
      failed: 0,
    });
  });

  test('sends nothing before its time: with recorded pauses, and at a rate', async () => {
    const recorded = parts({}, at);
    await last(replayMany([1, 2, 3], { ...options, pace: 'recorded', concurrency: 4 }, recorded));
    expect(span(recorded.sent)).toBeGreaterThan(98);
    const rate = parts();
    const ids = Array.from({ length: 21 }, (_, index) => index + 1);
    await last(replayMany(ids, { ...options, pace: 100, concurrency: 8 }, rate));
    expect(span(rate.sent)).toBeGreaterThan(198);
  });

  test('sums up what differs, and names the first', async () => {
    const diffs: Diff[] = [
      same,
      { ...same, equal: false, status: { ...changed('status'), before: '200', after: '500' }, headers: [changed('x-a')] },
      { ...same, equal: false, body: [changed('$.n'), { ...changed('$.date'), noise: true }] },
    ];
    const compare: ManyParts['compare'] = async (original) => ({ diff: diffs[original] ?? same, answered: original !== 1 });
    const summary = await last(replayMany([0, 1, 2], options, parts({ compare })));
    expect(summary).toMatchObject({ equal: 1, different: 2, differs: { status: 1, headers: 1, body: 1 }, answered: 2, failed: 1 });
    expect(summary.first).toEqual([
      { original: 1, pair: 1_002, status: '200 → 500', headers: ['x-a'], body: [] },
      { original: 2, pair: 1_003, status: null, headers: [], body: ['$.n'] },
    ]);
  });

  test('what cannot be sent, found or recorded is counted and named, and does not stop the rest', async () => {
    const ordinary = parts();
    const watched = parts({
      read: async (id) => (id === 1 ? refuse('pair-not-found') : ordinary.read(id)),
      send: async (found, signal) =>
        found.id === 2 ? refuse('pair-not-replayable') : found.id === 3 ? refuse('internal') : ordinary.send(found, signal),
      compare: async (original) => (original === 4 ? refuse('pair-not-found') : { diff: same, answered: true }),
    });
    const summary = await last(replayMany([1, 2, 3, 4, 5], options, watched));
    expect(summary).toMatchObject({ state: 'done', total: 5, sent: 3, skipped: 2, unrecorded: 2, equal: 1, answered: 1 });
    expect(new Set(summary.problems.map(({ original }) => original))).toEqual(new Set([1, 2, 3, 4]));
  });

  test('lists no more than a few of a hundred thousand', async () => {
    const diff: Diff = { ...same, equal: false, body: [changed('$.n')] };
    const fast = parts({ send: async ({ id }) => ({ id }), compare: async () => ({ diff, answered: true }) });
    const summary = await last(
      replayMany(
        Float64Array.from({ length: 20_000 }, (_, index) => index + 1),
        { ...options, concurrency: 8 },
        fast,
      ),
    );
    expect(summary.different).toBe(20_000);
    expect(summary.first).toHaveLength(50);
  });

  test('a defect ends the run and is thrown', async () => {
    const defect = new TypeError('defect');
    await expect(last(replayMany([1, 2, 3], options, parts({ send: () => Promise.reject(defect) })))).rejects.toBe(defect);
    await expect(last(replayMany([1, 2, 3], options, parts({ compare: () => Promise.reject(defect) })))).rejects.toBe(defect);
    await expect(last(replayMany([1, 2, 3], options, parts({ read: () => Promise.reject(defect) })))).rejects.toBe(defect);
  });

  test('when cancelled it begins no more, ends what is open, and says where it stopped', async () => {
    const abort = new AbortController();
    const stopped: number[] = [];
    const watched = parts({
      send: async ({ id }, signal) => {
        watched.sent.push({ id, at: 0 });
        if (watched.sent.length === 3) abort.abort();
        await delay(60_000, undefined, { signal }).catch(() => stopped.push(id));
        return { id: 1_000 + id };
      },
    });
    const summary = await last(replayMany([1, 2, 3, 4, 5, 6], { ...options, concurrency: 3 }, watched, abort.signal));
    expect(summary).toMatchObject({ state: 'cancelled', total: 6, sent: 3 });
    expect(new Set(stopped)).toEqual(new Set([1, 2, 3]));
  });

  test('when its consumer goes away it ends too', async () => {
    const watched = parts();
    const ids = Array.from({ length: 100_000 }, (_, index) => index + 1);
    for await (const progress of replayMany(ids, options, watched)) {
      expect(progress.state).toBe('running');
      break;
    }
    const { length } = watched.sent;
    await delay(20);
    expect(watched.sent).toHaveLength(length);
  });

  test('a wait for its turn is cut short', async () => {
    const abort = new AbortController();
    const watched = parts({}, (id) => id * 3_600_000_000);
    const run = last(replayMany([1, 2], { ...options, pace: 'recorded' }, watched, abort.signal));
    await expect.poll(() => watched.sent.length).toBe(1);
    abort.abort();
    expect(await run).toMatchObject({ state: 'cancelled', sent: 1 });
  });
});
