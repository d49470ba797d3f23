import { useEffect, useState } from 'react';
import { isAbort, sentenceOf } from '../api/client.ts';

export interface Answer<Value> {
  value: Value | null;
  problem: string;
}

/** Asks the engine when the dialog opens and whenever `key` changes. The answer before stays until the next has come. */
export function useAnswer<Value>(key: string, ask: (signal: AbortSignal) => Promise<Value>): Answer<Value> {
  const [answer, setAnswer] = useState<Answer<Value>>({ value: null, problem: '' });
  useEffect(() => {
    const stop = new AbortController();
    const run = async (): Promise<void> => {
      try {
        const value = await ask(stop.signal);
        if (!stop.signal.aborted) setAnswer({ value, problem: '' });
      } catch (error) {
        if (!isAbort(error) && !stop.signal.aborted) setAnswer((before) => ({ ...before, problem: sentenceOf(error) }));
      }
    };
    void run();
    return () => stop.abort();
    // `ask` is another function at every drawing; `key` says when it asks for something else.
  }, [key]);
  return answer;
}
