import { useEffect, useEffectEvent, useState } from 'react';
import { isAbort, sentenceOf } from '../api/client.ts';

export interface Answer<Value> {
  value: Value | null;
  problem: string;
}

/** Asks the engine when the dialog opens and whenever `key` changes. The answer before stays until the next has come. */
export function useAnswer<Value>(key: string, ask: (signal: AbortSignal) => Promise<Value>): Answer<Value> {
  const [answer, setAnswer] = useState<Answer<Value>>({ value: null, problem: '' });
  const asked = useEffectEvent(ask);
  useEffect(() => {
    const stop = new AbortController();
    const run = async (): Promise<void> => {
      try {
        const value = await asked(stop.signal);
        if (!stop.signal.aborted) setAnswer({ value, problem: '' });
      } catch (error) {
        if (!isAbort(error) && !stop.signal.aborted) setAnswer((before) => ({ ...before, problem: sentenceOf(error) }));
      }
    };
    void run();
    return () => stop.abort();
  }, [key]);
  return answer;
}
