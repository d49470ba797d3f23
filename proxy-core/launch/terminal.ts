import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { SidetapError } from '../errors.ts';
import { type Found, findProgram } from './find.ts';
import type { Circumstances, LaunchPlan } from './plan.ts';
import { powershellScript, shellScript } from './terminal-script.ts';

/** Terminals of Linux with what stands before a command on their command line; those that would hand over to a running one are kept from it. */
const terminals: readonly (readonly [program: string, before: readonly string[]])[] = [
  ['x-terminal-emulator', ['-e']],
  ['gnome-terminal', ['--wait', '--']],
  ['konsole', ['--nofork', '-e']],
  ['xfce4-terminal', ['--disable-server', '-x']],
  ['kitty', []],
  ['alacritty', ['-e']],
  ['wezterm', ['start', '--always-new-process', '--']],
  ['xterm', ['-e']],
];

/** Writes the script that a terminal runs, and says how the terminal is started. Throws `launch-failed` when there is none. */
export function planTerminal(circumstances: Circumstances): LaunchPlan {
  const { folder, environment, platform } = circumstances;
  const sign = path.join(folder, 'pid');
  const common = { environment, cwd: circumstances.cwd, signs: [sign], hasShell: true, note: '' };
  if (platform === 'win32') {
    const script = path.join(folder, 'start.ps1');
    // The byte order mark tells Windows PowerShell that it is UTF-8.
    writeFileSync(script, `\uFEFF${powershellScript(circumstances, sign)}`, { mode: 0o600 });
    const command = ['powershell', '-NoExit', '-NoLogo', '-ExecutionPolicy', 'Bypass', '-File', script];
    const wt = findProgram('wt', environment);
    if (wt !== null) return { ...common, program: 'Windows Terminal', file: wt, args: ['-w', '-1', 'new-tab', ...command] };
    const powershell = findProgram('powershell', environment);
    if (powershell === null) throw noTerminal('Windows Terminal');
    return { ...common, program: 'PowerShell', file: powershell, args: command.slice(1) };
  }
  const shell = shellOf(environment);
  // Terminal opens files of this name as programs.
  const script = path.join(folder, 'start.command');
  const { main, others } = shellScript(circumstances, shell, sign);
  for (const [name, text] of Object.entries(others)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true, mode: 0o700 });
    writeFileSync(path.join(folder, name), text, { mode: 0o600 });
  }
  writeFileSync(script, main, { mode: 0o700 });
  if (platform === 'darwin') return { ...common, program: 'Terminal', file: '/usr/bin/open', args: ['-a', 'Terminal', script] };
  const { file, name, before } = findTerminal(environment);
  return { ...common, program: name, file, args: [...before, '/bin/sh', script] };
}

/** The one that the user named in `$TERMINAL`, else the first that is there. */
function findTerminal(environment: NodeJS.ProcessEnv): Found & { before: readonly string[] } {
  const own = environment['TERMINAL'] ?? '';
  for (const program of [...(own === '' ? [] : [own]), ...terminals.map(([name]) => name)]) {
    const file = findProgram(program, environment);
    if (file === null) continue;
    const name = path.basename(program);
    // What is not known takes a command as xterm does: all but a few do.
    return { file, name, before: terminals.find(([known]) => known === name)?.[1] ?? ['-e'] };
  }
  throw noTerminal('xterm, gnome-terminal or konsole');
}

function noTerminal(what: string): SidetapError {
  return new SidetapError('launch-failed', `No terminal was found on this machine. Install ${what}, or name yours in TERMINAL.`);
}

function shellOf(environment: NodeJS.ProcessEnv): string {
  const named = environment['SHELL'] ?? '';
  if (named !== '' && findProgram(named, environment) !== null) return named;
  try {
    return userInfo().shell ?? '/bin/sh';
  } catch {
    return '/bin/sh'; // a user without an entry
  }
}
