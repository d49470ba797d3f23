import type { ParsedCurl } from '../rrpair/compose.ts';

/** A command line, taken apart as its shell does it. */
export interface CommandLine {
  /** Program and arguments; bytes as latin-1. */
  words: string[];
  /** Text that is piped into the program; null when there is none. */
  stdin: string | null;
  notes: string[];
}

/** Guesses whose quoting a pasted command has: the first construct that only one of them has tells. */
export function shellOf(command: string): ParsedCurl['shell'] {
  if (/^\s*(?:&\s|PS [A-Z]:)/.test(command)) return 'powershell';
  if (/^\s*[A-Z]:\\[^\n]*>/.test(command)) return 'cmd';
  const telling = /(?<powershell>`\r?\n|@'\r?\n)|(?<cmd>(?<=\s)\^"|\^\r?\n)|(?<bash>\$?'|\\\r?\n)|"(?:[^"\\]|\\.)*"/gs;
  for (const { groups = {} } of command.matchAll(telling)) {
    if (groups['powershell'] !== undefined) return 'powershell';
    if (groups['cmd'] !== undefined) return 'cmd';
    if (groups['bash'] !== undefined) return 'bash';
  }
  return 'bash';
}

/** UTF-8 bytes of a text, as latin-1. */
export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Bytes of a command, as latin-1, in a note for a person. */
export function shown(latin1: string): string {
  const text = Buffer.from(latin1, 'latin1').toString('utf8');
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}

/** A pasted value may have megabytes. */
const SHOWN_CHARS = 200;

export const MORE = 'Only the first command was read; what follows it was not.';
