import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { dist } from './targets.ts';

/** As `proxy-core/api/process-messages.ts` says. */
type EngineEvent =
  | { event: 'ready'; url: string; token: string }
  | { event: 'failed'; message: string; running?: { url: string; token: string } | null };

export interface EngineChild {
  url: string;
  token: string;
  /** Null when the engine is another program's: it goes on when this one ends. */
  process: ChildProcess | null;
}

/** Time the engine may take to end, ms: what was changed at Docker is undone (20 s at most), connections drain for 2 s, then the store is closed. */
const STOP_MILLIS = 26_000;

export interface EngineChildOptions {
  dataDir?: string;
  /** Default: that of this process. */
  env?: NodeJS.ProcessEnv;
}

/** Starts the built engine. Throws with its own sentence when it cannot start. */
export async function startEngineChild({ dataDir, env = process.env }: EngineChildOptions = {}): Promise<EngineChild> {
  const options = { ...(dataDir === undefined ? {} : { dataDir }), rendererDir: join(dist, 'renderer') };
  const child = fork(join(dist, 'engine.js'), [JSON.stringify(options)], { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const event = await new Promise<EngineEvent>((resolve, reject) => {
    child.once('message', (message) => resolve(message as EngineEvent));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the engine ended with exit code ${String(code)} before it was ready`)));
  });
  if (event.event === 'ready') return { url: event.url, token: event.token, process: child };
  if (event.running) return { ...event.running, process: null };
  throw new Error(event.message);
}

/** Asks it to end, and kills it when it takes too long. */
export async function stopEngineChild({ process: child }: EngineChild): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  if (child.connected) child.send('stop');
  else child.kill();
  const patience = setTimeout(() => child.kill('SIGKILL'), STOP_MILLIS);
  await ended;
  clearTimeout(patience);
}
