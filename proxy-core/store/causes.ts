import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { type Arrival, type Attribution, Attributions, type Departure } from '../correlate/attribute.ts';
import { evidenceOf } from '../correlate/evidence.ts';
import { likenessOf } from '../correlate/likeness.ts';
import { unprompted } from '../correlate/rules.ts';
import { Transactions } from '../correlate/transactions.ts';
import { SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Cause, Caused, CausedCall } from '../rrpair/caused.ts';
import { protocolFacts } from '../rrpair/protocols.ts';
import { type CallsOfSeveral, follow, type NearCaused } from './beyond.ts';
import type { Blocks } from './blocks.ts';
import type { Bodies } from './bodies.ts';
import { type CauseRow, endOf, Identities, overlaps, Scenes } from './cause-scene.ts';
import { OtherEnds } from './other-ends.ts';
import type { Summaries } from './summaries.ts';

/** Calls that are looked at in one go; other requests pass between two. */
const STRIDE = 256;

/**
 * What caused what, found when somebody asks: the pairs of the same source around one are compared (`correlate/`). Nothing of it is stored, so that
 * capture and storing pay nothing, files of any age and origin can be asked, and what is found out later (a request that was still open) counts.
 */
export class Causes {
  readonly #summaries: Summaries;
  readonly #blocks: Blocks;
  readonly #bodies: Bodies;
  readonly #scenes: Scenes;
  readonly #otherEnds: OtherEnds;
  readonly #departs: StatementSync;
  readonly #linked = new Map<number, { at: number; ids: ReadonlySet<number> }>();

  constructor(database: DatabaseSync, summaries: Summaries, blocks: Blocks, bodies: Bodies) {
    this.#summaries = summaries;
    this.#blocks = blocks;
    this.#bodies = bodies;
    this.#scenes = new Scenes(database);
    this.#otherEnds = new OtherEnds(database);
    this.#departs = database.prepare('SELECT 1 FROM pair WHERE id BETWEEN ? AND ? AND outbound = 1 AND source = ? LIMIT 1');
    database.function('sidetap_linked', (id, other) => (this.#linkedWith(Number(id)).has(Number(other)) ? 1 : 0));
  }

  /** Also what its calls caused in turn, in other captured containers. Throws `pair-not-found`. Lets other requests pass. */
  async of(id: number): Promise<Caused> {
    const work = this.#everythingOf(id);
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
      await othersTurn();
    }
  }

  /** Those alone that it caused by itself, or that caused it, in one go. Throws `pair-not-found`. */
  now(id: number): NearCaused {
    const work = this.#of(id);
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
    }
  }

  /** What a filter asks for row after row. It is looked up anew after a while, as such a list is. */
  #linkedWith(id: number): ReadonlySet<number> {
    const now = performance.now();
    const known = this.#linked.get(id);
    if (known !== undefined && now - known.at < limits.relativeViewMillis) return known.ids;
    const ids = new Set<number>();
    try {
      const { causes, calls } = this.now(id);
      for (const { pair } of [...causes, ...calls]) ids.add(pair.id);
    } catch (error) {
      // A pair that is not there caused nothing.
      if (!(error instanceof SidetapError)) throw error;
    }
    if (this.#linked.size >= limits.openViews) this.#linked.clear();
    this.#linked.set(id, { at: performance.now(), ids });
    return ids;
  }

  *#everythingOf(id: number): Generator<undefined, Caused> {
    const near = yield* this.#of(id);
    const departing = new Map<string, boolean>();
    const departs = (source: string): boolean => {
      const known = departing.get(source);
      if (known !== undefined) return known;
      const found = this.#departs.get(id - limits.causeNear, id + limits.causeIds, source) !== undefined;
      departing.set(source, found);
      return found;
    };
    return yield* follow(id, near, { calls: (ids) => this.#callsOfStored(ids), departs });
  }

  *#of(id: number): Generator<undefined, NearCaused> {
    const found = this.#scenes.focus(id);
    if (found === undefined) {
      throw new SidetapError('pair-not-found', `There is no pair ${String(id)}; it may have been deleted to keep the store small.`);
    }
    const { source, ...focus } = found;
    if (focus.outbound === 1) return yield* this.#causesOf(focus, source);
    const { calls, more, ...others } = yield* this.#callsOf([focus], source);
    return { causes: [], calls: [...(calls.get(id) ?? [])], moreCalls: more.get(id) ?? 0, ...others };
  }

