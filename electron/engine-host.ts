import { EventEmitter } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, type UtilityProcess, utilityProcess } from 'electron';
import { type EngineProcessEvent, type EngineProcessOptions, stopMessage } from '../proxy-core/api/process-messages.ts';
import { BoundedLog } from './bounded-log.ts';
import { limits } from './limits.ts';

/** Where an engine listens, and the token of its run. */
export interface EngineAddress {
  url: string;
  token: string;
}

type Refusal = Extract<EngineProcessEvent, { event: 'failed' }>;

interface Events {
  /** An engine listens: the first one, or one that took the place of one that died. */
  ready: [EngineAddress];
  /** The engine has died; another is being started. */
  lost: [];
  /** No engine can be had. The sentence says why. */
  failed: [string];
}

/**
 * Keeps an engine running in a process of its own, so that neither the window nor the shell can hold up traffic. One that dies is
 * started again, after a growing wait.
 */
export class EngineHost extends EventEmitter<Events> {
  readonly #log = new BoundedLog(limits.engineLogBytes);
  #child: UtilityProcess | null = null;
  #address: EngineAddress | null = null;
  #borrowed = false;
  #stopping = false;
  #restart: NodeJS.Timeout | undefined;
  #attempts = 0;

  /** Null while no engine listens. */
  get address(): EngineAddress | null {
    return this.#address;
  }

  /** `http://127.0.0.1:PORT`; null while no engine listens. */
  get origin(): string | null {
    return this.#address?.url ?? null;
  }

  /** Process id of the engine's process; undefined while there is none, or when the engine is another program's. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(notice: string = ''): void {
    this.#borrowed = false;
    const options: EngineProcessOptions = {
      rendererDir: join(import.meta.dirname, 'renderer'),
      ...(notice === '' ? {} : { notice }),
    };
    const child = utilityProcess.fork(join(import.meta.dirname, 'engine.js'), [JSON.stringify(options)], {
      serviceName: 'Sidetap engine',
      stdio: 'pipe',
    });
    this.#child = child;
    const startedAt = Date.now();
    // Pipes that nobody reads would block the engine once they are full.
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => this.#log.push(chunk));
    const tooLate = setTimeout(() => child.kill(), limits.engineReadyMillis);
    let refusal: Refusal | null = null;
    child.on('message', (message: EngineProcessEvent) => {
      clearTimeout(tooLate);
      if (message.event === 'failed') refusal = message;
      else this.#ready({ url: message.url, token: message.token });
    });
    child.once('exit', (code) => {
      clearTimeout(tooLate);
      this.#ended(code, refusal, Date.now() - startedAt);
    });
  }

  /** Ends the engine: asked first, killed when it takes too long. An engine of another program goes on. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child === null || child.pid === undefined) return;
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
    });
    child.postMessage(stopMessage);
    const patience = setTimeout(() => child.kill(), limits.engineStopMillis);
    await ended;
    clearTimeout(patience);
  }

  #ready(address: EngineAddress): void {
    this.#address = address;
    this.emit('ready', address);
  }

  #ended(code: number, refusal: Refusal | null, livedMillis: number): void {
    this.#child = null;
    if (this.#stopping) return;
    if (refusal !== null && refusal.running !== null) {
      // `sidetap start capture` runs in a terminal: the window shows that engine.
      this.#borrowed = true;
      this.#ready(refusal.running);
      return;
    }
    const hadListened = this.#address !== null;
    this.#address = null;
    if (refusal !== null) {
      this.emit('failed', refusal.message);
      return;
    }
    if (livedMillis >= limits.engineSettledMillis) this.#attempts = 0;
    this.#attempts += 1;
    const logPath = this.#keepLog(code);
    if (this.#attempts > limits.engineAttempts) {
      this.emit('failed', `Sidetap’s engine ends as soon as it starts (exit code ${code}). Its last words are in ${logPath}.`);
      return;
    }
    if (hadListened) this.emit('lost');
    const waits = limits.engineRestartMillis;
    const wait = waits[Math.min(this.#attempts, waits.length) - 1];
    const notice = `Sidetap’s engine ended unexpectedly (exit code ${code}) and was started again. Capture was off meanwhile; what had been stored is still here. Its last words are in ${logPath}.`;
    this.#restart = setTimeout(() => this.start(notice), wait);
  }

  /** The shown engine does not answer any more. One of another program has ended then: ours takes its place. */
  connectionBroke(): void {
    if (!this.#borrowed || this.#stopping) return;
    this.#address = null;
    this.emit('lost');
    this.start('The Sidetap that was running before has ended; capture is off until you start it.');
  }

  #keepLog(code: number): string {
    const path = join(app.getPath('logs'), 'engine.log');
    try {
      mkdirSync(app.getPath('logs'), { recursive: true });
      writeFileSync(path, `${this.#log.text()}\nended with exit code ${code} at ${new Date().toISOString()}\n`);
    } catch (error) {
      console.error('the engine’s log could not be written', error);
    }
    return path;
  }
}
