import { useDeferredValue, useEffect, useState } from 'react';
import { placesOf } from './work/find.ts';
import type { BodyWorker } from './worker.ts';

/** Characters that are looked through at once; longer texts are looked through beside the window's thread. */
const AT_ONCE_CHARS = 500_000;

export interface Finder {
  input: string;
  setInput: (input: string) => void;
  /** Lower case; empty when nothing is looked for. */
  needle: string;
  /** How often it was found. */
  count: number;
  /** Which of them is shown; -1 when none is. */
  current: number;
  step: (by: number) => void;
  /** How far the search is, 0 to 1; null when it is done. */
  share: number | null;
}

export interface TextFinder extends Finder {
  /** Places in the text, ascending. */
  places: Int32Array;
}

/** Where a long text can be looked through: whoever handed it out, and the question that it answered. */
export interface FindPlace {
  worker: BodyWorker;
  of: string;
}

const none = new Int32Array(0);

/** After the last comes the first; -1 where there is none. */
export function placeOf(current: number, count: number): number {
  return count === 0 ? -1 : ((current % count) + count) % count;
}

export function useFind(text: string, place: FindPlace | null = null): TextFinder {
  const [input, setInput] = useState('');
  const [current, setCurrent] = useState(0);
  const [found, setFound] = useState<{ text: string; needle: string; places: Int32Array } | null>(null);
  const needle = useDeferredValue(input.toLowerCase());
  const worker = place?.worker ?? null;
  const of = place?.of ?? '';
  useEffect(() => {
    if (needle === '') return undefined;
    if (worker === null || text.length <= AT_ONCE_CHARS) {
      setFound({ text, needle, places: placesOf(text, needle) });
      return undefined;
    }
    let wanted = true;
    worker
      .do({ what: 'find', of, needle })
      .then((places) => {
        if (wanted) setFound({ text, needle, places });
      })
      .catch(() => {
        // The body went away, or its thread did: nothing is found in it.
        if (wanted) setFound({ text, needle, places: none });
      });
    return () => {
      wanted = false;
    };
  }, [text, needle, worker, of]);
  const done = needle === '' || (found !== null && found.text === text && found.needle === needle);
  const places = needle !== '' && done ? (found?.places ?? none) : none;
  const at = placeOf(current, places.length);
  return {
    input,
    setInput: (next) => {
      setInput(next);
      setCurrent(0);
    },
    needle,
    places,
    count: places.length,
    share: done ? null : 0,
    current: at,
    step: (by) => setCurrent(at + by),
  };
}
