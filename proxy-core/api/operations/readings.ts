import { SidetapError } from '../../errors.ts';
import type { PairQuery } from '../../rrpair/shapes.ts';
import type { Selection } from '../../rrpair/transfers.ts';
import type { PairReader, ReadableStore } from '../../store/store.ts';
import type { Snapshots } from '../../transfer/snapshots.ts';
import type { Selected } from '../../transfer/tasks.ts';

/** What is meant when nothing was chosen. */
export const everything: PairQuery = { filter: '', noise: true, sort: { by: 'time', descending: false } };

/** Where operations read pairs from: the store, or one of the snapshots. */
export class Readings {
  readonly #store: ReadableStore;
  readonly #snapshots: Snapshots;

  constructor(store: ReadableStore, snapshots: Snapshots) {
    this.#store = store;
    this.#snapshots = snapshots;
  }

  /** Calls back with the reader. Throws `snapshot-not-found`. */
  async from<T>(snapshot: string | undefined, use: (reader: PairReader) => Promise<T>): Promise<T> {
    if (snapshot === undefined) return use(this.#store);
    const { store, release } = await this.#snapshots.open(snapshot);
    try {
      return await use(store);
    } finally {
      release();
    }
  }

  /** The same for a stream: the reader is let go of when it has ended. */
  async stream<Piece>(
    snapshot: string | undefined,
    make: (reader: PairReader) => Promise<AsyncIterable<Piece>>,
  ): Promise<AsyncGenerator<Piece>> {
    if (snapshot === undefined) return releasing(await make(this.#store), () => undefined);
    const { store, release } = await this.#snapshots.open(snapshot);
    try {
      return releasing(await make(store), release);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Finds the pairs that are meant. Throws `snapshot-not-found`, `pair-not-found`, `filter-invalid`. */
  async selected({ ids, query, snapshot }: Selection): Promise<Selected> {
    return this.from(snapshot, async (reader) => {
      if (ids !== undefined) await demand(reader, ids);
      const path = snapshot === undefined ? this.#store.status().path : this.#snapshots.path(this.#snapshots.find(snapshot).id);
      const list = ids === undefined ? await reader.idList(query ?? everything) : Float64Array.from(ids);
      return { path, snapshot: snapshot !== undefined, ids: list };
    });
  }
}

async function* releasing<Piece>(pieces: AsyncIterable<Piece>, release: () => void): AsyncGenerator<Piece> {
  try {
    yield* pieces;
  } finally {
    release();
  }
}

/** Nothing is begun for pairs that are not there. */
export async function demand(reader: PairReader, ids: readonly number[]): Promise<void> {
  const found = new Set((await reader.summaries(ids)).map(({ id }) => id));
  const missing = ids.find((id) => !found.has(id));
  if (missing !== undefined) throw new SidetapError('pair-not-found', `There is no pair ${missing}.`, { details: { id: missing } });
}
