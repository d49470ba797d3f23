import { useEffect, useState } from 'react';
import { sentenceOf } from '../../api/client.ts';
import type { BodyFacts } from './work/facts.ts';
import { type Ask, type Asked, type AskName, keyOf } from './work/work.ts';
import { type BodyWorker, openWorker } from './worker.ts';

/** Who answers questions about these bytes; null until they are there. */
export function useWorker(blob: Blob | null, { mediaType, contentType, charset, cut = false }: BodyFacts): BodyWorker | null {
  const [state, setState] = useState<{ of: Blob; worker: BodyWorker } | null>(null);
  useEffect(() => {
    if (blob === null) return undefined;
    const worker = openWorker(blob, { mediaType, contentType, charset, cut });
    setState({ of: blob, worker });
    return () => {
      worker.close();
      setState(null);
    };
  }, [blob, mediaType, contentType, charset, cut]);
  return state !== null && state.of === blob ? state.worker : null;
}

export interface Answered<Answer> {
  answer: Answer | null;
  /** Why there is none, as a sentence. */
  problem: string;
  /** How far the work is, 0 to 1. */
  share: number;
}

const nothing = { answer: null, problem: '', share: 0 };

/** The answer to a question about a body; nothing while it is worked out, and while nothing is asked. */
export function useAnswer<Name extends AskName>(worker: BodyWorker | null, ask: Ask<Name> | null): Answered<Asked[Name]['answer']> {
  const [state, setState] = useState<{ of: BodyWorker; key: string; is: Answered<Asked[Name]['answer']> } | null>(null);
  const key = ask === null ? '' : keyOf(ask);
  useEffect(() => {
    if (worker === null || key === '') return undefined;
    const stop = new AbortController();
    const told = (is: Partial<Answered<Asked[Name]['answer']>>): void => {
      if (!stop.signal.aborted) setState({ of: worker, key, is: { ...nothing, ...is } });
    };
    worker
      .do(JSON.parse(key) as Ask<Name>, { signal: stop.signal, onProgress: (share) => told({ share }) })
      .then((answer) => told({ answer, share: 1 }))
      .catch((error: unknown) => told({ problem: sentenceOf(error) }));
    return () => stop.abort();
  }, [worker, key]);
  return state !== null && state.of === worker && state.key === key ? state.is : nothing;
}
