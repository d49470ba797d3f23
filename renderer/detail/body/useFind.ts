import { useDeferredValue, useMemo, useState } from 'react';

/** Places that are counted at most. */
const MOST_FOUND = 10_000;

export interface Found {
  needle: string;
  /** Places in the text, ascending. */
  places: readonly number[];
  /** Which of them is shown; -1 when none is. */
  current: number;
}

/** Looks for text, without regard to case. */
export function placesOf(text: string, needle: string): number[] {
  const places: number[] = [];
  if (needle === '') return places;
  const lower = text.toLowerCase();
  for (let at = lower.indexOf(needle); at >= 0 && places.length < MOST_FOUND; at = lower.indexOf(needle, at + needle.length))
    places.push(at);
  return places;
}

export interface Finder extends Found {
  input: string;
  setInput: (input: string) => void;
  step: (by: number) => void;
}

export function useFind(text: string): Finder {
  const [input, setInput] = useState('');
  const [current, setCurrent] = useState(0);
  const needle = useDeferredValue(input.toLowerCase());
  const places = useMemo(() => placesOf(text, needle), [text, needle]);
  const at = places.length === 0 ? -1 : ((current % places.length) + places.length) % places.length;
  return {
    input,
    setInput: (next) => {
      setInput(next);
      setCurrent(0);
    },
    needle,
    places,
    current: at,
    step: (by) => setCurrent(at + by),
  };
}
