import { limits } from '../limits.ts';
import { ARRIVAL_BYTES, writeArrival } from '../rrpair/arrivals.ts';
import type { BatchQueue } from './batch-queue.ts';

/** Runs of one side within this time are one, µs: people tell no more apart, and a fast download is not a thousand runs. */
const ONE_RUN_MICROS = 1_000;
/** Room to begin with; most streams are short. */
const FIRST_BYTES = 64;

/** Notes when the runs of a stream came (see `rrpair/arrivals.ts`), until they go to the store. */
export class ArrivalLog {
  #bytes = new Uint8Array(FIRST_BYTES);
  #used = 0;
  /** Bytes that went ahead; -1 once some of them could not. */
  #sent = 0;
  #before = 0;
  /** The last run, to which more may be added. */
  #run = { fromServer: false, bytes: 0, at: 0 };

  /** `at`: µs since the pair began. */
  note(fromServer: boolean, bytes: number, at: number): void {
    const run = this.#run;
    if (run.bytes > 0 && run.fromServer === fromServer && at - run.at < ONE_RUN_MICROS) {
      run.bytes += bytes;
      return;
    }
    this.#close();
    this.#run = { fromServer, bytes, at: Math.max(at, this.#before) };
  }

  /** Sends what was noted ahead, as a part. */
  send(queue: BatchQueue, id: number): void {
    this.#close();
    if (this.#used === 0) return;
    // What follows a gap could not be told from what is missing.
    if (this.#sent >= 0 && queue.pressure === 'none') {
      queue.part(id, 'arrivals', this.#sent, [this.#bytes.subarray(0, this.#used)], this.#used);
      this.#sent += this.#used;
    } else {
      this.#sent = -1;
    }
    this.#used = 0;
  }

  #close(): void {
    const { fromServer, bytes, at } = this.#run;
    if (bytes === 0) return;
    this.#run.bytes = 0;
    if (this.#sent < 0 || this.#sent + this.#used + ARRIVAL_BYTES > limits.arrivalBytes) return;
    if (this.#used + ARRIVAL_BYTES > this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#used = writeArrival(this.#bytes, this.#used, fromServer, bytes, at - this.#before);
    this.#before = at;
  }
}
