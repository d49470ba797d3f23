import type { CaptureStatus } from '../proxy-core/api/contract.ts';
import type { Container, RunImage } from '../proxy-core/rrpair/containers.ts';
import { listensAt } from './container-text.ts';
import type { EnvironmentFiles } from './environment-files.ts';
import { printable, styled } from './text.ts';

export interface BannerFacts {
  /** The capture of an application on this machine. */
  proxy: CaptureStatus | null;
  containers: readonly Container[];
  /** What one of them was started from. */
  image: RunImage | null;
  /** Address of the window, token included. */
  window: string;
  /** Null when a command is started, which has the variables already. */
  files: EnvironmentFiles | null;
  command: readonly string[];
}

/** What a person needs to know when capture is on. */
export function banner(facts: BannerFacts): string {
  const { proxy, window, command } = facts;
  const inbound = proxy?.inbound ?? null;
  const outbound = proxy?.outbound ?? null;
  const lines = [styled('bold', 'Sidetap is capturing.'), '', ...containerLines(facts)];
  if (inbound !== null) {
    lines.push(`  Call your app at   ${styled('green', inbound.url)}   (passed on to ${proxy?.app ?? ''})`);
  }
  if (outbound !== null) {
    lines.push(`  What it calls      ${styled('green', outbound.url)}   (HTTP and SOCKS proxy)`);
  }
  lines.push(`  Window             ${styled('green', window)}`);
  lines.push('                     or `sidetap inspect`; in a terminal `sidetap list`', '', ...environmentLines(facts));
  lines.push(command.length > 0 ? `Starting ${shortened(command)}` : ending(facts), '');
  return lines.join('\n');
}

/** A line for each container, and where it can be called. */
function containerLines({ containers, image }: BannerFacts): string[] {
  const width = Math.max(16, ...containers.map(({ name }) => printable(name).length));
  return containers.flatMap((container) => {
    const { name, capture } = container;
    const ports = capture.inPorts.length === 0 ? 'nothing listens yet' : `in on ${capture.inPorts.join(', ')}`;
    const calls = capture.outbound ? 'and all that it calls' : 'not what it calls';
    const line = `  ${printable(name).padEnd(width)}   ${ports}, ${calls}`;
    const addresses = listensAt(container);
    if (addresses.length === 0) return [line];
    const label = image === null ? '' : 'Call it at';
    return [line, `  ${label.padEnd(width)}   ${addresses.map((address) => styled('green', address)).join('  ')}`];
  });
}

function environmentLines({ proxy, files }: BannerFacts): string[] {
  const outbound = proxy?.outbound ?? null;
  if (files === null || outbound === null) return [];
  const app = proxy?.app ?? null;
  return [
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
  ];
}

function ending({ image }: BannerFacts): string {
  const what = image === null ? 'ends it.' : 'ends it and removes the container.';
  return `Ctrl-C or \`sidetap stop capture\` ${what}`;
}

function shortened(command: readonly string[]): string {
  const text = printable(command.join(' '));
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

/** A path as one word; single quotes mean the same in all three shells as long as there is none inside. */
function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text}'`;
}
