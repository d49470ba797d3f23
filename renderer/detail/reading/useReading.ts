import { useEffect, useState } from 'react';
import type { Reading } from '../../../proxy-core/rrpair/reading.ts';
import type { PairDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { isAbort, sentenceOf } from '../../api/client.ts';
import { engine } from '../../api/engine.ts';
import { inSnapshot } from '../../list/snapshot.ts';

export interface ReadingState {
  /** Null while it is read, and where there is nothing to read. */
  reading: Reading | null;
  /** Why it could not be had. */
  problem: string;
}

/** What a pair says, with the page of its tables that begins with `row`. Read anew when more of the pair has come. */
export function useReading(detail: PairDetail, row: number): ReadingState {
  const [state, setState] = useState<ReadingState & { id: number }>({ id: 0, reading: null, problem: '' });
  const { id } = detail;
  const grown = `${detail.state} ${String(detail.request.keptBytes)} ${String(detail.response?.keptBytes ?? 0)}`;
  useEffect(() => {
    const stop = new AbortController();
    engine()
      .pairs.reading({ id, row, ...inSnapshot() }, { signal: stop.signal })
      .then((reading) => {
        if (!stop.signal.aborted) setState({ id, reading, problem: '' });
      })
      .catch((error: unknown) => {
        if (!isAbort(error) && !stop.signal.aborted) setState({ id, reading: null, problem: sentenceOf(error) });
      });
    return () => stop.abort();
  }, [id, row, grown]);
  return state.id === id ? state : { reading: null, problem: '' };
}
