import type { CaptureStatus } from '../../proxy-core/api/contract.ts';
import { resolveDataDir } from '../../proxy-core/data-dir.ts';
import { SidetapError } from '../../proxy-core/errors.ts';
import type { LaunchKind } from '../../proxy-core/rrpair/launch-kinds.ts';
import type { Launched } from '../../proxy-core/rrpair/launched.ts';
import { type Host, joinOrStart, windowUrl } from '../host.ts';
import { exitCodes, onBrokenPipe, print, remark } from '../output.ts';
import { EndSignals, exitCodeOf } from '../signals.ts';
import { printable } from '../text.ts';

export interface OpenOptions {
  json?: boolean;
  dataDir?: string;
}

/**
 * Opens a terminal or a browser under capture. Where an engine runs, that one keeps it; else this command captures until it is closed, the
 * capture is switched off, or Ctrl-C.
 */
export async function open(kind: LaunchKind, url: string | undefined, options: OpenOptions): Promise<number> {
  const signals = new EndSignals();
  const host = await joinOrStart(resolveDataDir(options.dataDir), { endsWithCapture: true });
  try {
    const opening = host.client.launch.open({ kind, url, ...(kind === 'terminal' ? { folder: process.cwd() } : {}) });
    const opened = await Promise.race([opening, signals.first, host.ended.then(engineGone)]);
    if (typeof opened === 'string') return exitCodeOf(opened);
    const { capture } = await host.client.status();
    await announce(host, opened, capture, options.json === true);
    if (!host.own) return exitCodes.done;
    onBrokenPipe(() => {});
    const end = await Promise.race([signals.first, closed(host, opened.id)]);
    return end === undefined ? exitCodes.done : exitCodeOf(end);
  } finally {
    await host.release();
  }
}

async function announce(host: Host, opened: Launched, capture: CaptureStatus, asJson: boolean): Promise<void> {
  if (opened.note !== '') remark(`sidetap: ${printable(opened.note)}`);
  if (asJson) {
    const { id, kind, program, note } = opened;
    const { url: api, token } = host.api;
    await print(
      `${JSON.stringify({ event: 'opened', id, kind, program, note, outbound: capture.outbound?.url ?? null, api, token })}\n`,
    );
    return;
  }
  await print(`${printable(opened.program)} is open under capture; it is closed with it.\n`);
  if (host.own) await print(`The window is at ${windowUrl(host.api)}\nIt ends when you close it, or with Ctrl-C.\n`);
}

/** Resolves when it is not open any more, or the engine has ended. */
async function closed(host: Host, id: number): Promise<void> {
  try {
    for await (const { status } of await host.client.live()) {
      const found = status.launched.find((each) => each.id === id);
      if (found === undefined || found.state === 'ended') return;
    }
  } catch (error) {
    // The engine has ended, and with it what it had open.
    if (!(error instanceof SidetapError)) throw error;
  }
}

function engineGone(): never {
  throw new SidetapError('engine-not-running', 'Sidetap has ended before it was open. Start it again.');
}
