import type { CodeRequest, Deviate } from './code-request.ts';

/** Writes requests down for one client. */
export interface CodeWriter {
  /** What the client is called in sentences. */
  client: string;
  /**
   * What begins a comment line; null where the text has none: raw HTTP knows no comments, and zsh, the shell of macOS, takes none at its
   * prompt.
   */
  comment: string | null;
  /** Text that must stand before everything else, comments included. */
  prologue?: string;
  /** A command line: it holds no bytes that are not text. */
  shell?: boolean;
  write: (request: CodeRequest, deviate: Deviate) => string;
}
