import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { limits } from '../limits.ts';
import { colourOf } from '../rrpair/marks.ts';
import type { PairSummary } from '../rrpair/shapes.ts';
import { splitTechnologies } from './row.ts';

/** A row of `pair` as SQLite gives it. */
export interface PairRow {
  id: number;
  started: number;
  open: number;
  outbound: number;
  noise: number;
  pinned: number;
  latency: number | null;
  duration: number | null;
  request_bytes: number;
  response_bytes: number;
  replay_of: number;
  connection: number;
  block: number;
  place: number;
  error: string | null;
  protocol: string;
  source: string;
  command: string;
  status: string;
  technologies: string;
  host: string;
  location: string;
  /** Empty when it has none. */
  colour: string;
  note: string;
}

/** Reads rows of the list. */
export class Summaries {
  readonly #statement: StatementSync;

  constructor(database: DatabaseSync) {
    this.#statement = database.prepare(
      `SELECT id, started, open, outbound, noise, pinned, latency, duration, request_bytes, response_bytes, replay_of, connection, block, place,
        error, protocol, source, command, status, technologies, host, location, colour, note FROM pair WHERE id = ?`,
    );
  }

  row(id: number): PairRow | undefined {
    return this.#statement.get(id) as PairRow | undefined;
  }

  /** Those that exist, in the order of `ids`. */
  of(ids: readonly number[]): PairSummary[] {
    const summaries: PairSummary[] = [];
    for (const id of ids) {
      const row = this.row(id);
      if (row !== undefined) summaries.push(summaryOf(row));
    }
    return summaries;
  }
}

export function summaryOf(row: PairRow): PairSummary {
  const technologies = splitTechnologies(row.technologies);
  return {
    id: row.id,
    state: row.open === 1 ? 'open' : 'done',
    direction: row.outbound === 1 ? 'out' : 'in',
    source: row.source,
    protocol: row.protocol,
    technology: technologies[0] ?? '',
    technologies,
    command: row.command,
    host: row.host,
    location: row.location,
    status: row.status,
    error: row.error,
    startedAt: isoMicros(row.started),
    latencyMs: millisOf(row.latency),
    durationMs: millisOf(row.duration),
    requestBytes: row.request_bytes,
    responseBytes: row.response_bytes,
    noise: row.noise === 1,
    pinned: row.pinned === 1,
    // A snapshot's file may come from anybody.
    colour: colourOf(row.colour),
    note: row.note.slice(0, limits.noteChars),
    replayOf: row.replay_of === 0 ? null : row.replay_of,
  };
}

function millisOf(micros: number | null): number | null {
  return micros === null ? null : micros / 1000;
}

/** ISO 8601 in UTC with microseconds, which `Date` does not know. */
export function isoMicros(micros: number): string {
  const millis = Math.floor(micros / 1000);
  const rest = String(Math.floor(micros - millis * 1000)).padStart(3, '0');
  return `${new Date(millis).toISOString().slice(0, -1)}${rest}Z`;
}
