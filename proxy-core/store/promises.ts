import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { limits } from '../limits.ts';
import type { ReadingContext } from '../rrpair/pair.ts';
import type { PairDetail } from '../rrpair/shapes.ts';
import { promisedWith } from '../wire/http2/promise.ts';
import type { Blocks } from './blocks.ts';
import { extraOf } from './row.ts';
import type { PairRow } from './summaries.ts';

/** Finds the requests because of which servers of HTTP/2 pushed pairs. */
export class Promises {
  readonly #promiser: StatementSync;

  constructor(database: DatabaseSync) {
    this.#promiser = database.prepare(
      // Behind the path may stand a query, or what is called there.
      `SELECT id FROM pair WHERE connection = ? AND id BETWEEN ? AND ? AND command = ? AND substr(location || ' ', 1, length(?) + 1) IN (? || ' ', ? || '?')
        ORDER BY id DESC LIMIT 1`,
    );
  }

  /** Makes `sidetap_promiser(id, connection, block, place)` known, which filters ask. */
  tellFilters(database: DatabaseSync, blocks: Blocks): void {
    database.function('sidetap_promiser', (id, connection, block, place) => {
      const entry = blocks.pair(Number(block), Number(place));
      if (entry === undefined) return null;
      return this.of({ id: Number(id), connection: Number(connection) }, extraOf(entry.extra).context)?.id ?? null;
    });
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
