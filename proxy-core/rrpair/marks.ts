import type { Colour, PairMark } from './pair.ts';

/** Colours that a user may give pairs, in the order in which they are offered. */
export const colours = ['red', 'orange', 'yellow', 'green', 'blue', 'purple'] as const satisfies readonly Colour[];

/** The colour of this name; null when it is none, whoever wrote it. */
export function colourOf(name: unknown): Colour | null {
  return colours.find((colour) => colour === name) ?? null;
}

/** What a user has put on a pair. */
export interface PairMarks {
  id: number;
  colour: Colour | null;
  /** Empty when there is none. */
  note: string;
  pinned: boolean;
}

/** What a change of marks did to those pairs that exist. */
export interface Marked {
  /** Given back, these undo it. */
  before: PairMarks[];
  after: PairMarks[];
}

/** What is not named stays as it is. */
export type MarkChange = Pick<PairMarks, 'id'> & Partial<PairMarks>;

/**
 * A mark as it is kept: a colour that there is, a note of `noteChars` characters at most that SQLite takes. It may come from a file or from an agent,
 * so that nothing of it is relied on. Undefined when nothing is left.
 */
export function keptMark(mark: { colour?: unknown; note?: unknown } | null | undefined, noteChars: number): PairMark | undefined {
  if (mark === undefined || mark === null) return undefined;
  const colour = colourOf(mark.colour);
  const note = typeof mark.note === 'string' ? keptNote(mark.note, noteChars) : '';
  return colour === null && note === '' ? undefined : { colour, note };
}

/** SQLite's text functions end at a NUL and know no lone surrogates. */
function keptNote(text: string, noteChars: number): string {
  return text.slice(0, noteChars).replaceAll('\0', '\uFFFD').toWellFormed().trim();
}
