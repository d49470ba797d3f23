import { Worker } from 'node:worker_threads';
import { SidetapError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { Calls } from '../../store/calls.ts';
import type { ReplyMessage } from '../../store/messages.ts';
import { largeParts, ownMemory } from '../../store/own-memory.ts';
import type { Jobs } from './jobs.ts';

type JobCalls = { [Name in keyof Jobs]: { args: Parameters<Jobs[Name]>; result: Awaited<ReturnType<Jobs[Name]>> } };

interface Running {
  worker: Worker;
  calls: Calls<JobCalls>;
}

/**
 * Does the jobs on a thread of its own, so that a large body never keeps traffic waiting. The thread is started by the first job and ends
 * when there has been none for a while. One that dies (of a body that needs too much memory) costs the jobs that it had.
 */
export class JobThread implements Jobs {
  readonly #idleMillis: number;
  #running: Running | null = null;
  #open = 0;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(idleMillis: number = limits.jobThreadIdleMillis) {
    this.#idleMillis = idleMillis;
  }

  /** False while there is nothing to do for it. */
  get running(): boolean {
    return this.#running !== null;
  }

  readonly curl: Jobs['curl'] = (...args) => this.#call('curl', args);
  readonly code: Jobs['code'] = (...args) => this.#call('code', args);
  readonly harEntry: Jobs['harEntry'] = (...args) => this.#call('harEntry', args);
  readonly parseCurl: Jobs['parseCurl'] = (...args) => this.#call('parseCurl', args);
  readonly diff: Jobs['diff'] = (...args) => this.#call('diff', args);
  readonly trustFiles: Jobs['trustFiles'] = (...args) => this.#call('trustFiles', args);
  readonly protoFiles: Jobs['protoFiles'] = (...args) => this.#call('protoFiles', args);
  readonly reflectedProtos: Jobs['reflectedProtos'] = (...args) => this.#call('reflectedProtos', args);

  /** Jobs that are not done fail. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#end(new SidetapError('engine-not-running', 'Sidetap is ending.'));
  }

  async #call<Name extends keyof Jobs>(name: Name, args: JobCalls[Name]['args']): Promise<JobCalls[Name]['result']> {
    if (this.#closed) throw new SidetapError('engine-not-running', 'Sidetap is ending.');
    clearTimeout(this.#idle);
    this.#open += 1;
    try {
      this.#running ??= this.#start();
      return await this.#running.calls.call(name, ...args);
    } finally {
      this.#open -= 1;
      if (this.#open === 0 && this.#running !== null) this.#endLater();
    }
  }

  #start(): Running {
    const source = import.meta.url.endsWith('.ts');
    const worker = new Worker(new URL(source ? './job-worker.ts' : './job-worker.js', import.meta.url), {
      name: 'jobs',
      resourceLimits: { maxOldGenerationSizeMb: limits.jobThreadMegabytes },
    });
    const calls = new Calls<JobCalls>({
      postMessage: (message) => worker.postMessage(message, ownMemory(message.args.flatMap(largeParts))),
    });
    const running = { worker, calls };
    let failure: Error | undefined;
    worker.on('message', (message: ReplyMessage) => calls.reply(message));
    worker.on('error', (error) => {
      failure = error instanceof Error ? error : new Error(String(error));
    });
    worker.on('exit', (code) => {
      if (this.#running === running) this.#running = null;
      calls.abandon(failure ?? new Error(`the thread for exports ended with code ${String(code)}`));
    });
    return running;
  }

  #endLater(): void {
    this.#idle = setTimeout(() => {
      // Nobody waits for it, and to be ended is all that it has to do.
      void this.#end(new Error('there was nothing to do'));
    }, this.#idleMillis).unref();
  }

  async #end(reason: Error): Promise<void> {
    clearTimeout(this.#idle);
    const running = this.#running;
    this.#running = null;
    if (running === null) return;
    running.calls.abandon(reason);
    await running.worker.terminate();
  }
}
