import { resolveDataDir } from '../../proxy-core/data-dir.ts';
import type { Container } from '../../proxy-core/rrpair/containers.ts';
import { dockerReady } from '../container-capture.ts';
import { captureText, earlierText, trustText } from '../container-text.ts';
import { joinOrStart } from '../host.ts';
import { exitCodes, print, remark } from '../output.ts';
import type { Column } from '../table.ts';
import { table } from '../table.ts';
import { printable, styled } from '../text.ts';

const columns: readonly Column[] = [
  { title: 'NAME' },
  { title: 'PROJECT', shrinkTo: 7 },
  { title: 'IMAGE', shrinkTo: 8 },
  { title: 'STATE' },
  { title: 'PORTS', shrinkTo: 8 },
  { title: 'CAPTURE', shrinkTo: 8 },
  { title: 'TRUST' },
];

export async function containers(options: { json?: boolean; dataDir?: string }): Promise<number> {
  const host = await joinOrStart(resolveDataDir(options.dataDir), { endsWithCapture: false });
  try {
    await dockerReady(host.client);
    const list = (await host.client.containers.list()).toSorted(byProjectAndName);
    if (options.json === true) await print(list.map((container) => `${JSON.stringify(container)}\n`).join(''));
    else await printTable(list);
    return exitCodes.done;
  } finally {
    await host.release();
  }
}

function byProjectAndName(one: Container, other: Container): number {
  return (one.project ?? '').localeCompare(other.project ?? '') || one.name.localeCompare(other.name);
}

async function printTable(list: readonly Container[]): Promise<void> {
  if (list.length === 0) return remark('There are no containers.');
  const width = process.stdout.isTTY ? process.stdout.columns : undefined;
  const [head = '', ...lines] = table(columns, list.map(cellsOf), width);
  await print(`${styled('dim', head)}\n${lines.map((line) => `${line}\n`).join('')}`);
  for (const container of list) {
    const { name, state, refusal, capture, trust } = container;
    // That one which does not run has to be started first, the table says.
    const why = state === 'running' ? refusal : '';
    for (const text of [why, capture.error, trust.error, earlierText(container)])
      if (text !== '') remark(printable(`${name}: ${text}`));
  }
}

function cellsOf(container: Container): string[] {
  const { name, project, image, state, health, ports } = container;
  return [
    name,
    project ?? '',
    image,
    health === 'none' ? state : `${state} (${health})`,
    ports.map(portText).join(', '),
    captureText(container),
    container.capture.state === 'off' ? '' : trustText(container),
  ].map(printable);
}

function portText({ host, container, protocol }: Container['ports'][number]): string {
  return `${host === null ? '' : `${host}→`}${container}${protocol === 'tcp' ? '' : `/${protocol}`}`;
}
