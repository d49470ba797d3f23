import { create } from 'zustand';
import type { PairHistogram } from '../../proxy-core/rrpair/shapes.ts';
import { useEngine } from '../api/engine.ts';
import { inSnapshot } from '../list/snapshot.ts';
import { useList } from '../list/store.ts';

/** The newest answer; null before there is one. */
export const useHistogram = create<{ data: PairHistogram | null }>(() => ({ data: null }));

/** Shortest time between two questions, ms. */
const REFRESH_MILLIS = 500;
/** A slow engine is asked less often: so many times as long as it took is left to others. */
const REST = 4;

/** Keeps the histogram in step with the list's question and with what comes, until the function that is returned is called. */
export function followHistogram(bars: number): () => void {
  let ended = false;
  let asking = false;
  let stale = true;
  let notBefore = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const later = (): void => {
    stale = true;
    if (asking || ended) return;
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), Math.max(0, notBefore - performance.now()));
  };

  const ask = async (): Promise<void> => {
    const { client } = useEngine.getState();
    if (client === null || document.hidden || ended) return;
    const { filter, noise, sort } = useList.getState();
    asking = true;
    stale = false;
    const started = performance.now();
    try {
      const data = await client.pairs.histogram({ filter, noise, sort, range: { bars }, ...inSnapshot() });
      if (!ended) useHistogram.setState({ data });
      stale ||= !data.complete;
    } catch (error) {
      // What is wrong with the question is said above the list; a connection that is gone comes back.
      console.debug('no histogram', error);
    } finally {
      asking = false;
      const now = performance.now();
      notBefore = now + Math.max(REFRESH_MILLIS - (now - started), (now - started) * REST);
      if (stale) later();
    }
  };

  const stops = [
    useEngine.subscribe((now, before) => {
      if (now.revision !== before.revision || now.client !== before.client) later();
    }),
    useList.subscribe((now, before) => {
      if (now.filter === before.filter && now.noise === before.noise && now.snapshot === before.snapshot) return;
      notBefore = 0;
      later();
    }),
  ];
  document.addEventListener('visibilitychange', later);
  later();
  return () => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', later);
    for (const stop of stops) stop();
  };
}
