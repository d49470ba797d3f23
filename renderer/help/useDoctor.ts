import { useEffect, useState } from 'react';
import type { Check } from '../../proxy-core/rrpair/results.ts';
import { isAbort, sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';

export interface Diagnosis {
  /** As far as they were made. */
  checks: readonly Check[];
  running: boolean;
  /** Why they could not be made, as a sentence; empty when they could. */
  problem: string;
}

/** Checks every step on the way of a request, one after the other, and again whenever `turn` changes. */
export function useDoctor(turn: number | string): Diagnosis {
  const [diagnosis, setDiagnosis] = useState<Diagnosis>({ checks: [], running: true, problem: '' });
  useEffect(() => {
    const stop = new AbortController();
    const run = async (): Promise<void> => {
      setDiagnosis({ checks: [], running: true, problem: '' });
      try {
        for await (const check of await engine().doctor(undefined, { signal: stop.signal })) {
          if (stop.signal.aborted) return;
          setDiagnosis((before) => ({ ...before, checks: [...before.checks, check] }));
        }
      } catch (error) {
        if (isAbort(error) || stop.signal.aborted) return;
        setDiagnosis((before) => ({ ...before, problem: sentenceOf(error) }));
      }
      if (!stop.signal.aborted) setDiagnosis((before) => ({ ...before, running: false }));
    };
    void run();
    return () => stop.abort();
  }, [turn]);
  return diagnosis;
}
