import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { PairEntry, PartEntry } from './batch.ts';
import { readBatch } from './batch.ts';
import { Connections } from './connections.ts';
import { countHidden, countRow, type StoreState, stateReader, stateWriter } from './counters.ts';
import { describeEntry, extraOf, flagsOf, joinTechnologies, listed } from './row.ts';

interface OpenRow {
  noise: boolean;
  pinned: boolean;
  connection: number;
}

const insertPair = `INTO pair (id, revision, started, open, outbound, noise, pinned, status_code, latency, duration, request_bytes,
  response_bytes, replay_of, connection, error, protocol, source, command, status, technologies, host, location)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const insertMessage = `INTO message (id, request_end, request_wire, response_wire, request_crc, response_crc, flags, extra,
  request_head, response_head, request_body, response_body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Writes pairs and changes what is known of them. Each public method is one transaction; a failed one leaves no trace. */
export class PairWriter {
  readonly #database: DatabaseSync;
  readonly #connections: Connections;
  readonly #writeState: (state: StoreState) => void;
  readonly #insertPair: StatementSync;
  readonly #replacePair: StatementSync;
  readonly #insertMessage: StatementSync;
  readonly #replaceMessage: StatementSync;
  readonly #insertPart: StatementSync;
  readonly #firstPart: StatementSync;
  readonly #stored: StatementSync;
  readonly #pageCount: StatementSync;
  readonly #freePages: StatementSync;
  readonly #pageSize: number;
  /** Rows that will be written again. */
  #open = new Map<number, OpenRow>();
  #undo: (() => void)[] = [];
  state: StoreState;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#connections = new Connections(database);
    this.#writeState = stateWriter(database);
    this.#insertPair = database.prepare(`INSERT ${insertPair}`);
    this.#replacePair = database.prepare(`INSERT OR REPLACE ${insertPair}`);
    this.#insertMessage = database.prepare(`INSERT ${insertMessage}`);
    this.#replaceMessage = database.prepare(`INSERT OR REPLACE ${insertMessage}`);
    this.#insertPart = database.prepare('INSERT INTO part (pair, side, offset, bytes) VALUES (?, ?, ?, ?)');
    this.#firstPart = database.prepare('SELECT bytes FROM part WHERE pair = ? AND side = ? ORDER BY offset LIMIT 1');
    this.#stored = database.prepare('SELECT noise, pinned, connection FROM pair WHERE id = ?');
    this.#pageCount = database.prepare('PRAGMA page_count');
    this.#freePages = database.prepare('PRAGMA freelist_count');
    this.#pageSize = Number(database.prepare('PRAGMA page_size').get()?.['page_size']);
    this.state = stateReader(database)();
  }

  /** Bytes of the database that hold something. */
  usedBytes(): number {
    return (Number(this.#pageCount.get()?.['page_count']) - this.freePages()) * this.#pageSize;
  }

  freePages(): number {
    return Number(this.#freePages.get()?.['freelist_count']);
  }

  /** Writes batches, all or nothing. */
  write(batches: readonly Uint8Array<ArrayBuffer>[]): void {
    this.transaction(() => {
      for (const batch of batches) {
        for (const entry of readBatch(batch)) {
          if (entry.kind === 'pair') this.#pair(entry);
          else this.#part(entry);
        }
      }
    });
  }

  /** Runs changes and writes the state with them. */
  transaction<T>(change: () => T): T {
    const before = { ...this.state };
    this.#undo = [];
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      this.state.revision += 1;
      const result = change();
      this.#connections.flush();
      this.#writeState(this.state);
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.state = before;
      for (const undo of this.#undo.toReversed()) undo();
      this.#connections.reset();
      // A full disk makes SQLite roll back by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** A row went. */
  forget(id: number, noise: boolean, pinned: boolean, connection: number): void {
    countRow(this.state, id, noise, pinned, -1);
    this.#connections.release(connection);
    this.#setOpen(id, undefined);
  }

  /** Pins or unpins what exists of `ids`. */
  pin(ids: readonly number[], pinned: boolean): void {
    this.transaction(() => {
      const update = this.#database.prepare('UPDATE pair SET pinned = ?, revision = ? WHERE id = ?');
      for (const id of ids) {
        const row = this.#stored.get(id);
        if (row === undefined || (row['pinned'] === 1) === pinned) continue;
        update.run(pinned ? 1 : 0, this.state.revision, id);
        countHidden(this.state, id, row['noise'] === 1, pinned ? -1 : 1);
        const open = this.#open.get(id);
        if (open !== undefined) this.#setOpen(id, { ...open, pinned });
      }
    });
  }

  #part(entry: PartEntry): void {
    this.#insertPart.run(entry.id, entry.side === 'request' ? 0 : 1, entry.offset, entry.bytes);
  }

  #pair(entry: PairEntry): void {
    const before = this.#open.get(entry.id);
    if (before !== undefined) {
      this.#insert(entry, before, true);
      return;
    }
    if (entry.id <= this.state.lastId) {
      const row = this.#stored.get(entry.id);
      if (row !== undefined) {
        const stored = { noise: row['noise'] === 1, pinned: row['pinned'] === 1, connection: Number(row['connection']) };
        this.#insert(entry, stored, true);
        return;
      }
    }
    this.#insert(entry, { noise: false, pinned: false, connection: 0 }, false);
  }

  #insert(entry: PairEntry, before: OpenRow, replaces: boolean): void {
    const { id } = entry;
    const { pinned } = before;
    const connection = this.#connections.use(entry.connection);
    const { info } = connection;
    const extra = extraOf(entry.extra);
    const described = describeEntry(entry, info, extra, {
      request: entry.requestInParts ? this.#beginning(id, 0) : entry.requestBody,
      response: entry.responseInParts ? this.#beginning(id, 1) : entry.responseBody,
    });
    const open = entry.state === 'open';
    const technologies = described.technologies.length > 0 ? described.technologies : [described.technology];
    (replaces ? this.#replacePair : this.#insertPair).run(
      id,
      this.state.revision,
      entry.startedAtMicros,
      open ? 1 : 0,
      info.direction === 'out' ? 1 : 0,
      described.noise ? 1 : 0,
      pinned ? 1 : 0,
      described.statusCode,
      entry.responseStart < 0 ? null : entry.responseStart,
      entry.responseEnd < 0 ? null : entry.responseEnd,
      entry.requestPayloadBytes,
      entry.responsePayloadBytes,
      entry.replayOf,
      connection.row,
      extra.failure?.code ?? null,
      info.protocol,
      listed(info.source),
      listed(described.command),
      listed(described.status),
      joinTechnologies(technologies),
      listed(described.host),
      listed(described.location),
    );
    (replaces ? this.#replaceMessage : this.#insertMessage).run(
      id,
      entry.requestEnd,
      entry.requestWireBytes,
      entry.responseWireBytes,
      entry.requestCrc32,
      entry.responseCrc32,
      flagsOf(entry),
      entry.extra.length === 0 ? null : entry.extra,
      entry.requestHead,
      entry.responseHead,
      entry.requestBody,
      entry.responseBody,
    );
    if (replaces) {
      countRow(this.state, id, before.noise, pinned, -1);
      this.#connections.release(before.connection);
    }
    countRow(this.state, id, described.noise, pinned, 1);
    if (id > this.state.lastId) this.state.lastId = id;
    if (open || replaces) this.#setOpen(id, open ? { noise: described.noise, pinned, connection: connection.row } : undefined);
  }

  #beginning(id: number, side: 0 | 1): Buffer {
    const bytes = this.#firstPart.get(id, side)?.['bytes'];
    return bytes instanceof Uint8Array ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.alloc(0);
  }

  #setOpen(id: number, row: OpenRow | undefined): void {
    const before = this.#open.get(id);
    if (before === undefined && row === undefined) return;
    this.#undo.push(() => {
      if (before === undefined) this.#open.delete(id);
      else this.#open.set(id, before);
    });
    if (row === undefined) this.#open.delete(id);
    else this.#open.set(id, row);
  }
}
