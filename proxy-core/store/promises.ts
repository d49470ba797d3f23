import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { limits } from '../limits.ts';
import type { ReadingContext } from '../rrpair/pair.ts';
import { pushedSql } from '../rrpair/pushed.ts';
import type { PairDetail } from '../rrpair/shapes.ts';
import { promisedWith } from '../wire/http2/promise.ts';
import type { Blocks } from './blocks.ts';
import { extraOf } from './row.ts';
import type { PairRow } from './summaries.ts';

/** Finds the requests because of which servers of HTTP/2 pushed pairs, and the other way round. */
export class Promises {
  readonly #blocks: Blocks;
  readonly #promiser: StatementSync;
  readonly #pushed: StatementSync;

  constructor(database: DatabaseSync, blocks: Blocks) {
    this.#blocks = blocks;
    this.#pushed = database.prepare(
      `SELECT id, connection, block, place, location FROM pair WHERE connection = ? AND id BETWEEN ? AND ? AND ${pushedSql} ORDER BY id`,
    );
    this.#promiser = database.prepare(
      // Behind the path may stand a query, or what is called there.
      `SELECT id FROM pair WHERE connection = ? AND id BETWEEN ? AND ? AND command = ? AND substr(location || ' ', 1, length(?) + 1) IN (? || ' ', ? || '?')
        ORDER BY id DESC LIMIT 1`,
    );
  }

  /** Makes `sidetap_promiser(id, connection, block, place)` known, which filters ask. */
  tellFilters(database: DatabaseSync): void {
    database.function('sidetap_promiser', (id, connection, block, place) =>
      this.#promiserOf(Number(id), Number(connection), Number(block), Number(place)),
    );
  }

  /** What the server pushed because of this request. */
  because({ id, connection, technologies }: Pick<PairRow, 'id' | 'connection' | 'technologies'>): PairDetail['pushes'] {
    const pushes: PairDetail['pushes'] = [];
    // Nobody else pushes, and it is looked for among many rows.
    if (!technologies.includes('\nHTTP/2\n')) return pushes;
    for (const row of this.#pushed.iterate(connection, id + 1, id + limits.otherEndIds)) {
      const pushed = Number(row['id']);
      if (this.#promiserOf(pushed, connection, Number(row['block']), Number(row['place'])) !== id) continue;
      pushes.push({ id: pushed, location: String(row['location']) });
      if (pushes.length === limits.toldPushes) break;
    }
    return pushes;
  }

  #promiserOf(id: number, connection: number, block: number, place: number): number | null {
    const entry = this.#blocks.pair(block, place);
    return entry === undefined ? null : (this.of({ id, connection }, extraOf(entry.extra).context)?.id ?? null);
  }

  /** The request on the same connection: the last one like it that began before. Null for what was asked for. */
  of({ id, connection }: Pick<PairRow, 'id' | 'connection'>, context: ReadingContext | undefined): PairDetail['promisedWith'] {
    const promise = promisedWith(context);
    if (promise === null) return null;
    const { method, path } = promise;
    const found = this.#promiser.get(connection, id - limits.otherEndIds, id - 1, method, path, path, path);
    return { method, path, id: found === undefined ? null : Number(found['id']) };
  }
}
