/** What goes between an engine's process and the process that started it. Options travel as JSON in the first argument. */

export interface EngineProcessOptions {
  /** Default: `SIDETAP_HOME`, else `~/.sidetap`. */
  dataDir?: string;
  /** Folder of the built window; without it only the API is served. */
  rendererDir?: string;
  /** Something the user should know from the start, such as that an earlier engine died. */
  notice?: string;
}

export type EngineProcessEvent =
  | { event: 'ready'; url: string; token: string }
  | {
      event: 'failed';
      /** One sentence for the user. */
      message: string;
      /** The engine that runs on the data directory already, when that is why. */
      running: { url: string; token: string } | null;
    };

/** Asks the engine to end in order. */
export const stopMessage = 'stop';
