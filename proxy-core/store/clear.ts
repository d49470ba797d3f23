import type { DatabaseSync } from 'node:sqlite';
import { limits } from '../limits.ts';
import type { PairWriter } from './writer.ts';

/** Hides all pairs that are not pinned and dooms what an earlier clear hid. Returns how many it hid. */
export function clearPairs(database: DatabaseSync, writer: PairWriter, now: number): number {
  return writer.transaction(() => {
    const { state } = writer;
    const pinned = database.prepare('SELECT count(*) AS rows, coalesce(sum(noise), 0) AS noise FROM pair WHERE pinned = 1').get();
    const before = state.hiddenRows;
    state.doomedTo = state.hiddenTo;
    state.doomedRows = state.hiddenRows;
    state.doomedNoise = state.hiddenNoise;
    state.hiddenTo = state.lastId;
    state.hiddenRows = state.rows - Number(pinned?.['rows']);
    state.hiddenNoise = state.noise - Number(pinned?.['noise']);
    state.clearedAt = now;
    state.epoch += 1;
    return state.hiddenRows - before;
  });
}

/** Shows again what the last clear hid. Returns how many pairs. */
export function undoClear(writer: PairWriter): number {
  return writer.transaction(() => {
    const { state } = writer;
    const restored = state.hiddenRows - state.doomedRows;
    state.hiddenTo = state.doomedTo;
    state.hiddenRows = state.doomedRows;
    state.hiddenNoise = state.doomedNoise;
    state.clearedAt = 0;
    state.epoch += 1;
    return restored;
  });
}

/** When the last clear can no longer be undone, Unix epoch ms; undefined when there is none to undo. */
function clearExpiry(writer: PairWriter): number | undefined {
  return writer.state.clearedAt === 0 ? undefined : writer.state.clearedAt + limits.undoClearMillis;
}

/** Dooms what the last clear hid: retention deletes it. */
function expireClear(writer: PairWriter): void {
  writer.transaction(() => {
    const { state } = writer;
    state.doomedTo = state.hiddenTo;
    state.doomedRows = state.hiddenRows;
    state.doomedNoise = state.hiddenNoise;
    state.clearedAt = 0;
  });
}

/** Carries the last clear out when it can no longer be undone. */
export class ClearTimer {
  readonly #done: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** `done` is called when there is something to delete. */
  constructor(done: () => void) {
    this.#done = done;
  }

  /** Watches the clear that the writer knows of now, if there is one. */
  watch(writer: PairWriter): void {
    this.stop();
    const expiry = clearExpiry(writer);
    if (expiry === undefined) return;
    this.#timer = setTimeout(
      () => {
        try {
          expireClear(writer);
        } catch {
          // Nothing is lost by keeping what is hidden; the next clear or start dooms it.
          return;
        }
        this.#done();
      },
      Math.max(0, expiry - Date.now()),
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
