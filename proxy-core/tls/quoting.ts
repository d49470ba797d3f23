import { assertNever } from '../errors.ts';
import type { SnippetShell } from '../rrpair/results.ts';

/** A text as one word of a shell's command line. What needs no quotes gets none, for it is to be read by people. */
export function quoted(shell: SnippetShell, text: string): string {
  const plain = /^[A-Za-z0-9_@+=:,./-]+$/;
  switch (shell) {
    case 'bash':
      return plain.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
    case 'fish':
      return plain.test(text) ? text : `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
    case 'powershell':
      // A bare `--` would be eaten by the .ps1 that npm installs for a command.
      return /^[A-Za-z0-9_/.:][A-Za-z0-9_=:./\\-]*$/.test(text) || /^--?[a-z][a-z-]*$/.test(text) ? text : powershellString(text);
    case 'cmd':
      return /^[A-Za-z0-9_@+:./\\-]+$/.test(text) ? text : cmdWord(text);
    default:
      return assertNever(shell);
  }
}

/** A string that PowerShell takes as it is. Typographic quotes are quotes to it, too. */
export function powershellString(text: string): string {
  return `'${text.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
}

/**
 * A word for cmd.exe and then for the C runtime of the program that is started: quotes and the backslashes before them are escaped for the
 * second, and everything that cmd reads is escaped for the first. Percent signs cannot be escaped inside quotes, so nothing is left inside
 * quotes from cmd's point of view.
 */
function cmdWord(text: string): string {
  const forRuntime = `"${text.replaceAll(/(\\*)"/g, String.raw`$1$1\"`).replace(/(\\+)$/, '$1$1')}"`;
  return cmdEscaped(forRuntime);
}

/** Every character that cmd.exe gives a meaning outside quotes, made plain. */
export function cmdEscaped(text: string): string {
  return text.replaceAll(/[()%!^"<>&|]/g, '^$&');
}
