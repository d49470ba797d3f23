import { create } from 'zustand';
import type { Pace, ReplayManyProgress } from '../../proxy-core/rrpair/replay-many.ts';
import { isAbort, sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { announce } from '../design/announce.ts';
import { refuseInSnapshot } from '../list/snapshot.ts';
import { useList } from '../list/store.ts';

/** What is to be sent again: pairs that were picked, or what the filter finds. */
export type ManyOf = { kind: 'picked'; ids: readonly number[] } | { kind: 'filter'; filter: string; noise: boolean; total: number };

/** The fields of the dialog, as they are typed. */
export interface ManyForm {
  order: 'recorded' | 'list';
  pace: 'fast' | 'recorded' | 'rate';
  rate: string;
  times: string;
  concurrency: string;
  to: string;
}

export const usualForm: ManyForm = { order: 'recorded', pace: 'fast', rate: '10', times: '1', concurrency: '1', to: '' };

interface ManyState {
  of: ManyOf | null;
  running: boolean;
  progress: ReplayManyProgress | null;
  problem: string;
}

const closed: ManyState = { of: null, running: false, progress: null, problem: '' };

export const useMany = create<ManyState>(() => closed);

let stop = new AbortController();

export function offerReplay(of: ManyOf): void {
  if (!refuseInSnapshot()) useMany.setState({ ...closed, of });
}

export function offerReplayOfFilter(): void {
  const { filter, noise, total } = useList.getState();
  offerReplay({ kind: 'filter', filter, noise, total });
}

/** Ends what is running; what was sent stays recorded. */
export function cancelMany(): void {
  stop.abort();
}

export function closeMany(): void {
  cancelMany();
  useMany.setState(closed);
}

function whole(text: string, what: string, most: number): number {
  const number = Number(text.trim());
  if (!Number.isInteger(number) || number < 1 || number > most)
    throw new Error(`${what} is a whole number from 1 to ${most.toLocaleString('en')}.`);
  return number;
}

function paceOf({ pace, rate }: ManyForm): Pace {
  if (pace !== 'rate') return pace;
  const number = Number(rate.trim());
  if (!(number > 0) || number > 100_000) throw new Error('The pace is a number of requests a second, above 0 and at most 100,000.');
  return number;
}

export interface ManyInput {
  ids?: number[];
  query?: { filter: string; noise: boolean; sort: { by: 'time'; descending: boolean } };
  to?: string;
  pace: Pace;
  times: number;
  concurrency: number;
}

/** What the engine is asked for. Throws a sentence about the field that is wrong. `list` is the order of the list: newest first. */
export function inputOf(of: ManyOf, form: ManyForm): ManyInput {
  const descending = form.order === 'list';
  return {
    ...(of.kind === 'picked'
      ? { ids: descending ? [...of.ids] : of.ids.toSorted((a, b) => a - b) }
      : { query: { filter: of.filter, noise: of.noise, sort: { by: 'time', descending } } }),
    ...(form.to.trim() === '' ? {} : { to: form.to.trim() }),
    pace: paceOf(form),
    times: whole(form.times, 'How often', 1_000_000),
    concurrency: whole(form.concurrency, 'How many at once', 64),
  };
}

/** Sends them, telling how far it is. */
export async function runMany(form: ManyForm): Promise<void> {
  const { of, running } = useMany.getState();
  if (of === null || running) return;
  const own = new AbortController();
  stop = own;
  const current = (): boolean => stop === own && useMany.getState().of === of;
  try {
    const input = inputOf(of, form);
    useMany.setState({ running: true, progress: null, problem: '' });
    for await (const progress of await engine().replay.many(input, { signal: own.signal })) {
      if (current()) useMany.setState({ progress });
    }
    if (current() && !own.signal.aborted) announce('The replay is done');
  } catch (error) {
    if (current() && !own.signal.aborted && !isAbort(error)) useMany.setState({ problem: sentenceOf(error) });
  } finally {
    if (current()) {
      useMany.setState(({ progress }) => ({
        running: false,
        progress: progress !== null && own.signal.aborted ? { ...progress, state: 'cancelled' } : progress,
      }));
    }
  }
}