  /** Those of one source are looked at in one go: where one request calls another often, they lie close together. */
  *#callsOfStored(ids: readonly number[]): Generator<undefined, CallsOfSeveral> {
    const requests = ids.map((id) => this.#scenes.focus(id)).filter((found) => found !== undefined);
    const found = { calls: new Map<number, readonly CausedCall[]>(), more: new Map<number, number>(), unlinked: 0, complete: true };
    for (const [source, group] of Map.groupBy(requests, (request) => request.source)) {
      const there = yield* this.#callsOf(group, source);
      for (const [id, calls] of there.calls) found.calls.set(id, calls);
      for (const [id, more] of there.more) found.more.set(id, more);
      found.unlinked += there.unlinked;
      found.complete &&= there.complete;
    }
    return found;
  }

  *#causesOf(focus: CauseRow, source: string): Generator<undefined, NearCaused> {
    const identities = new Identities(this.#blocks, this.#bodies);
    const carries = identities.of(focus, false).length > 0;
    const started = madeAt(focus);
    const from = carries ? started - limits.causeGraceMicros : started;
    const arrivals = yield* this.#scenes.arrivals(focus.id, source, from, started);
    const siblings = yield* this.#scenes.siblings(focus, source, carries);
    // Where nothing carries an identity, none is looked for in what came in.
    const departures = yield* departuresOf(siblings, identities);
    const isAsked = [...departures.values()].some(({ ids }) => ids.length > 0);
    const attributions = new Attributions(arrivalsOf(arrivals, isAsked ? identities : null), [...departures.values()]);
    const departure = departures.get(focus.id);
    const found = departure === undefined ? [] : attributions.of(departure);
    const causes: Cause[] = [];
    for (const each of found.slice(0, limits.namedCauses)) {
      const [pair] = this.#summaries.of([each.arrival]);
      if (pair !== undefined) causes.push({ pair, ...linkOf(each, rivalsOf(each, found)) });
    }
    const concurrent = attributions.inProgress(started);
    return { causes, calls: [], moreCalls: 0, concurrent, unlinked: 0, complete: identities.complete };
  }

  /** `concurrent`: other requests of the source in progress meanwhile. */
  *#callsOf(requests: readonly CauseRow[], source: string): Generator<undefined, CallsOfSeveral & { concurrent: number }> {
    const identities = new Identities(this.#blocks, this.#bodies);
    const carries = requests.map((request) => identities.of(request, true).length).some((ids) => ids > 0);
    const asked = new Map(requests.map((request) => [request.id, request]));
    const first = { id: Math.min(...asked.keys()), started: Math.min(...requests.map(({ started }) => started)) };
    const end = Math.max(...requests.map((request) => endOf(request) ?? Number.POSITIVE_INFINITY));
    const arrivals = yield* this.#scenes.arrivals(first.id, source, first.started, first.started);
    const scene = yield* this.#scenes.between(first, source, end, carries ? limits.causeGraceMicros : 0);
    const known = new Set(arrivals.map(({ id }) => id));
    for (const row of scene.arrivals) if (!known.has(row.id)) arrivals.push(row);
    const departures = yield* departuresOf(scene.departures, identities);
    const isAsked = carries || [...departures.values()].some(({ ids }) => ids.length > 0);
    const attributions = new Attributions(arrivalsOf(arrivals, isAsked ? identities : null), [...departures.values()]);
    const linked: { row: CauseRow; link: Attribution; rivals: number }[] = [];
    const more = new Map<number, number>();
    let unlinked = 0;
    for (const [index, row] of scene.departures.entries()) {
      if (index % STRIDE === STRIDE - 1) yield;
      const departure = departures.get(row.id);
      if (departure === undefined || departure.start < first.started) continue;
      const found = attributions.of(departure);
      const link = found.find(({ arrival }) => departure.start >= (asked.get(arrival)?.started ?? Number.POSITIVE_INFINITY));
      if (link === undefined) {
        if (found.length === 0 && !departure.polled && requests.some((request) => isDuring(row, request))) unlinked += 1;
      } else if (linked.length >= limits.causedCalls) more.set(link.arrival, (more.get(link.arrival) ?? 0) + 1);
      else linked.push({ row, link, rivals: rivalsOf(link, found) });
    }
    const calls = yield* this.#callsBy(linked);
    const concurrent = arrivals.filter((row) => !asked.has(row.id) && overlaps(row, first.started, end)).length;
    return { calls, more, concurrent, unlinked, complete: scene.complete && identities.complete };
  }

