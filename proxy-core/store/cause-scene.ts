import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { idsInHead, idsInMessages, idsInSql, type TraceId } from '../correlate/trace-ids.ts';
import { limits } from '../limits.ts';
import { protocolFacts } from '../rrpair/protocols.ts';
import type { MessageSide } from '../rrpair/shapes.ts';
import type { Carrier } from '../wire/protocol.ts';
import { wireProtocol } from '../wire/registry.ts';
import type { PairEntry } from './batch.ts';
import type { Blocks } from './blocks.ts';
import type { Bodies } from './bodies.ts';
import { extraOf } from './row.ts';

/** What is looked at of each pair to find what caused it. */
export interface CauseRow {
  id: number;
  started: number;
  open: number;
  outbound: number;
  latency: number | null;
  duration: number | null;
  connection: number;
  block: number;
  place: number;
  protocol: string;
  command: string;
  host: string;
  location: string;
  /** See `ConnectionInfo`; null outside container mode. */
  flow: string | null;
}

/** Requests and calls of one source around a time. */
export interface Scene {
  arrivals: CauseRow[];
  departures: CauseRow[];
  complete: boolean;
}

const columns = `pair.id, started, open, outbound, latency, duration, connection, block, place, protocol, command, host, location,
  (SELECT flow FROM connection WHERE connection.id = pair.connection) AS flow`;

/**
 * The pairs around one. Ids rise with time, so that the neighbours are one stretch of the table; it is looked through in steps and bounded, and an
 * answer says when that was too little.
 */
export class Scenes {
  readonly #focus: StatementSync;
  readonly #stretch: StatementSync;
  readonly #before: StatementSync;
  readonly #openBefore: StatementSync;
  readonly #same: StatementSync;
  readonly #next: StatementSync;

