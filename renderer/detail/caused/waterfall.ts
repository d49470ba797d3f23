import { foldAlike } from '../../../proxy-core/rrpair/alike.ts';
import type { Caused, CausedCall } from '../../../proxy-core/rrpair/caused.ts';
import type { PairSummary } from '../../../proxy-core/rrpair/shapes.ts';

/** A stretch of time, ms from the beginning of the request. */
export interface Span {
  start: number;
  length: number;
}

export interface CallBar extends Span {
  call: CausedCall;
}

/** A line: one call, or all that are alike. */
export interface CallGroup {
  key: string;
  bars: readonly CallBar[];
  /** Sum of their times, ms. */
  total: number;
}

export interface Waterfall {
  /** ms that the lanes span. */
  length: number;
  /** The request itself, ms; null while it is open. */
  duration: number | null;
  groups: readonly CallGroup[];
  /** What calls caused in turn where they arrived, by the number of the call. */
  beyond: ReadonlyMap<number, readonly CallGroup[]>;
  /** When none of its calls was on its way: the application itself was at work, or waited for nothing that is seen. */
  own: readonly Span[];
  /** Sum of those, ms. */
  ownTotal: number;
}

/** Unix epoch, ms with its fraction down to the microsecond, which `Date` leaves out. */
export function exactMillis(iso: string): number {
  return Date.parse(`${iso.slice(0, 23)}Z`) + Number(iso.slice(23, 26)) / 1_000;
}

export function waterfallOf(request: PairSummary, { calls, beyond }: Pick<Caused, 'calls' | 'beyond'>, now: number): Waterfall {
  const began = exactMillis(request.startedAt);
  const barOf = (call: CausedCall): CallBar => {
    const start = exactMillis(call.pair.startedAt) - began;
    const length = call.pair.durationMs ?? call.pair.latencyMs ?? (call.pair.state === 'open' ? now - began - start : 0);
    return { call, start, length: Math.max(0, length) };
  };
  const bars = calls.map(barOf);
  const further = beyond.map((there) => ({ call: there.call, bars: there.calls.map(barOf) }));
  const duration = request.durationMs ?? (request.state === 'done' ? request.latencyMs : null);
  const end = duration ?? Math.max(0, now - began);
  const ends = [bars, ...further.map((there) => there.bars)].flat().map((bar) => bar.start + bar.length);
  const length = ends.reduce((latest, each) => Math.max(latest, each), Math.max(end, 0.001));
  const own = gapsOf(bars, end);
  return {
    length,
    duration,
    groups: groupsOf(bars),
    beyond: new Map(further.filter((there) => there.bars.length > 0).map((there) => [there.call, groupsOf(there.bars)])),
    own,
    ownTotal: own.reduce((sum, gap) => sum + gap.length, 0),
  };
}

function groupsOf(bars: readonly CallBar[]): CallGroup[] {
  return foldAlike(bars, ({ call }) => call.likeness).map((group) => ({
    key: group.length > 1 ? (group[0]?.call.likeness ?? '') : `#${group[0]?.call.pair.id ?? 0}`,
    bars: group,
    total: group.reduce((sum, bar) => sum + bar.length, 0),
  }));
}

/** The parts of the request's time in which none of the bars lies. */
function gapsOf(bars: readonly CallBar[], end: number): Span[] {
  const gaps: Span[] = [];
  let at = 0;
  for (const { start, length } of bars.toSorted((a, b) => a.start - b.start)) {
    if (start >= end) break;
    if (start > at) gaps.push({ start: at, length: start - at });
    at = Math.max(at, start + length);
  }
  if (at < end) gaps.push({ start: at, length: end - at });
  return gaps;
}

export type Sureness = 'sure' | 'likely' | 'possible';

/** By an identity, by being the only one at the time, or by chance. */
export function surenessOf({ confidence }: { confidence: number }): Sureness {
  if (confidence >= 0.95) return 'sure';
  return confidence >= 0.7 ? 'likely' : 'possible';
}
