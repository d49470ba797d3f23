import path from 'node:path';
import { powershellString, quoted } from '../tls/quoting.ts';
import { runtimeVariables } from '../tls/runtime-variables.ts';
import { setupSnippet } from '../tls/snippets.ts';
import type { Circumstances } from './plan.ts';

const banner = 'Sidetap: what you start here is captured. This terminal closes with the capture.';

interface Scripts {
  /** What the terminal runs: it says who it is, and becomes the shell. */
  main: string;
  /** Files beside it, by their path in the folder. */
  others: Record<string, string>;
}

const word = (text: string): string => quoted('bash', text);

/**
 * A user's own start files may set a proxy too, so for the shells that can be told to, ours are set after those; other shells find them in
 * their environment. `sign` is the file that is to hold the shell's process id.
 */
export function shellScript(
  { folder, cwd, outbound, trust, environment, platform }: Circumstances,
  shell: string,
  sign: string,
): Scripts {
  const file = (name: string): string => path.join(folder, name);
  const lines = (kind: 'bash' | 'fish'): string => setupSnippet(kind, { outbound, trust, command: [], platform }).lines;
  const script = (...end: string[]): string =>
    [
      '#!/bin/sh',
      `cd ${word(cwd)} 2>/dev/null`,
      // There whole or not at all.
      `printf '%s\\n' "$$" >${word(`${sign}.part`)} && mv ${word(`${sign}.part`)} ${word(sign)}`,
      `printf '\\033]0;Sidetap\\007%s\\n\\n' ${word(banner)}`,
      ...end,
      '',
    ].join('\n');
  switch (path.basename(shell)) {
    case 'bash':
      return {
        main: script(`exec ${word(shell)} --rcfile ${word(file('bashrc'))} -i`),
        others: {
          bashrc: `${platform === 'darwin' ? source('$HOME/.bash_profile') : ''}${source('$HOME/.bashrc')}${lines('bash')}`,
        },
      };
    case 'zsh': {
      const own = word(environment['ZDOTDIR'] ?? environment['HOME'] ?? '');
      const theirs = (name: string): string => `ZDOTDIR=${own}\n${source(`$ZDOTDIR/${name}`)}ZDOTDIR=${word(file('zsh'))}\n`;
      return {
        main: script(`export ZDOTDIR=${word(file('zsh'))}`, `exec ${word(shell)} -i`),
        others: { 'zsh/.zshenv': theirs('.zshenv'), 'zsh/.zshrc': `ZDOTDIR=${own}\n${source('$ZDOTDIR/.zshrc')}${lines('bash')}` },
      };
    }
    case 'fish':
      return {
        main: script(`exec ${word(shell)} -i -C ${word(`source ${quoted('fish', file('env.fish'))}`)}`),
        others: { 'env.fish': lines('fish') },
      };
    default: {
      const variables = runtimeVariables({ outbound, trust, current: environment, platform });
      const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${word(value)}`);
      return { main: script(...exports, `exec ${word(shell)}`), others: {} };
    }
  }
}

function source(name: string): string {
  return `[ -r "${name}" ] && . "${name}"\n`;
}

export function powershellScript({ outbound, trust, cwd }: Circumstances, sign: string): string {
  const { lines } = setupSnippet('powershell', { outbound, trust, command: [], platform: 'win32' });
  return [
    `Set-Location -LiteralPath ${powershellString(cwd)}`,
    `[IO.File]::WriteAllText(${powershellString(sign)}, "$PID")`,
    `Write-Host ${powershellString(banner)}`,
    lines,
  ].join('\r\n');
}
