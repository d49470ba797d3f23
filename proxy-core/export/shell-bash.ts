import type { CurlArgument } from './curl-plan.ts';
import { invisible, textOf } from './shell-text.ts';

/** The command for bash and zsh, an option a line. */
export function bashCommand(args: readonly CurlArgument[]): string {
  const lines = args.map(({ option, value }) =>
    [option, value === null ? '' : bashWord(value)].filter((part) => part !== '').join(' '),
  );
  return `curl ${lines.join(' \\\n  ')}`;
}

/** A word of a command line, of bytes as latin-1: single quotes where they do; `$'…'` (bash, zsh, ksh) for what a terminal would not show or cannot hold as text. */
export function bashWord(latin1: string): string {
  const text = textOf(latin1);
  if (text !== null && !invisible.test(text.replaceAll('\n', ''))) {
    return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
  }
  let out = '';
  for (const byte of Buffer.from(latin1, 'latin1')) {
    if (byte === 0x27 || byte === 0x5c) out += `\\${String.fromCodePoint(byte)}`;
    else if (byte === 0x0a) out += '\\n';
    else if (byte === 0x0d) out += '\\r';
    else if (byte === 0x09) out += '\\t';
    // Three octal digits never run into the digit that follows, as \x could in some shells.
    else if (byte < 0x20 || byte > 0x7e) out += `\\${byte.toString(8).padStart(3, '0')}`;
    else out += String.fromCodePoint(byte);
  }
  return `$'${out}'`;
}
