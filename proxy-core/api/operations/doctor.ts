import { setTimeout as delay } from 'node:timers/promises';
import { probePath } from '../../doctor/listeners.ts';

/** What the doctor's probes need to find themselves among the pairs: those of an engine, here or at the other end of a connection. */
export interface ProbeSearch {
  /** How many pairs match. */
  matching: (filter: string) => Promise<number>;
  flush: () => Promise<unknown>;
}

/** Resolves true when a probe was recorded, false when it was not until `signal` aborted. */
export async function recordedProbe(search: ProbeSearch, marker: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    await search.flush();
    if ((await search.matching(`path:"${probePath}${marker}"`)) > 0) return true;
    await delay(50);
  }
  return false;
}
