import { StickyNote } from 'lucide-react';
import type { Colour } from '../../proxy-core/rrpair/pair.ts';
import { colourWords, noteWords } from './words.ts';
import './marks.css';

/** Characters of a note that are said of a row; the details have all of it. */
const SAID_CHARS = 300;

/** Along the edge of a row. */
export function ColourStripe({ colour }: { colour: Colour }) {
  return (
    <span
      className="row-colour"
      data-colour={colour}
      role="img"
      aria-label={`marked ${colourWords[colour].toLowerCase()}`}
      title={colourWords[colour]}
    />
  );
}

/** Tells that there is a note, and what it says on hover. */
export function NoteMark({ note }: { note: string }) {
  const words = noteWords(note, SAID_CHARS);
  return (
    <span className="row-note" role="img" aria-label={`note: ${words}`} title={words}>
      <StickyNote size={12} aria-hidden />
    </span>
  );
}
