import './small-young-generation.ts';

import type { ApiClient } from './api/client.ts';
import { createLocalClient } from './api/local-client.ts';
import { createRouter } from './api/router.ts';
import { startApiServer } from './api/server.ts';
import { Tickets } from './api/tickets.ts';
import { keepApiPort, lastApiPort, lockDataDir, removeRunInfo, writeRunInfo } from './data-dir.ts';
import { messageOf } from './errors.ts';
import { openParts } from './parts.ts';

export interface EngineOptions {
  dataDir: string;
  /** Folder of the built window; without it only the API is served. */
  rendererDir?: string;
  /** The process ends when its capture does: whoever stops the capture may wait for that. */
  endsWithCapture?: boolean;
  /** Something the user should know from the start. */
  notice?: string;
  /** See `PartsOptions.environment`. */
  environment?: NodeJS.ProcessEnv;
}

export interface Engine {
  api: { url: string; token: string };
  /** The operations, for this process. */
  client: ApiClient;
  /** For defects that surface outside of any call (`uncaughtException`): they are shown, and capture goes on. */
  report: (error: unknown) => void;
  /** Resolves when the engine has ended, whoever asked for it. */
  ended: Promise<void>;
  /** Ends capture, writes what is left, and gives the data directory back. */
  stop: () => Promise<void>;
}

/**
 * Starts an engine on a data directory: builds its parts, serves them, and says in `run.json` where. It captures nothing until it is told to.
 * Throws `data-dir-in-use`, `data-dir-unusable`, `store-unusable`.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { dataDir } = options;
  const lock = await lockDataDir(dataDir);
  try {
    const tickets = new Tickets();
    const ticketUrl = (): string => `${server.url}/open/${tickets.issue()}`;
    const { notice, environment } = options;
    const parts = await openParts({ dataDir, ticketUrl, notice, environment, shutdown: () => setImmediate(stopLater) });
    const report = (error: unknown): void => {
      process.stderr.write(`sidetap: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      parts.notices.add({
        id: 'defect',
        level: 'error',
        text: `Something went wrong inside Sidetap (${messageOf(error)}). Capture goes on; please report this.`,
      });
    };
    const server = await startApiServer({
      handlers: parts.handlers,
      uploads: parts.uploads,
      readings: parts.readings,
      tickets,
      rendererDir: options.rendererDir,
      preferredPort: lastApiPort(dataDir),
      report,
    }).catch(async (error: unknown) => {
      await parts.close();
      throw error;
    });
    const ended = Promise.withResolvers<void>();
    let stopping = false;
    const stop = async (): Promise<void> => {
      if (!stopping) {
        stopping = true;
        // First of all: nobody shall find an engine that is on its way out.
        removeRunInfo(dataDir);
        try {
          await parts.close();
        } finally {
          await server.close();
          lock.release();
          ended.resolve();
        }
      }
      await ended.promise;
    };
    const stopLater = (): void => {
      stop().catch(report);
    };
    try {
      keepApiPort(dataDir, server.port);
      writeRunInfo(dataDir, {
        pid: process.pid,
        api: server.url,
        token: server.token,
        startedAt: new Date().toISOString(),
        endsWithCapture: options.endsWithCapture ?? false,
      });
    } catch (error) {
      await stop();
      throw error;
    }
    return {
      api: { url: server.url, token: server.token },
      client: createLocalClient(createRouter(parts.handlers), report),
      report,
      ended: ended.promise,
      stop,
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
