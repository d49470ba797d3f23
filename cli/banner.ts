import type { CaptureStatus } from '../proxy-core/api/contract.ts';
import type { EnvironmentFiles } from './environment-files.ts';
import { printable, styled } from './text.ts';

export interface BannerFacts {
  status: CaptureStatus;
  /** Address of the window, token included. */
  window: string;
  /** Null when a command is started, which has the variables already. */
  files: EnvironmentFiles | null;
  command: readonly string[];
}

/** What a person needs to know when capture is on. */
export function banner({ status, window, files, command }: BannerFacts): string {
  const { app, inbound, outbound } = status;
  const lines = [styled('bold', 'Sidetap is capturing.'), ''];
  if (inbound !== null) {
    lines.push(`  Call your app at   ${styled('green', inbound.url)}   (passed on to ${app ?? ''})`);
  }
  if (outbound !== null) {
    lines.push(`  What it calls      ${styled('green', outbound.url)}   (HTTP and SOCKS proxy)`);
  }
  lines.push(`  Window             ${styled('green', window)}`);
  lines.push('                     or `sidetap inspect`; in a terminal `sidetap list`', '');
  if (files !== null && outbound !== null) {
    lines.push(
      'To capture what your app calls too, paste one line into the terminal that starts it:',
      '',
      `  bash, zsh    source ${quote(files.bash)}`,
      `  fish         source ${quote(files.fish)}`,
      `  PowerShell   . ${quote(files.powershell)}`,
      '',
      `They set HTTP_PROXY=${outbound.url}, HTTPS_PROXY and what makes curl, Node, Python, Java, Go, Ruby, .NET and others`,
      'trust the certificates, for as long as that terminal is open. Or let Sidetap start it:',
      '',
      `  sidetap start capture${app === null ? '' : ` --port ${app}`} -- COMMAND`,
      '',
    );
  }
  lines.push(command.length > 0 ? `Starting ${shortened(command)}` : 'Ctrl-C or `sidetap stop capture` ends it.', '');
  return lines.join('\n');
}

function shortened(command: readonly string[]): string {
  const text = printable(command.join(' '));
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

/** A path as one word; single quotes mean the same in all three shells as long as there is none inside. */
function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text}'`;
}
