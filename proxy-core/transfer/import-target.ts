import { renameSync } from 'node:fs';
import type { PairRecord } from '../rrpair/pair.ts';
import { RecordBatches } from '../store/record-batches.ts';
import { SnapshotWriter } from '../store/snapshot-file.ts';
import { partOf } from './places.ts';
import type { ImportTask, TaskHost } from './tasks.ts';

/** Ids that are asked for at once. */
const IDS = 1_000;

/** Where imported pairs go: into a snapshot of their own, or to the store, which gives them their ids. */
export class ImportTarget {
  readonly #host: TaskHost;
  readonly #snapshot: ImportTask['snapshot'];
  readonly #writer: SnapshotWriter | null;
  readonly #part: string;
  readonly #batches: RecordBatches;
  readonly #full: Uint8Array<ArrayBuffer>[] = [];
  #next = 1;
  #left = 0;
  #kept: number[] = [];

  constructor(snapshot: ImportTask['snapshot'], host: TaskHost) {
    this.#host = host;
    this.#snapshot = snapshot;
    this.#part = snapshot === null ? '' : partOf(snapshot.path);
    this.#writer = snapshot === null ? null : new SnapshotWriter(this.#part, snapshot.facts);
    this.#batches = new RecordBatches((batch) => this.#full.push(batch));
  }

  async nextId(): Promise<number> {
    const kept = this.#kept.pop();
    if (kept !== undefined) return kept;
    if (this.#writer === null && this.#left === 0) {
      this.#next = await this.#host.ids(IDS);
      this.#left = IDS;
    }
    this.#left -= 1;
    return this.#next++;
  }

  /** The pair was none: the next one gets its id. */
  giveBack(id: number): void {
    this.#kept = [id];
  }

  async add(record: PairRecord): Promise<void> {
    if (this.#writer !== null) {
      this.#writer.add(record);
      return;
    }
    this.#batches.add(record);
    await this.#send();
  }

  async finish(): Promise<void> {
    if (this.#writer !== null && this.#snapshot !== null) {
      this.#writer.finish();
      renameSync(this.#part, this.#snapshot.path);
      return;
    }
    this.#batches.flush();
    await this.#send();
  }

  abandon(): void {
    this.#writer?.abandon();
  }

  async #send(): Promise<void> {
    for (const batch of this.#full.splice(0)) await this.#host.batch(batch);
  }
}
