import type { SpokenFacts } from '../../rrpair/pair.ts';

/** Commands of the text protocol (https://github.com/memcached/memcached/blob/master/doc/protocol.txt). */

/** What answers a command: rows up to END, lines up to END, one line, a line for each, or nothing. */
export type AnswerKind = 'values' | 'lines' | 'line' | 'meta' | 'watch';

const storing: ReadonlySet<string> = new Set(['set', 'add', 'replace', 'append', 'prepend', 'cas']);
const retrieving: ReadonlySet<string> = new Set(['get', 'gets', 'gat', 'gats']);
const meta: ReadonlySet<string> = new Set(['mg', 'ms', 'md', 'ma', 'mn', 'me']);
const others: ReadonlySet<string> = new Set([
  'delete',
  'incr',
  'decr',
  'touch',
  'stats',
  'version',
  'verbosity',
  'flush_all',
  'lru',
  'lru_crawler',
  'slabs',
  'watch',
  'quit',
]);

/** Commands by which the protocol is told; they are written in small letters. */
export const knownCommands: readonly string[] = [...storing, ...retrieving, ...meta, ...others];

export interface Command {
  name: string;
  keys: string[];
  /** Bytes of the value that follows, without the end of its line; -1 when none does. */
  valueBytes: number;
  answer: AnswerKind;
  /** Only what is remarkable is answered: nothing (`noreply`), no miss and no success (meta commands with `q`). */
  quiet: 'no' | 'noreply' | 'meta';
  /** With which its answer begins, behind the result: what tells quiet commands apart. */
  marks: string[];
}

/** `text` is the line, one character a byte. */
export function commandOf(text: string): Command {
  const words = text.split(' ').filter((word) => word !== '');
  const name = words[0] ?? '';
  const command: Command = { name, keys: [], valueBytes: -1, answer: 'line', quiet: 'no', marks: [] };
  if (words.at(-1) === 'noreply') command.quiet = 'noreply';
  if (storing.has(name)) {
    command.keys = words.slice(1, 2);
    command.valueBytes = bytesOf(words[4]);
  } else if (retrieving.has(name)) {
    command.keys = words.slice(name.startsWith('gat') ? 2 : 1);
    command.answer = 'values';
    command.quiet = 'no';
  } else if (meta.has(name)) readMeta(command, words);
  else if (name === 'watch') command.answer = 'watch';
  else if (name === 'stats' || (name === 'lru_crawler' && /^(?:metadump|mgdump)$/.test(words[1] ?? ''))) command.answer = 'lines';
  else if (['delete', 'incr', 'decr', 'touch'].includes(name)) command.keys = words.slice(1, 2);
  return command;
}

function readMeta(command: Command, words: readonly string[]): void {
  command.keys = words.slice(1, 2);
  command.answer = 'meta';
  const flags = words.slice(command.name === 'ms' ? 3 : 2);
  if (command.name === 'ms') command.valueBytes = bytesOf(words[2]);
  command.quiet = flags.some((flag) => flag.startsWith('q')) ? 'meta' : 'no';
  const opaque = flags.find((flag) => flag.startsWith('O'));
  if (opaque !== undefined) command.marks.push(opaque);
  if (flags.includes('k')) command.marks.push(`k${words[1] ?? ''}`);
}

/** The number of bytes as it stands in a line; -1 when it is none. */
export function bytesOf(word: string | undefined): number {
  return word !== undefined && /^\d{1,10}$/.test(word) ? Number(word) : -1;
}

/**
 * The server's own password file (`-Y`) is served by a `set` that comes first, whatever its key; it looks like any other. Its value is taken for a user and a
 * password where the key says that it is.
 */
export function mayBeLogin({ name, keys }: Command): boolean {
  return name === 'set' && /^(?:auth\w*|login|username|userpass\w*|password|credentials?)$/i.test(keys[0] ?? '');
}

/** What the list shows of the answer's first line. */
export function statusOf(line: string): string {
  const word = line.split(' ', 1)[0] ?? '';
  switch (word) {
    case 'ERROR':
      return 'ERR';
    case 'CLIENT_ERROR':
      return 'ERR:CLIENT';
    case 'SERVER_ERROR':
      return 'ERR:SERVER';
    case 'EN':
      return 'MISS';
    case 'NS':
      return 'NOT_STORED';
    case 'EX':
      return 'EXISTS';
    case 'NF':
      return 'NOT_FOUND';
    case 'NOT_STORED':
    case 'EXISTS':
    case 'NOT_FOUND':
      return word;
    default:
      return 'OK';
  }
}

export function isError(line: string): boolean {
  return /^(?:ERROR|CLIENT_ERROR|SERVER_ERROR)(?: |$)/.test(line);
}

/** What a server tells of itself by its version; null when that is none. */
export function versionFacts(version: string): SpokenFacts | null {
  if (!/^[\w.-]{1,40}$/.test(version)) return null;
  return { server: `Memcached ${version}`, evidence: `the server’s answer: version ${version}`, facts: [] };
}
