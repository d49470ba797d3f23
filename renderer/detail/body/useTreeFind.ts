import { useDeferredValue, useEffect, useState } from 'react';
import type { TreeSession } from './treeSession.ts';
import { type Finder, placeOf } from './useFind.ts';

/** Looks for a text where the tree is; the window hears how often it was found, and goes from one to the next. */
export function useTreeFind(session: TreeSession): Finder {
  const [input, setInput] = useState('');
  const [current, setCurrent] = useState(0);
  const [found, setFound] = useState<{ needle: string; count: number } | null>(null);
  const [share, setShare] = useState(0);
  const needle = useDeferredValue(input.toLowerCase());
  useEffect(() => {
    if (needle === '') return undefined;
    const stop = new AbortController();
    const told = (count: number): void => {
      if (stop.signal.aborted) return;
      setFound({ needle, count });
      if (count > 0) session.act({ do: 'goToFound', place: 0 });
    };
    setShare(0);
    session.worker
      .do({ what: 'treeFind', as: session.as, needle }, { signal: stop.signal, onProgress: setShare })
      .then(({ count }) => told(count))
      // The body went away, or its thread did: nothing is found in it.
      .catch(() => told(0));
    return () => stop.abort();
  }, [session, needle]);
  const done = needle === '' || found?.needle === needle;
  const count = needle !== '' && done ? (found?.count ?? 0) : 0;
  const at = placeOf(current, count);
  return {
    input,
    setInput: (next) => {
      setInput(next);
      setCurrent(0);
    },
    needle,
    count,
    current: at,
    share: done ? null : share,
    step: (by) => {
      setCurrent(at + by);
      session.act({ do: 'goToFound', place: placeOf(at + by, count) });
    },
  };
}
