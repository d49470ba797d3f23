import type { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../errors.ts';
import { limits } from '../limits.ts';
import { countPairs } from './batch.ts';
import { failureValue } from './calls.ts';
import { clearExpiry, clearPairs, expireClear, undoClear } from './clear.ts';
import type { CallMessage, FromWriter, ToWriter, WriterData, WriterStatus } from './messages.ts';
import { finishInterrupted, quickCheck, setAside } from './recover.ts';
import { Retention } from './retention.ts';
import { openForWriting } from './schema.ts';
import { troubleOf, troubleSentence } from './sqlite-error.ts';
import { PairWriter } from './writer.ts';

interface Opened {
  database: DatabaseSync;
  writer: PairWriter;
  retention: Retention;
}

/** Sends a message to the engine's thread; the memory that is moved is lost to this one. */
export type PostFromWriter = (message: FromWriter, moved?: readonly ArrayBuffer[]) => void;

/**
 * The writer thread: takes batches in the order in which they come, writes them, and tidies up between them. Whatever the disk does,
 * it goes on taking batches, so that capture never has to wait: what cannot be written is counted.
 */
export class WriterService {
  readonly #data: WriterData;
  readonly #post: PostFromWriter;
  #opened: Opened;
  #queue: (Uint8Array<ArrayBuffer> | CallMessage)[] = [];
  #scheduled = false;
  #damaged = false;
  #unwritten = 0;
  #problem = '';
  /** Batches that the disk refused; they are tried again after a pause. Until then newer ones are given up. */
  #refused: Uint8Array<ArrayBuffer>[] = [];
  #pause: number = limits.storeRetryMillis[0];
  #timer: NodeJS.Timeout | undefined;
  #clearTimer: NodeJS.Timeout | undefined;

  constructor(data: WriterData, post: PostFromWriter) {
    this.#data = data;
    this.#post = post;
    this.#opened = this.#open();
    post({ type: 'opened', nextPairId: this.#opened.writer.state.lastId + 1, status: this.#status() });
    this.#watchClear();
    this.#schedule();
  }

  receive(message: ToWriter): void {
    this.#queue.push(message.type === 'batch' ? message.batch : message);
    this.#schedule();
  }

  #open(): Opened {
    try {
      return this.#build();
    } catch (error) {
      if (troubleOf(error) !== 'damaged') throw error;
      this.#moveAway();
      return this.#build();
    }
  }

  #build(): Opened {
    const database = openForWriting(this.#data.path);
    try {
      quickCheck(database);
      const writer = new PairWriter(database);
      const opened = { database, writer, retention: new Retention(database, writer, this.#data) };
      this.#finishInterrupted(opened);
      return opened;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  #finishInterrupted({ database, writer }: Opened): void {
    try {
      finishInterrupted(database, writer);
    } catch (error) {
      // A full disk: the pairs stay open until the next start. Everything else is for the caller.
      if (troubleOf(error) !== 'disk') throw error;
      this.#problem = troubleSentence(error, this.#data.path);
    }
  }

  #moveAway(): void {
    const target = setAside(this.#data.path, new Date());
    const text = `The stored pairs could not be read, so the file was set aside as ${target} and a new one was started. Capture goes on.`;
    this.#post({ type: 'notice', notice: { id: 'store-set-aside', level: 'warning', text } });
  }

  #status(): WriterStatus {
    const { writer } = this.#opened;
    const pairs = writer.state.rows - writer.state.hiddenRows;
    return { pairs, bytes: this.#damaged ? 0 : writer.usedBytes(), unwritten: this.#unwritten, problem: this.#problem };
  }

  #changed(bytes: number, spares: ArrayBuffer[] = []): void {
    this.#post({ type: 'changed', bytes, status: this.#status(), spares }, spares);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#work();
    });
  }

  /** One transaction of batches or one call, then one step of tidying: whoever waits behind it never waits long. */
  #work(): void {
    if (this.#damaged) {
      this.#workDamaged();
      return;
    }
    const batches = this.#nextBatches();
    if (batches.length > 0) this.#write(batches);
    else {
      const call = this.#queue.shift();
      if (call !== undefined && 'call' in call) this.#answer(call);
    }
    const tidied = this.#tidy();
    if (this.#queue.length > 0 || tidied) this.#schedule();
  }

  /** Only moving the file away helps now; batches wait for it. */
  #workDamaged(): void {
    const index = this.#queue.findIndex(
      (message) => 'call' in message && (message.method === 'setAside' || message.method === 'close'),
    );
    const [call] = index < 0 ? [] : this.#queue.splice(index, 1);
    if (call === undefined || !('call' in call)) return;
    this.#answer(call);
    this.#schedule();
  }

  #nextBatches(): Uint8Array<ArrayBuffer>[] {
    const batches: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    for (const message of this.#queue) {
      if ('call' in message || (bytes > 0 && bytes + message.length > limits.transactionBytes)) break;
      bytes += message.length;
      batches.push(message);
    }
    this.#queue.splice(0, batches.length);
    return batches;
  }

  #write(batches: Uint8Array<ArrayBuffer>[]): void {
    const bytes = batches.reduce((sum, batch) => sum + batch.length, 0);
    const queued = this.#queue.length;
    if (this.#refused.length > 0) this.#giveUp(batches);
    else this.#attempt(batches);
    if (this.#damaged) {
      // Those that were put back are still to be done.
      const back = this.#queue.slice(0, this.#queue.length - queued);
      this.#changed(bytes - back.reduce((sum, message) => sum + ('call' in message ? 0 : message.length), 0));
      return;
    }
    const kept = this.#refused.length > 0;
    const memory = kept ? [] : batches.map((batch) => batch.buffer);
    this.#changed(
      bytes,
      memory.filter((buffer) => buffer.byteLength === limits.batchBytes),
    );
  }

  #attempt(batches: Uint8Array<ArrayBuffer>[]): void {
    try {
      this.#opened.writer.write(batches);
      this.#problem = '';
    } catch (error) {
      this.#failed(error, batches);
    }
  }

  #failed(error: unknown, batches: Uint8Array<ArrayBuffer>[]): void {
    const trouble = troubleOf(error);
    if (trouble === 'damaged') {
      this.#queue.unshift(...batches);
      this.#reportDamage();
    } else if (trouble === 'disk') {
      this.#problem = troubleSentence(error, this.#data.path);
      this.#refused = batches;
      this.#retryLater();
    } else if (batches.length > 1) {
      // One record that cannot be written must cost no more than its own batch.
      for (const [index, batch] of batches.entries()) {
        if (this.#refused.length > 0) this.#giveUp([batch]);
        else this.#attempt([batch]);
        if (!this.#damaged) continue;
        this.#queue.splice(1, 0, ...batches.slice(index + 1));
        break;
      }
    } else {
      this.#problem = `Some pairs could not be stored: ${messageOf(error)}.`;
      this.#giveUp(batches);
    }
  }

  #giveUp(batches: readonly Uint8Array<ArrayBuffer>[]): void {
    for (const batch of batches) this.#unwritten += countPairs(batch);
  }

  #retryLater(): void {
    this.#timer = setTimeout(() => this.#retry(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, limits.storeRetryMillis[1]);
  }

  #retry(): void {
    const batches = this.#refused;
    this.#refused = [];
    this.#attempt(batches);
    if (this.#refused.length === 0) this.#pause = limits.storeRetryMillis[0];
    if (!this.#damaged) this.#changed(0);
  }

  #reportDamage(): void {
    if (this.#damaged) return;
    this.#damaged = true;
    this.#post({ type: 'damaged' });
  }

  #tidy(): boolean {
    if (this.#damaged || this.#refused.length > 0) return false;
    try {
      const revision = this.#opened.writer.state.revision;
      const more = this.#opened.retention.step();
      if (this.#opened.writer.state.revision !== revision) this.#changed(0);
      return more;
    } catch (error) {
      if (troubleOf(error) === 'damaged') this.#reportDamage();
      else this.#problem = troubleSentence(error, this.#data.path);
      return false;
    }
  }

  #answer(message: CallMessage): void {
    try {
      const value = this.#call(message);
      this.#post({ type: 'reply', call: message.call, ok: true, value });
    } catch (error) {
      this.#post({ type: 'reply', call: message.call, ok: false, error: failureValue(error) });
      if (troubleOf(error) === 'damaged') this.#reportDamage();
    }
  }

  #call(message: CallMessage): unknown {
    const { database, writer } = this.#opened;
    switch (message.method) {
      case 'pin':
        writer.pin(message.args[0] as readonly number[], message.args[1] as boolean);
        this.#changed(0);
        return null;
      case 'clear': {
        const hidden = clearPairs(database, writer, Date.now());
        this.#watchClear();
        this.#changed(0);
        return hidden;
      }
      case 'undoClear': {
        const restored = undoClear(writer);
        this.#watchClear();
        this.#changed(0);
        return restored;
      }
      case 'flush':
        return null;
      case 'setAside':
        this.#startAnew();
        return null;
      case 'close':
        this.#close();
        return null;
      default:
        throw new Error(`the writer knows no ${message.method}`);
    }
  }

  #startAnew(): void {
    const { lastId, revision } = this.#opened.writer.state;
    this.#opened.database.close();
    this.#moveAway();
    this.#opened = this.#build();
    // Ids and revisions go on rising, because others remember them.
    const { writer } = this.#opened;
    writer.transaction(() => {
      writer.state.lastId = lastId;
      writer.state.revision = revision + 1;
    });
    this.#damaged = false;
    this.#changed(0);
  }

  #watchClear(): void {
    clearTimeout(this.#clearTimer);
    const expiry = clearExpiry(this.#opened.writer);
    if (expiry === undefined) return;
    this.#clearTimer = setTimeout(
      () => {
        try {
          expireClear(this.#opened.writer);
        } catch {
          // Nothing is lost by keeping what is hidden; the next clear or start dooms it.
          return;
        }
        this.#schedule();
      },
      Math.max(0, expiry - Date.now()),
    );
  }

  #close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#clearTimer);
    if (this.#refused.length > 0) this.#retry();
    this.#giveUp(this.#refused);
    this.#refused = [];
    clearTimeout(this.#timer);
    this.#opened.database.close();
  }
}
