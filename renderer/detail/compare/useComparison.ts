import { useEffect, useState } from 'react';
import type { Diff } from '../../../proxy-core/rrpair/results.ts';
import type { PairDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { isAbort, sentenceOf } from '../../api/client.ts';
import { engine } from '../../api/engine.ts';
import type { ComparedPair, Comparison } from './store.ts';

export interface ComparedPairs {
  before: PairDetail;
  after: PairDetail;
  request: Diff;
  response: Diff;
}

function named({ snapshot }: ComparedPair): { snapshot?: string } {
  return snapshot === undefined ? {} : { snapshot };
}

async function load({ before, after }: Comparison, signal: AbortSignal): Promise<ComparedPairs> {
  const { pairs, replay } = engine();
  const ids = {
    before: before.id,
    after: after.id,
    ...(before.snapshot === undefined ? {} : { beforeSnapshot: before.snapshot }),
    ...(after.snapshot === undefined ? {} : { afterSnapshot: after.snapshot }),
  };
  const [one, two, request, response] = await Promise.all([
    pairs.get({ id: before.id, ...named(before) }, { signal }),
    pairs.get({ id: after.id, ...named(after) }, { signal }),
    replay.diff({ ...ids, side: 'request' }, { signal }),
    replay.diff({ ...ids, side: 'response' }, { signal }),
  ]);
  return { before: one, after: two, request, response };
}

/** Both pairs and what differs; a sentence when they could not be had, null while they are fetched. */
export function useComparison(comparison: Comparison): ComparedPairs | string | null {
  const [state, setState] = useState<{ of: Comparison; is: ComparedPairs | string } | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    load(comparison, stop.signal)
      .then((is) => {
        if (!stop.signal.aborted) setState({ of: comparison, is });
      })
      .catch((error: unknown) => {
        if (!isAbort(error) && !stop.signal.aborted) setState({ of: comparison, is: sentenceOf(error) });
      });
    return () => stop.abort();
  }, [comparison]);
  return state !== null && state.of === comparison ? state.is : null;
}
