import type { ErrorCode } from '../errors.ts';

/**
 * What the engine's process (`engine-process.ts`) and the program that started it say to each other: over `process.parentPort` in
 * Electron's utility process, over `process.send` under `child_process.fork`. Everything else goes over the API. The process's stdout
 * and stderr are for a log.
 */

/** As JSON in the first argument, or as the first message. */
export interface EngineProcessOptions {
  /** Default: `SIDETAP_HOME`, else `~/.sidetap`. */
  dataDir?: string;
  /** Folder of the built window; without it only the API is served. */
  rendererDir?: string;
  /** Shown to the user as a warning: why this engine was started in the place of another. */
  notice?: string;
}

export type EngineProcessEvent =
  | {
      event: 'ready';
      /** `http://127.0.0.1:PORT`, without a slash at the end. */
      url: string;
      token: string;
    }
  | {
      /** It could not start, and ends with exit code 1. */
      event: 'failed';
      code: ErrorCode;
      /** One sentence for the user. */
      message: string;
      /** With `data-dir-in-use`: the engine that runs there, to show instead. Null when it does not say where it is. */
      running: { url: string; token: string } | null;
    };

/** Ends capture, writes everything, and exits with code 0. So do SIGTERM, SIGINT and the end of the channel. */
export const stopMessage = 'stop';
