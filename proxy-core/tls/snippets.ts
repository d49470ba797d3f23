import { assertNever } from '../errors.ts';
import type { Setup, SnippetShell } from '../rrpair/results.ts';
import { cmdEscaped, powershellString, quoted } from './quoting.ts';
import { appendedVariables, type RuntimeVariablesOptions, runtimeVariables } from './runtime-variables.ts';

export type SnippetOptions = Omit<RuntimeVariablesOptions, 'current' | 'platform'> & {
  /** The words of the command that starts an application under capture. */
  readonly command: readonly string[];
  /** The system the terminal runs on. */
  readonly platform?: NodeJS.Platform;
};

/**
 * Lines to paste into a terminal, which set there what `runtimeVariables` says. Options that the terminal has already in a variable that
 * takes several are kept.
 */
export function setupSnippet(shell: SnippetShell, options: SnippetOptions): Setup {
  const variables = runtimeVariables({ ...options, current: {}, platform: options.platform ?? process.platform });
  const lines = Object.entries(variables).map(([name, value]) => assignment(shell, name, value));
  return { shell, lines: `${lines.join('\n')}\n`, command: options.command.map((word) => quoted(shell, word)).join(' ') };
}

function assignment(shell: SnippetShell, name: string, value: string): string {
  const append = appendedVariables.has(name);
  switch (shell) {
    case 'bash': {
      const word = quoted(shell, value);
      return append ? `export ${name}="\${${name}:+$${name} }"${word}` : `export ${name}=${word}`;
    }
    case 'fish': {
      const word = quoted(shell, value);
      return append ? `set -gx ${name} (string join ' ' -- $${name} ${word})` : `set -gx ${name} ${word}`;
    }
    case 'powershell': {
      const word = powershellString(value);
      return append ? `$env:${name} = ("$env:${name} " + ${word}).Trim()` : `$env:${name} = ${word}`;
    }
    case 'cmd':
      return append
        ? `if defined ${name} (${cmdSet(name, `%${name}% `, value)}) else ${cmdSet(name, '', value)}`
        : cmdSet(name, '', value);
    default:
      return assertNever(shell);
  }
}

/**
 * The quoted form keeps everything but quotes and percent signs as it is. An interactive cmd has no escape for a percent sign inside quotes,
 * so values with one are written without.
 *
 * @param raw what is to be expanded, in front of the value
 */
function cmdSet(name: string, raw: string, value: string): string {
  return /["%]/.test(value) ? `set ${name}=${raw}${cmdEscaped(value)}` : `set "${name}=${raw}${value}"`;
}
