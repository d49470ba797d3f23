import type { FromThread, ToThread } from './thread.ts';
import type { BodyFacts } from './work/facts.ts';
import { type Ask, type Asked, type AskName, BodyWork } from './work/work.ts';

/** Bytes up to which all is done at once; more go to a thread of their own. */
const AT_ONCE_BYTES = 40_000;
/** Time that a question may take without a word before the thread is given up, ms: nothing captured may keep a processor busy for ever. */
const PATIENCE_MILLIS = 15_000;

export interface Asking {
  /** The answer is not wanted any more: the work ends where it is. */
  signal?: AbortSignal;
  /** `share` of the work that is done, 0 to 1. */
  onProgress?: (share: number) => void;
}

interface OpenCall {
  resolve: (answer: unknown) => void;
  reject: (error: Error) => void;
  onProgress: (share: number) => void;
  timer: number;
}

/** Whoever answers questions about a body. */
export interface BodyWorker {
  do: <Name extends AskName>(ask: Ask<Name>, asking?: Asking) => Promise<Asked[Name]['answer']>;
  close: () => void;
}

class ThreadWorker implements BodyWorker {
  readonly #blob: Blob;
  readonly #facts: BodyFacts;
  readonly #open = new Map<number, OpenCall>();
  #thread: Worker | null = null;
  #calls = 0;

  constructor(blob: Blob, facts: BodyFacts) {
    this.#blob = blob;
    this.#facts = facts;
  }

  do<Name extends AskName>(ask: Ask<Name>, { signal, onProgress = () => undefined }: Asking = {}): Promise<Asked[Name]['answer']> {
    return new Promise((resolve, reject) => {
      this.#thread ??= this.#start();
      const call = ++this.#calls;
      const open = { resolve: (answer: unknown) => resolve(answer as Asked[Name]['answer']), reject, onProgress };
      this.#open.set(call, { ...open, timer: this.#patience() });
      this.#thread.postMessage({ call, ask } satisfies ToThread);
      signal?.addEventListener('abort', () => this.#thread?.postMessage({ unwanted: call } satisfies ToThread), { once: true });
    });
  }

  #patience(): number {
    return window.setTimeout(() => this.#fail('It takes too long to be shown in this way.'), PATIENCE_MILLIS);
  }

  close(): void {
    this.#thread?.terminate();
    this.#thread = null;
    for (const { timer } of this.#open.values()) window.clearTimeout(timer);
    this.#open.clear();
  }

  #start(): Worker {
    const thread = new Worker(new URL('./thread.ts', import.meta.url), { type: 'module' });
    thread.addEventListener('message', ({ data }: MessageEvent<FromThread>) => {
      const asked = this.#open.get(data.call);
      if (asked === undefined) return;
      window.clearTimeout(asked.timer);
      if ('share' in data) {
        asked.timer = this.#patience();
        asked.onProgress(data.share);
        return;
      }
      this.#open.delete(data.call);
      if ('problem' in data) asked.reject(new Error(data.problem));
      else asked.resolve(data.answer);
    });
    thread.addEventListener('error', () => this.#fail('It could not be prepared for showing.'));
    thread.postMessage({ blob: this.#blob, facts: this.#facts } satisfies ToThread);
    return thread;
  }

  /** Gives the thread up; the next question gets another one. */
  #fail(sentence: string): void {
    const waiting = [...this.#open.values()];
    this.close();
    for (const { reject } of waiting) reject(new Error(sentence));
  }
}

export function openWorker(blob: Blob, facts: BodyFacts): BodyWorker {
  if (blob.size > AT_ONCE_BYTES) return new ThreadWorker(blob, facts);
  const work = new BodyWork(blob, facts);
  return { do: (ask) => work.do(ask), close: () => undefined };
}
