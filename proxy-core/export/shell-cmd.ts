import type { CurlArgument } from './curl-plan.ts';
import { textOf } from './shell-text.ts';

/** The command for cmd.exe, an option a line. */
export function cmdCommand(args: readonly CurlArgument[]): string {
  const lines = args.map(({ option, value }) =>
    [option, value === null ? '' : quote(value)].filter((part) => part !== '').join(' '),
  );
  return `curl.exe ${lines.join(' ^\r\n  ')}`;
}

/**
 * Two readers take a command line apart: cmd.exe, for which a caret makes any character plain, and then the program's C runtime, for
 * which quotes hold an argument together and `\"` is a quote. So the argument is first written for the runtime, then every character that
 * means something to cmd.exe, the quotes included, gets a caret; a `%` is also kept apart from what could be a variable's name.
 */
function quote(latin1: string): string {
  const text = textOf(latin1) ?? latin1;
  // Backslashes are plain unless a quote follows: only those are doubled.
  const forRuntime = text.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1');
  return `"${forRuntime}"`.replaceAll(/[^\w\s\-:=+~'/.,?;*\\@#$[\]{}]/gu, '^$&').replaceAll(/%(?=\w)/g, '%^');
}
