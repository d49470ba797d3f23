import type { CurlArgument } from './curl-plan.ts';
import { textOf } from './shell-text.ts';

/** curl's short options by the names that its configuration file knows them by. */
const configNames: Readonly<Record<string, string>> = { '': 'url', '-X': 'request', '-H': 'header' };

/**
 * The command for Windows PowerShell 5.1 and PowerShell 7 alike. They hand quotes to native programs in different ways (7.3 changed it), so
 * the options do not travel as arguments: they are piped in as a curl configuration file from a literal here-string, in UTF-8.
 */
export function powershellCommand(args: readonly CurlArgument[]): string {
  const lines = args.map(({ option, value }) => {
    const name = configNames[option] ?? option.replace(/^--/, '');
    return value === null ? name : `${name} = ${quote(value)}`;
  });
  // No line begins with '@ (each begins with an option's name), so nothing captured can end the here-string.
  return `& { $OutputEncoding = [Text.UTF8Encoding]::new($false); @'\n${lines.join('\n')}\n'@ | curl.exe --config - }`;
}

/** A quoted value of a curl configuration file: backslash escapes for quotes, backslashes and line breaks (curl(1), -K). */
function quote(latin1: string): string {
  const text = textOf(latin1) ?? latin1;
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}
