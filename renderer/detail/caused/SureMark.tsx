import { type Sureness, surenessOf } from './waterfall.ts';

const WORDS: Readonly<Record<Sureness, string>> = { sure: 'Certain', likely: 'Likely', possible: 'Possible' };

/** Likely, 91 % */
export function surenessWords(confidence: number): string {
  const sureness = surenessOf({ confidence });
  return sureness === 'sure' ? WORDS.sure : `${WORDS[sureness]}, ${Math.round(confidence * 100)} %`;
}

/** A disc that is full, half full or empty. What it means stands beside it, or in a title. */
export function SureMark({ sureness, label }: { sureness: Sureness; label?: string }) {
  return (
    <span className={`sure sure-${sureness}`} title={label}>
      {label !== undefined && <span className="sr-only">{label}</span>}
    </span>
  );
}