  /** By the request that made them. */
  *#callsBy(
    linked: readonly { row: CauseRow; link: Attribution; rivals: number }[],
  ): Generator<undefined, CallsOfSeveral['calls']> {
    const arrived = yield* this.#otherEnds.of(linked.map(({ row }) => row));
    const calls = new Map<number, CausedCall[]>();
    for (const { row, link, rivals } of linked) {
      const [pair] = this.#summaries.of([row.id]);
      if (pair === undefined) continue;
      const likeness = likenessOf(row, protocolFacts(row.protocol).location === 'sql');
      const call = { pair, ...linkOf(link, rivals), likeness, arrived: arrived.get(row.id) ?? null };
      const before = calls.get(link.arrival);
      if (before === undefined) calls.set(link.arrival, [call]);
      else before.push(call);
    }
    return calls;
  }
}

function arrivalsOf(rows: readonly CauseRow[], identities: Identities | null): Arrival[] {
  return rows.toSorted(byStart).map((row) => ({
    id: row.id,
    start: row.started,
    answered: row.latency === null ? null : row.started + row.latency,
    end: endOf(row),
    ids: identities?.of(row, true) ?? [],
  }));
}

function* departuresOf(rows: CauseRow[], identities: Identities): Generator<undefined, Map<number, Departure>> {
  const transactions = new Transactions();
  const departures = new Map<number, Departure>();
  for (const [index, row] of rows.sort(byStart).entries()) {
    if (index % STRIDE === STRIDE - 1) yield;
    const ids = identities.of(row, false);
    const polled = isPolled(row);
    if (polled && ids.length === 0) continue;
    const group = transactions.next(row.connection, row.protocol, row.command, row.location);
    departures.set(row.id, { id: row.id, start: madeAt(row), end: endOf(row), ids, group, polled });
  }
  return departures;
}

/** How many requests may be meant by what links this one, itself included. */
function rivalsOf({ id }: Attribution, found: readonly Attribution[]): number {
  return found.filter((each) => each.id?.key === id?.key).length;
}

function isDuring({ started }: CauseRow, request: CauseRow): boolean {
  return started >= request.started && started <= (endOf(request) ?? Number.POSITIVE_INFINITY);
}

function isPolled({ protocol, command }: CauseRow): boolean {
  return unprompted[protocol]?.has(command) === true;
}

/** What a poll brings comes with its answer; it may have waited for long. */
function madeAt(row: CauseRow): number {
  return row.started + (isPolled(row) ? (row.latency ?? 0) : 0);
}

function byStart(a: CauseRow, b: CauseRow): number {
  return a.started - b.started || a.id - b.id;
}

function linkOf(attribution: Attribution, rivals: number): Pick<Cause, 'basis' | 'evidence' | 'confidence'> {
  const { basis, confidence } = attribution;
  return { basis, evidence: evidenceOf(attribution, rivals), confidence: Math.round(confidence * 100) / 100 };
}
