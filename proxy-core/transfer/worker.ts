import { parentPort, workerData } from 'node:worker_threads';
import { assertNever } from '../errors.ts';
import { limits } from '../limits.ts';
import type { SnapshotDifference } from '../rrpair/transfers.ts';
import { failureValue } from '../store/calls.ts';
import { compare } from './compare.ts';
import { count } from './count.ts';
import { importFiles } from './import.ts';
import type { FromTransfer, ToTransfer, TransferData } from './messages.ts';
import { preview } from './preview.ts';
import { save } from './save.ts';
import { Cancelled, type Task, type TaskHost, type TaskResults } from './tasks.ts';
import { write } from './write.ts';

/** Entry of the thread that does one transfer. */
const port = parentPort;
if (port === null) throw new Error('this program is a worker thread of the engine');
const { task, stop } = workerData as TransferData;
const stopped = new Int32Array(stop);
const post = (message: FromTransfer, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved);

class Host implements TaskHost {
  #said = 0;
  #differences: SnapshotDifference[] = [];
  /** Bytes of batches that the store has not taken. */
  #underWay = 0;
  #waiting: ((first: number) => void) | null = null;
  #room: (() => void) | null = null;

  progress(done: number, total: number): void {
    if (Atomics.load(stopped, 0) !== 0) throw new Cancelled('nobody wants the result any more');
    const now = performance.now();
    if (now - this.#said < limits.transferProgressMillis && done !== total) return;
    this.#said = now;
    this.flush();
    post({ type: 'progress', done, total });
  }

  found(differences: SnapshotDifference[]): void {
    this.#differences.push(...differences);
  }

  flush(): void {
    if (this.#differences.length === 0) return;
    post({ type: 'found', differences: this.#differences });
    this.#differences = [];
  }

  ids(count: number): Promise<number> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      post({ type: 'ids', count });
    });
  }

  async batch(batch: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#underWay += batch.byteLength;
    post({ type: 'batch', batch }, [batch.buffer]);
    if (this.#underWay < limits.transferBytes) return;
    await new Promise<void>((resolve) => {
      this.#room = resolve;
    });
  }

  receive(message: ToTransfer): void {
    switch (message.type) {
      case 'ids':
        this.#waiting?.(message.first);
        return;
      case 'taken':
        this.#underWay -= message.bytes;
        if (this.#underWay < limits.transferBytes) this.#room?.();
        return;
      default:
        assertNever(message);
    }
  }
}

function run(work: Task, host: TaskHost): Promise<TaskResults[Task['kind']]> {
  switch (work.kind) {
    case 'save':
      return save(work, host);
    case 'write':
      return write(work, host);
    case 'import':
      return importFiles(work, host);
    case 'preview':
      return preview(work, host);
    case 'compare':
      return compare(work, host);
    case 'count':
      return count(work, host);
    default:
      return assertNever(work);
  }
}

const host = new Host();
port.on('message', (message: ToTransfer) => host.receive(message));
try {
  const result = await run(task, host);
  host.flush();
  post({ type: 'done', result });
} catch (error) {
  post(error instanceof Cancelled ? { type: 'cancelled' } : { type: 'failed', error: failureValue(error) });
} finally {
  port.close();
}
