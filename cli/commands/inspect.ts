import { resolveDataDir } from '../../proxy-core/data-dir.ts';
import { canOpenBrowser, openBrowser } from '../browser.ts';
import { joinOrStart, windowUrl } from '../host.ts';
import { exitCodes, onBrokenPipe, print } from '../output.ts';
import { EndSignals } from '../signals.ts';

export interface InspectOptions {
  /** False with `--no-open`. */
  open: boolean;
  json?: boolean;
  dataDir?: string;
}

export async function inspect(options: InspectOptions): Promise<number> {
  const signals = new EndSignals();
  const host = await joinOrStart(resolveDataDir(options.dataDir), { endsWithCapture: false });
  try {
    const window = windowUrl(host.api);
    if (options.json === true) {
      await print(`${JSON.stringify({ event: 'ready', window, api: host.api.url, token: host.api.token })}\n`);
    } else {
      await print(`The window is at ${window}\n`);
    }
    if (options.open && options.json !== true && canOpenBrowser()) openBrowser((await host.client.ticket()).url);
    if (!host.own) return exitCodes.done;
    if (options.json !== true) await print('Ctrl-C ends it.\n');
    onBrokenPipe(() => {});
    await Promise.race([signals.first, host.ended]);
    return exitCodes.done;
  } finally {
    await host.release();
  }
}
