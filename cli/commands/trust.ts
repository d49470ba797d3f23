import { resolveDataDir } from '../../proxy-core/data-dir.ts';
import { SidetapError } from '../../proxy-core/errors.ts';
import { trustText } from '../container-text.ts';
import { exitCodes, print } from '../output.ts';
import type { AppliedTrust } from '../plan.ts';
import { connectToRunning } from '../reach.ts';
import { printable } from '../text.ts';

export interface TrustOptions {
  how?: AppliedTrust;
  undo?: boolean;
  json?: boolean;
  dataDir?: string;
}

/** Whatever is changed for a container is undone with its capture, so it needs an engine that goes on. */
export async function trust(container: string, options: TrustOptions): Promise<number> {
  const { how, undo } = options;
  if ((how === undefined) === (undo !== true)) {
    throw new SidetapError('bad-usage', 'Say either --how bundle, --how restart or --how twin, or --undo.');
  }
  const running = await connectToRunning(resolveDataDir(options.dataDir));
  if (running === null) {
    throw new SidetapError(
      'engine-not-running',
      `${printable(container)} is not captured. Capture it with \`sidetap start capture --container ${printable(container)} --trust ${how ?? 'bundle'}\`.`,
    );
  }
  try {
    const { containers } = running.client;
    const changed = how === undefined ? await containers.untrust({ container }) : await containers.trust({ container, how });
    if (options.json === true) await print(`${JSON.stringify(changed)}\n`);
    else await print(`${printable(changed.name)}: ${trustText(changed)}\n`);
    return exitCodes.done;
  } finally {
    running.close();
  }
}
