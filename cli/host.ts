import path from 'node:path';
import type { ApiClient } from '../proxy-core/api/client.ts';
import { SidetapError } from '../proxy-core/errors.ts';
import { outerEnvironment } from './compile-cache.ts';
import { connectToRunning } from './reach.ts';

/** An engine that a command works with for as long as it runs. */
export interface Host {
  api: { url: string; token: string };
  client: ApiClient;
  /** Resolves when the engine has ended or cannot be reached any more. */
  ended: Promise<void>;
  /** True when the engine is this process's own. */
  own: boolean;
  /** Ends the engine when it is this process's own, else lets go of it. */
  release: () => Promise<void>;
}

/** The window as it was built: beside the sources, and beside the bundled command. */
const rendererDir = path.join(import.meta.dirname, '..', 'dist', 'renderer');

/** Joins the engine that runs on the data directory, or starts one in this process. */
export async function joinOrStart(dataDir: string, options: { endsWithCapture: boolean }): Promise<Host> {
  return (await join(dataDir)) ?? (await start(dataDir, options));
}

async function join(dataDir: string): Promise<Host | null> {
  const running = await connectToRunning(dataDir);
  if (running === null) return null;
  return {
    api: { url: running.info.api, token: running.info.token },
    client: running.client,
    own: false,
    ended: new Promise((resolve) => {
      running.onClose(resolve);
    }),
    release: async () => running.close(),
  };
}

async function start(dataDir: string, { endsWithCapture }: { endsWithCapture: boolean }): Promise<Host> {
  const { startEngine } = await import('../proxy-core/engine.ts');
  try {
    const engine = await startEngine({ dataDir, rendererDir, endsWithCapture, environment: outerEnvironment() });
    // Traffic first: a defect in one connection's handling must not take the others down. It is shown instead.
    process.on('uncaughtException', engine.report);
    process.on('unhandledRejection', engine.report);
    return { api: engine.api, client: engine.client, own: true, ended: engine.ended, release: engine.stop };
  } catch (error) {
    // Two commands that start at once: the other one was faster, and its engine may be joined.
    const other = error instanceof SidetapError && error.code === 'data-dir-in-use' ? await join(dataDir) : null;
    if (other === null) throw error;
    return other;
  }
}

/** The window's address. The token stands in the fragment, which is never sent anywhere. */
export function windowUrl(api: { url: string; token: string }): string {
  return `${api.url}/#token=${api.token}`;
}