  constructor(database: DatabaseSync) {
    this.#focus = database.prepare(`SELECT ${columns}, source FROM pair WHERE id = ?`);
    this.#stretch = database.prepare(
      `SELECT ${columns} FROM pair WHERE id BETWEEN ? AND ? AND source = ? AND started <= ? ORDER BY id`,
    );
    // Of what came before, only requests that were in progress still matter.
    this.#before = database.prepare(
      `SELECT ${columns} FROM pair WHERE id BETWEEN ? AND ? AND outbound = 0 AND started <= ?
        AND (open = 1 OR started + coalesce(duration, latency, 0) >= ?) AND source = ? ORDER BY id`,
    );
    this.#openBefore = database.prepare(
      `SELECT ${columns} FROM pair INDEXED BY pair_open WHERE open = 1 AND id < ? AND outbound = 0 AND source = ? ORDER BY id LIMIT 1000`,
    );
    this.#same = database.prepare(`SELECT ${columns} FROM pair WHERE id BETWEEN ? AND ? AND connection = ? ORDER BY id`);
    this.#next = database.prepare('SELECT started FROM pair WHERE id >= ? ORDER BY id LIMIT 1');
  }

  focus(id: number): (CauseRow & { source: string }) | undefined {
    return this.#focus.get(id) as (CauseRow & { source: string }) | undefined;
  }

  /** Requests that began up to `to` and had not ended at `from`. */
  *arrivals(id: number, source: string, from: number, to: number): Generator<undefined, CauseRow[]> {
    const { causeIds, causeStepIds } = limits;
    const lowest = id - causeIds;
    const found = rowsOf(this.#openBefore.all(lowest, source));
    // Ids are given when a pair begins, but those of containers when they arrive here: a request may stand behind its call.
    for (let low = lowest; low < id + causeStepIds; low += causeStepIds) {
      found.push(...rowsOf(this.#before.all(low, low + causeStepIds - 1, to, from, source)));
      yield;
    }
    return found;
  }

  /** What may have been called in the same transaction, and with `traced` in the same trace: the calls around one, itself included. */
  *siblings(focus: CauseRow, source: string, traced: boolean): Generator<undefined, CauseRow[]> {
    const { causeStepIds, causeAroundMicros, causeNear } = limits;
    const [low, high] = [focus.id - causeStepIds, focus.id + causeStepIds];
    // A request of HTTP is in no transaction.
    if (protocolFacts(focus.protocol).kind !== 'http') return rowsOf(this.#same.all(low, high, focus.connection)).filter(isCall);
    if (!traced) return [focus];
    yield;
    return rowsOf(this.#stretch.all(focus.id - causeNear, focus.id + causeNear, source, focus.started + causeAroundMicros)).filter(
      (row) => isCall(row) && row.started >= focus.started - causeAroundMicros,
    );
  }

  /** What began while a request was in progress, and for so long after it. */
  *between(focus: Pick<CauseRow, 'id' | 'started'>, source: string, end: number, grace: number): Generator<undefined, Scene> {
    const { causeIds, causeStepIds, causeNear, causeAroundMicros } = limits;
    const scene: Scene = { arrivals: [], departures: [], complete: true };
    const last = end + grace;
    let late = causeNear;
    for (let low = focus.id - causeNear; ; low += causeStepIds) {
      for (const row of rowsOf(this.#stretch.all(low, low + causeStepIds - 1, source, last))) {
        // Statements from before tell in which transaction those after them are.
        const isBefore = row.started < focus.started;
        if (isBefore && (!isCall(row) || protocolFacts(row.protocol).kind === 'http')) continue;
        if (isBefore && row.started < focus.started - causeAroundMicros) continue;
        if (row.started > end) late -= 1;
        if (late < 0) continue;
        (isCall(row) ? scene.departures : scene.arrivals).push(row);
      }
      const next = this.#next.get(low + causeStepIds)?.['started'];
      // Ids rise with time but for what overtakes it, by less than that.
      if (next === undefined || late < 0 || Number(next) > last + causeAroundMicros) return scene;
      if (low > focus.id + causeIds) {
        scene.complete = false;
        return scene;
      }
      yield;
    }
  }
}

/** What pairs carry, each looked up once. Bounded: beyond that nothing is found, which is told. */
export class Identities {
  readonly #blocks: Blocks;
  readonly #bodies: Bodies;
  readonly #known = new Map<number, readonly TraceId[]>();
  #left: number = limits.causeHeads;
  #carriers: number = limits.causeCarriers;
  complete = true;

  constructor(blocks: Blocks, bodies: Bodies) {
    this.#blocks = blocks;
    this.#bodies = bodies;
  }

  /** `answer`: also what the response names, which is often where a request gets its id. */
  of(row: CauseRow, answer: boolean): readonly TraceId[] {
    const { kind, location } = protocolFacts(row.protocol);
    if (location === 'sql') return idsInSql(row.location);
    const carrier = wireProtocol(row.protocol)?.carrier;
    if (kind !== 'http' && carrier?.commands.has(row.command) !== true) return none;
    let ids = this.#known.get(row.id);
    if (ids === undefined) {
      ids = this.#read(row, carrier, answer);
      this.#known.set(row.id, ids);
    }
    return ids;
  }

  #read({ block, place }: CauseRow, carrier: Carrier | undefined, answer: boolean): readonly TraceId[] {
    if (this.#left === 0 || (carrier !== undefined && this.#carriers === 0)) {
      this.complete = false;
      return none;
    }
    this.#left -= 1;
    const entry = this.#blocks.pair(block, place);
    if (entry === undefined) return none;
    if (carrier !== undefined) return this.#carried(entry, carrier);
    const asked = idsInHead(entry.requestHead);
    return answer ? [...asked, ...idsInHead(entry.responseHead)] : asked;
  }

  #carried(entry: PairEntry, carrier: Carrier): readonly TraceId[] {
    this.#carriers -= 1;
    const beginning = (side: MessageSide): Buffer =>
      this.#bodies.wire(entry, side, limits.causeCarrierBytes).subarray(0, limits.causeCarrierBytes);
    return idsInMessages(carrier.fields(beginning('request'), beginning('response'), extraOf(entry.extra).context ?? {}));
  }
}

const none: readonly TraceId[] = [];

function rowsOf(rows: readonly unknown[]): CauseRow[] {
  return rows as CauseRow[];
}

function isCall({ outbound }: CauseRow): boolean {
  return outbound === 1;
}

/** Null while it is open. */
export function endOf({ open, started, duration, latency }: CauseRow): number | null {
  return open === 1 ? null : started + (duration ?? latency ?? 0);
}

export function overlaps(row: CauseRow, from: number, to: number): boolean {
  return row.started <= to && (endOf(row) ?? Number.POSITIVE_INFINITY) >= from;
}
