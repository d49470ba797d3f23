import { type ErrorCode, messageOf, SidetapError } from '../errors.ts';
import type { CallMessage, CallsOf, FailureValue, ReplyMessage } from './messages.ts';

/** An error as it crosses between threads. */
export function failureValue(error: unknown): FailureValue {
  return {
    name: error instanceof Error ? error.name : 'Error',
    message: messageOf(error),
    code: error instanceof SidetapError ? error.code : undefined,
    details: error instanceof SidetapError ? error.details : undefined,
    stack: error instanceof Error ? error.stack : undefined,
  };
}

export function errorOf(failure: FailureValue): Error {
  if (failure.code !== undefined)
    return new SidetapError(failure.code as ErrorCode, failure.message, { details: failure.details ?? {} });
  return new Error(failure.message, { cause: failure.stack });
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Who answers calls; a worker thread fits. */
export interface Callee {
  postMessage(message: CallMessage): void;
}

/** Calls into a worker thread and waits for the answers. */
export class Calls<T extends { [K in keyof T]: CallsOf[string] }> {
  readonly #waiting = new Map<number, Waiting>();
  readonly #worker: Callee;
  #next = 1;

  constructor(worker: Callee) {
    this.#worker = worker;
  }

  call<K extends keyof T & string>(method: K, ...args: T[K]['args']): Promise<T[K]['result']> {
    const call = this.#next++;
    const message: CallMessage = { type: 'call', call, method, args };
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.#worker.postMessage(message);
    });
  }

  /** Hands an answer to whoever waits for it. */
  reply(message: ReplyMessage): void {
    const waiting = this.#waiting.get(message.call);
    this.#waiting.delete(message.call);
    if (message.ok) waiting?.resolve(message.value);
    else waiting?.reject(errorOf(message.error));
  }

  /** The worker is gone: nobody will answer. */
  abandon(error: Error): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const waiting of all) waiting.reject(error);
  }
}
