import { useEffect, useState } from 'react';
import { useEngine } from '../api/engine.ts';
import { plural } from '../design/format.ts';
import { inSnapshot } from '../list/snapshot.ts';
import { fieldSuggestions, type Place, placeAt, type Suggestion, typicalValues, valueFieldOf, written } from './complete.ts';

/** Rest after a key before the engine is asked for values, ms. */
const TYPING_MILLIS = 90;
const MOST = 50;

export interface Offer {
  place: Place;
  suggestions: readonly Suggestion[];
}

const NOTHING: readonly Suggestion[] = [];

/** What can be put where the caret stands; null when nothing can, or nobody asks (`caret` null). */
export function useSuggestions(text: string, caret: number | null): Offer | null {
  const client = useEngine((state) => state.client);
  const [values, setValues] = useState<{ key: string; suggestions: readonly Suggestion[] }>({ key: '', suggestions: NOTHING });
  const place = caret === null ? null : placeAt(text, caret);
  const field = place?.kind === 'value' && place.operator !== ':~' && place.operator !== '~' ? valueFieldOf(place.field) : null;
  const typed = place?.typed ?? '';

  useEffect(() => {
    if (field === null || client === null) return undefined;
    let ended = false;
    const ask = async (): Promise<void> => {
      try {
        const found = await client.pairs.values({ field, text: typed.slice(0, 200), ...inSnapshot() });
        if (ended) return;
        const suggestions = found.slice(0, MOST).map(({ value, pairs }) => ({
          label: value,
          detail: plural(pairs, 'pair'),
          insert: written(value),
          more: false,
        }));
        setValues({ key: field, suggestions });
      } catch (error) {
        // Without values the language still says what it knows.
        console.debug('no values', error);
      }
    };
    const timer = setTimeout(() => void ask(), TYPING_MILLIS);
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [client, field, typed]);

  if (place === null) return null;
  if (place.kind === 'field') return offer(place, fieldSuggestions(place.typed));
  // Until the next answer, what fits of the one before.
  const known = field !== null && values.key === field ? values.suggestions : NOTHING;
  const fitting = known.filter(({ label }) => label.toLowerCase().includes(typed.toLowerCase()));
  return offer(place, [...typicalValues(place.field, place.operator, typed), ...fitting]);
}

function offer(place: Place, suggestions: readonly Suggestion[]): Offer | null {
  const [only] = suggestions;
  // What stands there already need not be offered.
  if (only === undefined || (suggestions.length === 1 && only.insert === place.typed)) return null;
  return { place, suggestions };
}
