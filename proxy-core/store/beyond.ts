import { limits } from '../limits.ts';
import type { Caused, CausedCall } from '../rrpair/caused.ts';

/** What one request caused by itself. */
export type NearCaused = Omit<Caused, 'beyond' | 'notFollowed'>;

/** What several requests caused by themselves. */
export interface CallsOfSeveral {
  /** By the number of the request, each call of the most probable one of them, in the order of time. */
  calls: ReadonlyMap<number, readonly CausedCall[]>;
  /** Calls beside those, as above. */
  more: ReadonlyMap<number, number>;
  /** Calls made meanwhile that cannot be told from those of other requests. */
  unlinked: number;
  /** False when there was more at that time than is looked at. */
  complete: boolean;
}

/** What is asked while calls are followed. */
export interface Follower {
  /** Those that are no longer there caused nothing. */
  calls: (ids: readonly number[]) => Generator<undefined, CallsOfSeveral>;
  /** Whether anything that a source calls is captured around that time: a database calls nobody. */
  departs: (source: string) => boolean;
}

/**
 * Follows calls to where they arrived, and tells what they caused there, and so on. Bounded in depth and in number. Each request is followed once and each call told
 * once, the nearest to the first request, so that there are no circles.
 */
export function* follow(id: number, near: NearCaused, { calls: callsOf, departs }: Follower): Generator<undefined, Caused> {
  const followed = new Set([id]);
  const told = new Set(near.calls.map(({ pair }) => pair.id));
  const beyond: Caused['beyond'] = [];
  let room: number = limits.causedCalls;
  let notFollowed = 0;
  let { unlinked, complete } = near;
  let level: readonly CausedCall[] = near.calls;
  for (let depth = 1; ; depth++) {
    const arrivals = new Map<number, number>();
    for (const { pair, arrived } of level) {
      if (arrived === null || followed.has(arrived.id) || !departs(arrived.source)) continue;
      if (depth > limits.causedDepth || followed.size > limits.causedFollowed) {
        notFollowed += 1;
        continue;
      }
      followed.add(arrived.id);
      arrivals.set(arrived.id, pair.id);
    }
    if (arrivals.size === 0) return { ...near, beyond, notFollowed, unlinked, complete };
    const there = yield* callsOf([...arrivals.keys()]);
    unlinked += there.unlinked;
    complete &&= there.complete;
    const next: CausedCall[] = [];
    for (const [request, call] of arrivals) {
      const fresh = (there.calls.get(request) ?? []).filter(({ pair }) => !told.has(pair.id));
      const calls = fresh.slice(0, room);
      for (const { pair } of calls) told.add(pair.id);
      room -= calls.length;
      const moreCalls = (there.more.get(request) ?? 0) + fresh.length - calls.length;
      if (calls.length + moreCalls > 0) beyond.push({ call, calls, moreCalls });
      next.push(...calls);
    }
    level = next;
  }
}
