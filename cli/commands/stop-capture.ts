import { setTimeout as delay } from 'node:timers/promises';
import { isDataDirLocked, resolveDataDir } from '../../proxy-core/data-dir.ts';
import { SidetapError } from '../../proxy-core/errors.ts';
import { limits } from '../../proxy-core/limits.ts';
import { exitCodes, print } from '../output.ts';
import { connectToRunning } from '../reach.ts';
import { count } from '../text.ts';

export async function stopCapture(options: { dataDir?: string }): Promise<number> {
  const dataDir = resolveDataDir(options.dataDir);
  const running = await connectToRunning(dataDir);
  if (running === null) {
    throw new SidetapError('not-capturing', `Nothing is captured on ${dataDir}: no Sidetap runs there.`);
  }
  const { capture: before } = await running.client.status();
  // A process that is there for its capture ends with it; the window's engine stays.
  if (running.info.endsWithCapture) await running.client.shutdown();
  else await running.client.capture.stop();
  running.close();
  if (running.info.endsWithCapture) await ended(dataDir, running.info.pid);
  await print(`Capture is off. ${count(before.pairsIn + before.pairsOut, 'pair')} recorded; \`sidetap list\` shows them.\n`);
  return exitCodes.done;
}

/** Waits until the process that captured has let go, so that the next one can start at once. */
async function ended(dataDir: string, pid: number): Promise<void> {
  const deadline = performance.now() + limits.stopWaitMillis;
  while (isDataDirLocked(dataDir)) {
    if (performance.now() > deadline) {
      throw new SidetapError('internal', `Capture is off, but the process ${pid} that captured has not ended yet.`);
    }
    await delay(20);
  }
}
