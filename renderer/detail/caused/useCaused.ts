import { useEffect, useState } from 'react';
import type { Caused } from '../../../proxy-core/rrpair/caused.ts';
import type { PairDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { isAbort, sentenceOf } from '../../api/client.ts';
import { engine, useEngine } from '../../api/engine.ts';
import { inSnapshot } from '../../list/snapshot.ts';

/** While it may still change, it is asked for again when pairs have come, not more often than that, ms. */
const AGAIN_MILLIS = 1_000;
/** So long after its end a request gets no more calls to its name, ms: what was written late has come. */
const SETTLED_MILLIS = 10_000;

export interface CausedState {
  /** Null before the first answer. */
  caused: Caused | null;
  /** Why it could not be had. */
  problem: string;
  /** When it was answered, Unix epoch, ms. */
  at: number;
}

function isSettled({ state, startedAt, durationMs }: PairDetail): boolean {
  return state === 'done' && Date.now() - Date.parse(startedAt) - (durationMs ?? 0) > SETTLED_MILLIS;
}

/** What a pair caused, or what caused it. */
export function useCaused(detail: PairDetail): CausedState {
  const [state, setState] = useState<CausedState & { id: number }>({ id: 0, caused: null, problem: '', at: 0 });
  const { id } = detail;
  const settled = isSettled(detail);
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let shown = -1;
    const look = async (): Promise<void> => {
      const { revision } = useEngine.getState();
      if (!document.hidden && revision !== shown) {
        try {
          const caused = await engine().pairs.caused({ id, ...inSnapshot() }, { signal: stop.signal });
          if (stop.signal.aborted) return;
          setState({ id, caused, problem: '', at: Date.now() });
          shown = revision;
        } catch (error) {
          if (!isAbort(error) && !stop.signal.aborted) setState({ id, caused: null, problem: sentenceOf(error), at: 0 });
        }
      }
      if (!settled && !stop.signal.aborted) timer = setTimeout(() => void look(), AGAIN_MILLIS);
    };
    void look();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [id, settled]);
  return state.id === id ? state : { caused: null, problem: '', at: 0 };
}
