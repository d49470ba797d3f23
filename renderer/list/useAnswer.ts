import { useEffect, useState } from 'react';
import type { PairQuery } from '../../proxy-core/rrpair/shapes.ts';
import type { EngineClient } from '../api/client.ts';
import { useEngine } from '../api/engine.ts';
import { useList } from './store.ts';

/** The list's question, without its order. */
export type Question = Pick<PairQuery, 'filter' | 'noise'> & { snapshot?: string };

/**
 * What an operation answers to the list's question, asked again when pairs have come; null before the first answer. `restMillis` is the rest between two
 * questions. `ask` must stay the same function.
 */
export function useAnswer<Answer extends { complete: boolean }>(
  ask: (client: EngineClient, question: Question) => Promise<Answer>,
  restMillis: number,
): Answer | null {
  const client = useEngine((state) => state.client);
  const filter = useList((state) => state.filter);
  const noise = useList((state) => state.noise);
  const snapshot = useList((state) => state.snapshot?.id);
  const [answer, setAnswer] = useState<Answer | null>(null);
  useEffect(() => {
    if (client === null) return undefined;
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let shown = -1;
    const look = async (): Promise<void> => {
      const { revision } = useEngine.getState();
      if (!document.hidden && revision !== shown) {
        try {
          const next = await ask(client, { filter, noise, ...(snapshot === undefined ? {} : { snapshot }) });
          if (ended) return;
          setAnswer(next);
          shown = next.complete ? revision : -1;
        } catch (error) {
          // What is wrong with the question is said by the list; a connection that is gone comes back with another client.
          console.debug('no answer', error);
        }
      }
      if (!ended) timer = setTimeout(() => void look(), restMillis);
    };
    void look();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [ask, restMillis, client, filter, noise, snapshot]);
  return answer;
}
