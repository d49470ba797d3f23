import type { DatabaseSync } from 'node:sqlite';

/**
 * The one row of the table `state`: what must be known without counting. It is written in the transaction that changes what it counts.
 *
 * A clear hides by a watermark: a pair is visible when its id is above `hiddenTo` or it is pinned. What an earlier clear hid is doomed
 * (`doomedTo` ≤ `hiddenTo`) and deleted step by step.
 */
export interface StoreState {
  /** Rises with every transaction; each row carries that of its last change. */
  revision: number;
  /** Highest id ever stored. */
  lastId: number;
  /** Rows above this were never deleted. */
  deletedTo: number;
  /** Revision of the last deletion. */
  deletedAt: number;
  hiddenTo: number;
  doomedTo: number;
  /** When the last clear was, Unix epoch ms; 0 when it was undone or has been carried out. */
  clearedAt: number;
  /** Rises whenever visibility changes other than by rows coming and going. */
  epoch: number;
  rows: number;
  noise: number;
  /** Of `rows`: unpinned up to `hiddenTo`. */
  hiddenRows: number;
  hiddenNoise: number;
  /** Of `rows`: unpinned up to `doomedTo`. */
  doomedRows: number;
  doomedNoise: number;
  /** The newest block. */
  keptTo: number;
  /** Blocks up to this one have their rows. */
  listedTo: number;
}

const select = `SELECT revision, last_id AS lastId, deleted_to AS deletedTo, deleted_at AS deletedAt, hidden_to AS hiddenTo, doomed_to AS doomedTo,
  cleared_at AS clearedAt, epoch, rows, noise, hidden_rows AS hiddenRows, hidden_noise AS hiddenNoise,
  doomed_rows AS doomedRows, doomed_noise AS doomedNoise, kept_to AS keptTo, listed_to AS listedTo FROM state`;

const update = `UPDATE state SET revision = ?, last_id = ?, deleted_to = ?, deleted_at = ?, hidden_to = ?, doomed_to = ?, cleared_at = ?, epoch = ?,
  rows = ?, noise = ?, hidden_rows = ?, hidden_noise = ?, doomed_rows = ?, doomed_noise = ?, kept_to = ?,
  listed_to = ?`;

/** Reads the state as of the transaction it runs in. */
export function stateReader(database: DatabaseSync): () => StoreState {
  const statement = database.prepare(select);
  return () => {
    const row = statement.get();
    if (row === undefined) throw new Error('the table state is empty');
    return { ...row } as unknown as StoreState;
  };
}

export function stateWriter(database: DatabaseSync): (state: StoreState) => void {
  const statement = database.prepare(update);
  return (state) => {
    statement.run(
      state.revision,
      state.lastId,
      state.deletedTo,
      state.deletedAt,
      state.hiddenTo,
      state.doomedTo,
      state.clearedAt,
      state.epoch,
      state.rows,
      state.noise,
      state.hiddenRows,
      state.hiddenNoise,
      state.doomedRows,
      state.doomedNoise,
      state.keptTo,
      state.listedTo,
    );
  };
}

/** A row came (`by` 1) or went (-1). */
export function countRow(state: StoreState, id: number, noise: boolean, pinned: boolean, by: 1 | -1): void {
  const loud = noise ? by : 0;
  state.rows += by;
  state.noise += loud;
  if (!pinned) countHidden(state, id, noise, by);
}

/** A row that is at or below the watermarks lost (`by` 1) or gained (-1) its pin, or came or went without one. */
export function countHidden(state: StoreState, id: number, noise: boolean, by: 1 | -1): void {
  const loud = noise ? by : 0;
  if (id <= state.hiddenTo) {
    state.hiddenRows += by;
    state.hiddenNoise += loud;
  }
  if (id <= state.doomedTo) {
    state.doomedRows += by;
    state.doomedNoise += loud;
  }
}
