import type Docker from 'dockerode';
import { ensureAgentImage } from './ensure.ts';
import { type ImageParts, readParts } from './parts.ts';

interface Work {
  promise: Promise<string>;
  abort: AbortController;
  waiting: Set<(step: string) => void>;
  step: string;
}

/**
 * `ensureAgentImage` for many containers at once: they wait for the same work, and it ends early only when none of them waits any more.
 */
export function sharedAgentImage(
  ensure: typeof ensureAgentImage = ensureAgentImage,
): (docker: Docker, options: { progress: (step: string) => void; signal: AbortSignal }) => Promise<string> {
  const running = new Map<Docker, Work>();
  // An engine that runs from a checkout does not get newer either.
  let read: Promise<ImageParts> | null = null;
  const parts = (): Promise<ImageParts> => {
    read ??= readParts().catch((error: unknown) => {
      read = null;
      throw error;
    });
    return read;
  };
  return async (docker, { progress, signal }) => {
    signal.throwIfAborted();
    const work = running.get(docker) ?? begin(docker);
    // A function of its own, so that one and the same callback may wait twice.
    const tell = (step: string): void => progress(step);
    work.waiting.add(tell);
    if (work.step !== '') tell(work.step);
    try {
      return await Promise.race([work.promise, aborted(signal)]);
    } finally {
      work.waiting.delete(tell);
      if (work.waiting.size === 0) {
        work.abort.abort();
        if (running.get(docker) === work) running.delete(docker);
      }
    }
  };

  function begin(docker: Docker): Work {
    const abort = new AbortController();
    const work: Work = { promise: Promise.resolve(''), abort, waiting: new Set(), step: '' };
    work.promise = ensure(docker, {
      parts,
      signal: abort.signal,
      progress: (step) => {
        work.step = step;
        for (const tell of work.waiting) tell(step);
      },
    });
    // Whoever still waits hears of it.
    work.promise.catch(() => undefined);
    running.set(docker, work);
    return work;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
