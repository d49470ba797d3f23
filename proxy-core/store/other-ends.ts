import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { limits } from '../limits.ts';
import type { CausedCall } from '../rrpair/caused.ts';
import type { CauseRow } from './cause-scene.ts';

/** One end, as far as it tells which the other one is. */
export type End = Pick<CauseRow, 'id' | 'started' | 'outbound' | 'connection' | 'command' | 'location' | 'flow'>;

type OtherEnd = NonNullable<CausedCall['arrived']>;

interface Candidate extends OtherEnd, Omit<End, 'outbound' | 'flow'> {}

/**
 * Finds the same calls at the other ends of their connections, when those are captured too. Both ends name the connection alike; on it, the exchange with
 * the same command and location that began closest in time is the same one.
 */
export class OtherEnds {
  readonly #connections: StatementSync;
  readonly #candidates: StatementSync;

  constructor(database: DatabaseSync) {
    this.#connections = database.prepare('SELECT id FROM connection WHERE flow = ?');
    this.#candidates = database.prepare(
      `SELECT id, source, connection, started, command, location FROM pair
        WHERE id BETWEEN ? AND ? AND outbound = ? AND connection IN (SELECT value FROM json_each(?))`,
    );
  }

  /** By the ids of the calls, which are all of one direction, and are looked for in one go. Lets other requests pass. */
  *of(calls: readonly End[]): Generator<undefined, ReadonlyMap<number, OtherEnd>> {
    const found = new Map<number, OtherEnd>();
    const flows = new Map<string, number[]>();
    const wanted = calls.filter(({ flow, connection }) => flow !== null && this.#others(flow, connection, flows).length > 0);
    // Hardly ever is more between the two ends; all of it is looked through for those only that were not found so.
    for (const around of [limits.causeNear, limits.otherEndIds]) {
      const missing = wanted.filter(({ id }) => !found.has(id));
      if (missing.length === 0) break;
      const candidates = yield* this.#around(missing, around, [...flows.values()].flat());
      for (const call of missing) {
        const end = nearest(candidates, call, flows.get(call.flow ?? '') ?? []);
        if (end !== undefined) found.set(call.id, { id: end.id, source: end.source });
      }
    }
    return found;
  }

  /** That of one call, in one go; undefined when it is not captured. */
  now(call: End): OtherEnd | undefined {
    const work = this.of([call]);
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value.get(call.id);
    }
  }

  #others(flow: string, own: number, flows: Map<string, number[]>): number[] {
    const known = flows.get(flow);
    if (known !== undefined) return known;
    const others = this.#connections.all(flow).flatMap(({ id }) => (Number(id) === own ? [] : [Number(id)]));
    flows.set(flow, others);
    return others;
  }

  *#around(calls: readonly End[], around: number, connections: number[]): Generator<undefined, Map<string, Candidate[]>> {
    const candidates = new Map<string, Candidate[]>();
    const json = JSON.stringify(connections);
    let next = 0;
    for (const { id, outbound } of calls.toSorted((a, b) => a.id - b.id)) {
      for (let low = Math.max(next, id - around); low <= id + around; low = next) {
        next = Math.min(low + limits.causeStepIds, id + around + 1);
        for (const row of this.#candidates.all(low, next - 1, outbound === 1 ? 0 : 1, json)) {
          const candidate = row as unknown as Candidate;
          const key = keyOf(candidate.connection, candidate);
          const like = candidates.get(key);
          if (like === undefined) candidates.set(key, [candidate]);
          else like.push(candidate);
        }
        yield;
      }
    }
    return candidates;
  }
}

function keyOf(connection: number, { command, location }: Pick<End, 'command' | 'location'>): string {
  return `${String(connection)} ${command} ${location}`;
}

function nearest(
  candidates: ReadonlyMap<string, readonly Candidate[]>,
  call: End,
  connections: readonly number[],
): Candidate | undefined {
  const distance = ({ started }: Candidate): number => Math.abs(started - call.started);
  return connections
    .flatMap((connection) => candidates.get(keyOf(connection, call)) ?? [])
    .filter((candidate) => distance(candidate) < limits.otherEndMicros)
    .toSorted((a, b) => distance(a) - distance(b))[0];
}
