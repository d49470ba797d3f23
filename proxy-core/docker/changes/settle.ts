import { setTimeout as delay } from 'node:timers/promises';
import { limits } from '../../limits.ts';
import { inspectIfThere } from './docker-calls.ts';
import type { Making } from './making.ts';

export type Settled =
  | { readonly state: 'well' }
  | { readonly state: 'ended'; readonly exitCode: number }
  | { readonly state: 'not-healthy' };

/** Time between two looks at a container that has just been started, ms. */
const lookMillis = 100;

/** Waits, bounded, for a container that was just started to be healthy, or to live for a moment where it has no health check. */
export async function settle(making: Making, container: string): Promise<Settled> {
  const started = performance.now();
  let told = false;
  for (;;) {
    making.signal.throwIfAborted();
    const inspected = await inspectIfThere(making.docker, container);
    if (inspected === null) return { state: 'ended', exitCode: 0 };
    const { Running, Restarting, ExitCode, Health } = inspected.State;
    if (!Running || Restarting) return { state: 'ended', exitCode: ExitCode };
    const waited = performance.now() - started;
    // Podman’s word for no check is none at all.
    const checked = Health !== undefined && Health.Status !== 'none' && Health.Status !== '';
    if (checked && Health.Status === 'healthy') return { state: 'well' };
    if (!checked && waited >= limits.containerSettleMillis) return { state: 'well' };
    if (waited >= limits.containerHealthMillis) return { state: 'not-healthy' };
    if (checked && !told) {
      making.progress('Waiting for it to be healthy');
      told = true;
    }
    await delay(lookMillis, undefined, { signal: making.signal });
  }
}

/** The last of what a container printed, for an error. Empty when Docker does not keep it. */
export async function lastWords(making: Making, container: string): Promise<string> {
  try {
    const output = await making.docker.getContainer(container).logs({ stdout: true, stderr: true, tail: 5 });
    // Without a terminal each piece has a header of eight bytes, which begins with the stream's number.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the header is made of control characters
    const text = output.toString('utf8').replace(/[\u0000-\u0002]\0\0\0[\s\S]{4}/g, '');
    return text.trim().slice(-limits.lastWordsChars);
  } catch {
    return ''; // a log driver that cannot be read; the exit code is told all the same
  }
}
