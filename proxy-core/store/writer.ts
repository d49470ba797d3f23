import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { NoiseRules } from '../detect/noise.ts';
import { limits } from '../limits.ts';
import { keptMark, type MarkChange, type Marked, type PairMarks } from '../rrpair/marks.ts';
import type { PairMark } from '../rrpair/pair.ts';
import type { PairEntry, PartEntry } from './batch.ts';
import { partSides, readBatch } from './batch.ts';
import { Blocks } from './blocks.ts';
import { Connections } from './connections.ts';
import { countHidden, countRow, type StoreState, stateReader, stateWriter } from './counters.ts';
import { freeMemory } from './own-memory.ts';
import { unpacked } from './packed.ts';
import { RepeatedPairs } from './repeated.ts';
import { describeEntry, extraOf, listed } from './row.ts';
import { Stock } from './stock.ts';

interface OpenRow {
  noise: boolean;
  pinned: boolean;
  mark: PairMark | undefined;
  connection: number;
  block: number;
}

const insertPair = `INTO pair (id, revision, started, open, outbound, noise, pinned, status_code, latency, duration, request_bytes,
  response_bytes, replay_of, connection, block, place, error, protocol, source, command, status, technologies, host, location)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Writes pairs and changes what is known of them. Each public method is one transaction; a failed one leaves no trace. */
export class PairWriter {
  readonly #database: DatabaseSync;
  readonly #connections: Connections;
  readonly #stock: Stock;
  readonly #blocks: Blocks;
  readonly #writeState: (state: StoreState) => void;
  readonly #insertPair: StatementSync;
  readonly #replacePair: StatementSync;
  readonly #insertPart: StatementSync;
  readonly #firstPart: StatementSync;
  readonly #stored: StatementSync;
  readonly #mark: StatementSync;
  readonly #nextBlock: StatementSync;
  readonly #pageCount: StatementSync;
  readonly #freePages: StatementSync;
  readonly #pageSize: number;
  readonly #repeated = new RepeatedPairs();
  /** Rows that will be written again. */
  #open = new Map<number, OpenRow>();
  #undo: (() => void)[] = [];
  state: StoreState;
  /** What the user takes for noise. */
  noise: NoiseRules | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#connections = new Connections(database);
    this.#stock = new Stock(database);
    this.#blocks = new Blocks(database);
    this.#writeState = stateWriter(database);
    this.#insertPair = database.prepare(`INSERT ${insertPair}`);
    this.#replacePair = database.prepare(`INSERT OR REPLACE ${insertPair}`);
    this.#insertPart = database.prepare('INSERT INTO part (pair, side, offset, length, block, place) VALUES (?, ?, ?, ?, ?, ?)');
    this.#firstPart = database.prepare('SELECT block, place FROM part WHERE pair = ? AND side = ? ORDER BY offset LIMIT 1');
    this.#stored = database.prepare('SELECT noise, pinned, connection, block, colour, note FROM pair WHERE id = ?');
    this.#mark = database.prepare('UPDATE pair SET marked = ?, colour = ?, note = ? WHERE id = ?');
    this.#nextBlock = database.prepare('SELECT id, bytes FROM block WHERE id > ? ORDER BY id LIMIT 1');
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

  /** Stores batches and makes their rows, all or nothing. Nothing may wait for its rows. */
  write(batches: readonly Uint8Array<ArrayBuffer>[]): void {
    this.#making(() => {
      for (const batch of batches) {
        const block = this.#keep(batch);
        this.#rows(batch, block);
      }
    });
  }

  /** Stores batches, all or nothing; their rows are made by `list`. Returns their blocks. */
  keep(batches: readonly Uint8Array<ArrayBuffer>[]): number[] {
    return this.transaction(() => batches.map((batch) => this.#keep(batch)));
  }

  /** There are blocks that wait for their rows. */
  get unlisted(): boolean {
    return this.state.listedTo < this.state.keptTo;
  }

  /** Makes the rows of the oldest block that has none, and of those after it up to so many bytes and to block `last`, all or nothing. */
  list(bytes: number, last: number = this.state.keptTo): void {
    this.#making(() => {
      for (let listed = 0; this.state.listedTo < last && (listed === 0 || listed < bytes); ) {
        const { block, stored } = this.#oldestUnlisted();
        const batch = unpacked(stored);
        this.#rows(batch, block);
        // What is remembered would keep the block's memory from being given back as soon as it is done with.
        this.#repeated.forget();
        listed += batch.length;
        freeMemory(batch);
        freeMemory(stored);
      }
    });
  }

  /** Gives up the oldest block that has no rows. Returns its batch, empty when nothing of it can be read. */
  skip(): Uint8Array<ArrayBuffer> {
    return this.transaction(() => {
      const { block, stored } = this.#oldestUnlisted();
      this.state.listedTo = block;
      this.#stock.change(block, 1);
      this.#stock.change(block, -1);
      return unpackedOrNothing(stored);
    });
  }

  #keep(batch: Uint8Array<ArrayBuffer>): number {
    const block = this.#stock.store(batch);
    this.state.keptTo = block;
    return block;
  }

  #rows(batch: Uint8Array<ArrayBuffer>, block: number): void {
    for (const entry of readBatch(batch)) {
      if (entry.kind === 'pair') this.#pair(entry, this.#before(entry.id), block);
      else this.#part(entry, block);
    }
    this.state.listedTo = block;
  }

  #oldestUnlisted(): { block: number; stored: Uint8Array<ArrayBuffer> } {
    const row = this.#nextBlock.get(this.state.listedTo);
    if (row === undefined) throw new Error(`block ${String(this.state.keptTo)} is missing`);
    return { block: Number(row['id']), stored: row['bytes'] as Uint8Array<ArrayBuffer> };
  }

  /** A transaction in which rows are made. */
  #making(change: () => void): void {
    try {
      this.transaction(change);
    } finally {
      this.#repeated.forget();
    }
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
      this.#stock.flush();
      this.#writeState(this.state);
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.state = before;
      for (const undo of this.#undo.toReversed()) undo();
      this.#connections.reset();
      this.#stock.reset();
      this.#blocks.forget();
      // A full disk makes SQLite roll back by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** A row went that was not pinned. */
  forget(id: number, row: { noise: boolean; connection: number; block: number }): void {
    countRow(this.state, id, row.noise, false, -1);
    this.#connections.release(row.connection);
    this.#stock.change(row.block, -1);
    this.#setOpen(id, undefined);
  }

  /** The pair has a row, which says that it is not over yet. */
  showsOpen(id: number): boolean {
    return this.#open.has(id);
  }

  /** A part of a body went. */
  forgetPart(block: number): void {
    this.#stock.change(block, -1);
  }

  /** Changes what the user has put on pairs, of those that exist. */
  mark(changes: readonly MarkChange[]): Marked {
    return this.transaction(() => {
      const marked: Marked = { before: [], after: [] };
      const pin = this.#database.prepare('UPDATE pair SET pinned = ?, revision = ? WHERE id = ?');
      for (const { id, colour, note, pinned } of changes) {
        const row = this.#storedRow(id);
        if (row === undefined) continue;
        const before = marksOf(id, row.mark, row.pinned);
        const mark = keptMark(
          { colour: colour === undefined ? before.colour : colour, note: note ?? before.note },
          limits.noteChars,
        );
        const after = marksOf(id, mark, pinned ?? before.pinned);
        marked.before.push(before);
        marked.after.push(after);
        const isSame = after.colour === before.colour && after.note === before.note;
        if (isSame && after.pinned === before.pinned) continue;
        // The revision tells lists of either.
        pin.run(after.pinned ? 1 : 0, this.state.revision, id);
        if (!isSame) this.#putMark(id, mark);
        if (after.pinned !== before.pinned) countHidden(this.state, id, row.noise, after.pinned ? -1 : 1);
        const open = this.#open.get(id);
        if (open !== undefined) this.#setOpen(id, { ...open, pinned: after.pinned, mark });
      }
      return marked;
    });
  }

  #putMark(id: number, mark: PairMark | undefined): void {
    this.#mark.run(mark === undefined ? 0 : 1, mark?.colour ?? '', mark?.note ?? '', id);
  }

  #part({ id, side, offset, bytes, place }: PartEntry, block: number): void {
    this.#insertPart.run(id, partSides.indexOf(side), offset, bytes.length, block, place);
    this.#stock.change(block, 1);
  }

  /** The row that the record replaces. */
  #before(id: number): OpenRow | undefined {
    const open = this.#open.get(id);
    if (open !== undefined || id > this.state.lastId) return open;
    return this.#storedRow(id);
  }

  #storedRow(id: number): OpenRow | undefined {
    const row = this.#stored.get(id);
    if (row === undefined) return undefined;
    return {
      noise: row['noise'] === 1,
      pinned: row['pinned'] === 1,
      mark: keptMark({ colour: row['colour'], note: row['note'] }, limits.noteChars),
      connection: Number(row['connection']),
      block: Number(row['block']),
    };
  }

  #pair(entry: PairEntry, before: OpenRow | undefined, block: number): void {
    const { id } = entry;
    const pinned = before?.pinned ?? false;
    const connection = this.#connections.use(entry.connection);
    const { info } = connection;
    const extra = extraOf(entry.extra);
    const described = this.#repeated.row(entry, connection.row, () =>
      describeEntry(entry, info, extra, this.#bodies(entry), this.noise),
    );
    const open = entry.state === 'open';
    (before === undefined ? this.#insertPair : this.#replacePair).run(
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
      block,
      entry.place,
      extra.failure?.code ?? null,
      info.protocol,
      listed(info.source),
      described.command,
      described.status,
      described.technologies,
      described.host,
      described.location,
    );
    // A row that is replaced has lost its own.
    const mark = before === undefined ? keptMark(extra.mark, limits.noteChars) : before.mark;
    if (mark !== undefined) this.#putMark(id, mark);
    this.#stock.change(block, 1);
    if (before !== undefined) {
      countRow(this.state, id, before.noise, pinned, -1);
      this.#connections.release(before.connection);
      this.#stock.change(before.block, -1);
    }
    countRow(this.state, id, described.noise, pinned, 1);
    if (id > this.state.lastId) this.state.lastId = id;
    if (open) this.#setOpen(id, { noise: described.noise, pinned, mark, connection: connection.row, block });
    else if (before !== undefined) this.#setOpen(id, undefined);
  }

  /** Of a body in parts, its beginning. */
  #bodies({ id, requestInParts, responseInParts, requestBody, responseBody }: PairEntry): { request: Buffer; response: Buffer } {
    return {
      request: requestInParts ? this.#beginning(id, 0) : requestBody,
      response: responseInParts ? this.#beginning(id, 1) : responseBody,
    };
  }

  #beginning(id: number, side: 0 | 1): Buffer {
    const part = this.#firstPart.get(id, side);
    const entry = part === undefined ? undefined : this.#blocks.part(Number(part['block']), Number(part['place']));
    return entry?.bytes ?? Buffer.alloc(0);
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

function unpackedOrNothing(stored: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  try {
    return unpacked(stored);
  } catch {
    // Why it was given up is told already: it is the same error.
    return new Uint8Array(0);
  }
}

function marksOf(id: number, mark: PairMark | undefined, pinned: boolean): PairMarks {
  return { id, colour: mark?.colour ?? null, note: mark?.note ?? '', pinned };
}
