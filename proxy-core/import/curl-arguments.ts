import { letters, switches, valued } from './curl-options.ts';

/** One argument of a curl command. */
export type CurlArgument =
  | { kind: 'url'; value: string }
  /** `name` is the long one; `shown` as it was written. A switch has no value, and `on` is false for `--no-…`. */
  | { kind: 'option'; name: string; shown: string; value: string | null; on: boolean }
  | { kind: 'unknown'; shown: string }
  | { kind: 'incomplete'; shown: string };

/** Reads the arguments of a curl command as curl does; also `--name=value`, which many believe it takes. */
export function curlArguments(words: readonly string[]): CurlArgument[] {
  const out: CurlArgument[] = [];
  let onlyUrls = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (onlyUrls || !word.startsWith('-') || word === '-') out.push({ kind: 'url', value: word });
    else if (word === '--') onlyUrls = true;
    else {
      const next = words[at + 1];
      const read = word.startsWith('--') ? longOption(word, next) : shortOptions(word, next);
      out.push(...read.found);
      if (read.tookNext) at += 1;
    }
  }
  return out;
}

interface Read {
  found: CurlArgument[];
  tookNext: boolean;
}

function longOption(word: string, next: string | undefined): Read {
  const written = word.slice(2);
  const equals = written.indexOf('=');
  const name = longName(written) ?? (equals > 0 ? longName(written.slice(0, equals)) : null);
  if (name === null) {
    const positive = written.startsWith('no-') ? longName(written.slice(3)) : null;
    if (positive !== null && switches.has(positive)) {
      return { found: [{ kind: 'option', name: positive, shown: word, value: null, on: false }], tookNext: false };
    }
    return { found: [{ kind: 'unknown', shown: word }], tookNext: false };
  }
  const shown = `--${name}`;
  if (switches.has(name)) return { found: [{ kind: 'option', name, shown, value: null, on: true }], tookNext: false };
  if (longName(written) === null) {
    return { found: [{ kind: 'option', name, shown, value: written.slice(equals + 1), on: true }], tookNext: false };
  }
  return withNext(name, shown, next);
}

/** The option's name; curl takes the beginning of one where it fits a single option. */
function longName(written: string): string | null {
  if (switches.has(written) || valued.has(written)) return written;
  if (written.length < 3) return null;
  const fitting = [...switches, ...valued].filter((name) => name.startsWith(written));
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}

function withNext(name: string, shown: string, next: string | undefined): Read {
  if (next === undefined) return { found: [{ kind: 'incomplete', shown }], tookNext: false };
  return { found: [{ kind: 'option', name, shown, value: next, on: true }], tookNext: true };
}

/** `-sSLXPOST`: letters up to one that takes a value, which is the rest of the word or the next one. */
function shortOptions(word: string, next: string | undefined): Read {
  const found: CurlArgument[] = [];
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] ?? '';
    const name = letters[letter];
    const shown = `-${letter}`;
    if (name === undefined) {
      // What an unknown letter takes is not known either, so neither is what the rest of the word means.
      found.push({ kind: 'unknown', shown: at === 1 ? word : `-${word.slice(at)}` });
      return { found, tookNext: false };
    }
    if (switches.has(name)) {
      found.push({ kind: 'option', name, shown, value: null, on: true });
      continue;
    }
    const rest = word.slice(at + 1);
    if (rest !== '') {
      found.push({ kind: 'option', name, shown, value: rest, on: true });
      return { found, tookNext: false };
    }
    const read = withNext(name, shown, next);
    return { found: [...found, ...read.found], tookNext: read.tookNext };
  }
  return { found, tookNext: false };
}

/** The arguments that a curl configuration file (curl(1), -K) stands for. */
export function configArguments(text: string): CurlArgument[] {
  const words: string[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*(?:--)?([\w.-]+)(?:\s*[=:]\s*|\s+|\s*$)(.*)$/.exec(line);
    if (match === null || line.trimStart().startsWith('#')) continue;
    const [, name = '', rest = ''] = match;
    const value = configValue(rest.trim());
    if (name === 'url') words.push(value ?? '');
    else words.push(name.length === 1 ? `-${name}` : `--${name}`, ...(value === null ? [] : [value]));
  }
  return curlArguments(words);
}

function configValue(text: string): string | null {
  if (text === '') return null;
  if (!text.startsWith('"')) return text;
  const plain: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', v: '\v' };
  const inside = /^"((?:[^"\\]|\\[\s\S])*)"?/.exec(text)?.[1] ?? '';
  return inside.replaceAll(/\\([\s\S])/g, (_, character: string) => plain[character] ?? character);
}
