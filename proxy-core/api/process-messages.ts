import type { ErrorCode } from '../errors.ts';

/**
 * What the engine's process (`engine-process.ts`) and the program that started it say to each other: over `process.parentPort` in
 * Electron's utility process, over `process.send` under `child_process.fork`. Everything else goes over the API.
 *
 * Arguments of the process: `--data-dir DIR`, `--renderer DIR` (the built window), `--notice TEXT` (shown to the user as a warning: why
 * this engine was started in place of another). Its stdout and stderr are for a log.
 */
export type EngineToParent =
  | {
      type: 'ready';
      /** `http://127.0.0.1:PORT`, without a slash at the end. */
      url: string;
      token: string;
    }
  | {
      /** It could not start, and ends with exit code 1. */
      type: 'failed';
      code: ErrorCode;
      /** One sentence for the user. */
      message: string;
      /** With `data-dir-in-use`: the engine that runs there, to show instead. */
      running?: { url: string; token: string };
    };

/** `stop`: end capture, write everything, and exit with code 0. So does the end of the channel. */
export interface ParentToEngine {
  type: 'stop';
}
