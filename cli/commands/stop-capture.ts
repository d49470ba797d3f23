import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../../proxy-core/api/client.ts';
import { isDataDirLocked, resolveDataDir } from '../../proxy-core/data-dir.ts';
import { SidetapError } from '../../proxy-core/errors.ts';
import { limits } from '../../proxy-core/limits.ts';
import type { Container } from '../../proxy-core/rrpair/containers.ts';
import { imagesText, type RemovedImages, removeAgentImages } from '../agent-images.ts';
import { findContainer, isCaptured } from '../container-text.ts';
import { exitCodes, print } from '../output.ts';
import type { Running } from '../reach.ts';
import { connectToRunning } from '../reach.ts';
import { count, printable } from '../text.ts';

export interface StopCaptureOptions {
  /** Only these, by name, id or compose service. */
  container?: readonly string[];
  /** Removes the agent's image as well. */
  removeImage?: boolean;
  json?: boolean;
  dataDir?: string;
}

export async function stopCapture(options: StopCaptureOptions): Promise<number> {
  const dataDir = resolveDataDir(options.dataDir);
  const running = await connectToRunning(dataDir);
  if (running === null) {
    // What an earlier capture left can be removed at any time.
    if (options.removeImage === true && options.container === undefined) return await removeImageOnly(options);
    throw new SidetapError('not-capturing', `Nothing is captured on ${dataDir}: no Sidetap runs there.`);
  }
  try {
    const stopped = options.container === undefined ? await all(running) : await some(running.client, options.container);
    // A process that is there for its capture ends with it; the window's engine stays.
    const ends = running.info.endsWithCapture && (await isIdle(running.client, options));
    if (ends) await running.client.shutdown();
    running.close();
    if (ends) await ended(dataDir, running.info.pid);
    const images = options.removeImage === true ? await removeAgentImages() : null;
    if (options.json === true) await print(`${JSON.stringify(facts(stopped, ends, images))}\n`);
    else await print(`${sentence(stopped, options)}${images === null ? '' : `${imagesText(images)}\n`}`);
    return exitCodes.done;
  } finally {
    running.close();
  }
}

async function removeImageOnly({ json }: StopCaptureOptions): Promise<number> {
  const images = await removeAgentImages();
  const nothing = { containers: [], pairs: 0 };
  await print(json === true ? `${JSON.stringify(facts(nothing, true, images))}\n` : `${imagesText(images)}\n`);
  return exitCodes.done;
}

interface Stopped {
  containers: Container[];
  pairs: number;
}

/** Everything. The application on this machine is let go by an engine that ends now. */
async function all({ client, info }: Running): Promise<Stopped> {
  const { capture } = await client.status();
  const containers = (await client.containers.list()).filter((container) => isCaptured(container) || container.madeByUs);
  if (!info.endsWithCapture) await client.capture.stop();
  await each(containers, (container) => switchOff(client, container));
  return { containers, pairs: capture.pairsIn + capture.pairsOut + (await recordedOf(client, containers)) };
}

async function some(client: ApiClient, references: readonly string[]): Promise<Stopped> {
  const list = await client.containers.list();
  const containers = [...new Set(references)].map((reference) => meant(list, reference));
  await each(containers, (container) => switchOff(client, container));
  return { containers, pairs: await recordedOf(client, containers) };
}

function meant(list: readonly Container[], reference: string): Container {
  const found = findContainer(list, reference);
  if (found === null) {
    const text = `There is no container, or more than one, that is meant by ${printable(reference)}. \`sidetap containers\` lists them.`;
    throw new SidetapError('container-not-found', text);
  }
  if (!isCaptured(found) && found.capture.state !== 'failed' && !found.madeByUs) {
    throw new SidetapError('not-capturing', `${printable(found.name)} is not captured.`);
  }
  return found;
}

async function switchOff(client: ApiClient, { id, madeByUs }: Container): Promise<void> {
  if (madeByUs) await client.containers.remove({ container: id });
  else await client.containers.detach({ container: id });
}

/** Does it for all of them, then throws what the first one that failed threw. */
async function each(containers: readonly Container[], action: (container: Container) => Promise<void>): Promise<void> {
  const doing = containers.map(action);
  await Promise.allSettled(doing);
  await Promise.all(doing);
}

/** Pairs of containers since their capture began. Those that an agent still had when it was stopped are here by now. */
async function recordedOf(client: ApiClient, containers: readonly Container[]): Promise<number> {
  if (containers.length === 0) return 0;
  await client.pairs.flush();
  let pairs = 0;
  for (const { name, capture } of containers) {
    if (capture.since === null) continue;
    const filter = `source:=${JSON.stringify(name)} time:>=${capture.since}`;
    pairs += (await client.pairs.list({ filter, noise: true, limit: 1 })).total;
  }
  return pairs;
}

/** Whether there is nothing left that an engine for a capture is there for. */
async function isIdle(client: ApiClient, { container }: StopCaptureOptions): Promise<boolean> {
  if (container === undefined) return true;
  const [{ capture }, list] = await Promise.all([client.status(), client.containers.list()]);
  return capture.state === 'off' && !list.some((each) => isCaptured(each) || each.madeByUs);
}

function facts({ containers, pairs }: Stopped, ended: boolean, images: RemovedImages | null): object {
  return {
    event: 'stopped',
    pairs,
    containers: containers.map(({ id, name }) => ({ id, name })),
    engine: ended ? 'ended' : 'running',
    ...(images === null ? {} : { images }),
  };
}

function sentence({ containers, pairs }: Stopped, { container }: StopCaptureOptions): string {
  const recorded = `${count(pairs, 'pair')} recorded; \`sidetap list\` shows them.`;
  if (container === undefined) return `Capture is off. ${recorded}\n`;
  return `Capture of ${printable(containers.map(({ name }) => name).join(', '))} is off. ${recorded}\n`;
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
