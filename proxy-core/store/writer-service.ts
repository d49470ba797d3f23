import { messageOf } from '../errors.ts';
import { limits } from '../limits.ts';
import type { MarkChange } from '../rrpair/marks.ts';
import { countPairs } from './batch.ts';
import { failureValue } from './calls.ts';
import { ClearTimer, clearPairs, undoClear } from './clear.ts';
import { discardPairs } from './discard.ts';
import { type Listing, listSome } from './listing.ts';
import type { CallMessage, FromWriter, ToWriter, WriterBounds, WriterData, WriterStatus } from './messages.ts';
import { noiseOf, type Opened, type OpeningEvents, openAnew, openStored } from './opened.ts';
import { freeMemory } from './own-memory.ts';
import { troubleOf, troubleSentence } from './sqlite-error.ts';

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
  readonly #clearTimer = new ClearTimer(() => this.#schedule());
  readonly #opening: OpeningEvents = {
    due: () => this.#schedule(),
    gaveUp: (pairs, error) => this.#gaveUp(pairs, error),
    diskTrouble: (error) => {
      this.#problem = troubleSentence(error, this.#data.path);
    },
    setAside: (text) => this.#post({ type: 'notice', notice: { id: 'store-set-aside', level: 'warning', text } }),
  };

  constructor(data: WriterData, post: PostFromWriter) {
    this.#data = data;
    this.#post = post;
    this.#opened = openStored(data, this.#opening);
    post({ type: 'opened', nextPairId: this.#opened.writer.state.lastId + 1, status: this.#status() });
    this.#clearTimer.watch(this.#opened.writer);
    this.#schedule();
  }

  receive(message: ToWriter): void {
    this.#queue.push(message.type === 'batch' ? message.batch : message);
    this.#schedule();
  }

  #status(): WriterStatus {
    const { writer, listing } = this.#opened;
    const pairs = writer.state.rows - writer.state.hiddenRows;
    const bytes = this.#damaged ? 0 : writer.usedBytes();
    return { pairs, unlisted: listing.unlisted, bytes, unwritten: this.#unwritten, problem: this.#problem };
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
      if (call !== undefined && 'call' in call && (call.method === 'close' || !this.#opened.listing.holds(call)))
        this.#answer(call);
    }
    const listed = this.#list();
    const tidied = this.#tidy();
    if (this.#queue.length > 0 || listed || tidied) this.#schedule();
  }

  /** Makes rows of some of what waits for them, if it is time, and answers who waited for that. */
  #list(): boolean {
    const { listing } = this.#opened;
    if (this.#damaged) return false;
    if (this.#refused.length > 0) {
      this.#answerAll(listing);
      return false;
    }
    try {
      const listed = listing.step(this.#gaveUp);
      // First, so that whoever waited knows the status as it is now.
      if (listed) this.#changed(0);
      for (let call = listing.released(); call !== undefined; call = listing.released()) this.#answer(call);
      return listed;
    } catch (error) {
      this.#listFailed(error);
      return false;
    }
  }

  #listFailed(error: unknown): void {
    if (troubleOf(error) === 'damaged') {
      this.#reportDamage();
      return;
    }
    this.#problem = troubleSentence(error, this.#data.path);
    this.#changed(0);
    const { listing } = this.#opened;
    this.#answerAll(listing);
    listing.later(limits.storeRetryMillis[1]);
  }

  /** Nothing is lost meanwhile, but whoever waits for rows is not kept waiting for a disk. */
  #answerAll(listing: Listing): void {
    for (const call of listing.releaseAll()) this.#answer(call);
  }

  readonly #gaveUp = (pairs: number, error: unknown): void => {
    this.#unwritten += pairs;
    this.#problem = `Some pairs could not be stored: ${messageOf(error)}.`;
  };

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
    const bytes = byteLength(batches);
    const queued = this.#queue.length;
    if (this.#refused.length > 0) this.#giveUp(batches);
    else this.#attempt(batches);
    if (this.#damaged) {
      // Those that were put back are still to be done.
      const back = this.#queue.slice(0, this.#queue.length - queued);
      this.#changed(bytes - back.reduce((sum, message) => sum + ('call' in message ? 0 : message.length), 0));
      return;
    }
    this.#changed(bytes, this.#refused.length > 0 ? [] : reusable(batches));
  }

  #attempt(batches: Uint8Array<ArrayBuffer>[]): void {
    try {
      this.#opened.listing.store(batches);
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
    const { writer } = this.#opened;
    // A pair whose row says that it is open is not missing, though its end is.
    for (const batch of batches) this.#unwritten += countPairs(batch, (id) => !writer.showsOpen(id));
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
    this.#queue.unshift(...this.#opened.listing.releaseAll());
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
      const reply = (): void => this.#post({ type: 'reply', call: message.call, ok: true, value });
      if (message.method === 'close') void this.#opened.listing.givenBack.then(reply);
      else reply();
    } catch (error) {
      this.#post({ type: 'reply', call: message.call, ok: false, error: failureValue(error) });
      if (troubleOf(error) === 'damaged') this.#reportDamage();
    }
  }

  #call(message: CallMessage): unknown {
    const { database, writer } = this.#opened;
    switch (message.method) {
      case 'mark': {
        const before = writer.mark(message.args[0] as readonly MarkChange[]);
        this.#changed(0);
        return before;
      }
      case 'clear': {
        const hidden = clearPairs(database, writer, Date.now());
        this.#clearTimer.watch(this.#opened.writer);
        this.#changed(0);
        return hidden;
      }
      case 'undoClear': {
        const restored = undoClear(writer);
        this.#clearTimer.watch(this.#opened.writer);
        this.#changed(0);
        return restored;
      }
      case 'discard': {
        const gone = discardPairs(database, writer, message.args[0] as number, message.args[1] as number);
        this.#changed(0);
        return gone;
      }
      case 'configure':
        Object.assign(this.#data, message.args[0] as WriterBounds);
        writer.noise = noiseOf(this.#data);
        return null;
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
    this.#opened.listing.close();
    this.#opened.database.close();
    this.#opened = openAnew(this.#data, this.#opening);
    // Ids and revisions go on rising, because others remember them.
    const { writer } = this.#opened;
    writer.transaction(() => {
      writer.state.lastId = lastId;
      writer.state.revision = revision + 1;
    });
    this.#damaged = false;
    this.#changed(0);
  }

  /** Who reads the file before it is opened for writing again is to find everything. */
  #listRest(): void {
    const { writer } = this.#opened;
    try {
      while (!this.#damaged && writer.unlisted) listSome(writer, this.#gaveUp);
    } catch {
      // The disk is full or damaged: what waits has its rows at the next start, or is set aside then.
      return;
    }
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#clearTimer.stop();
    this.#opened.listing.close();
    if (this.#refused.length > 0) this.#retry();
    this.#giveUp(this.#refused);
    this.#refused = [];
    clearTimeout(this.#timer);
    this.#listRest();
    this.#opened.database.close();
  }
}

/** The memory of batches that are done with, as far as it can be filled again. That of the others is given back. */
function reusable(batches: readonly Uint8Array<ArrayBuffer>[]): ArrayBuffer[] {
  const spares: ArrayBuffer[] = [];
  for (const { buffer } of batches) {
    if (buffer.byteLength === limits.batchBytes) spares.push(buffer);
    else freeMemory(new Uint8Array(buffer));
  }
  return spares;
}

function byteLength(batches: readonly Uint8Array[]): number {
  return batches.reduce((sum, batch) => sum + batch.length, 0);
}
