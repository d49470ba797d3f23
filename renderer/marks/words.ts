import type { Colour } from '../../proxy-core/rrpair/pair.ts';
import { visible } from '../design/visible.ts';

/** As a person is told. */
export const colourWords: Readonly<Record<Colour, string>> = {
  red: 'Red',
  orange: 'Orange',
  yellow: 'Yellow',
  green: 'Green',
  blue: 'Blue',
  purple: 'Purple',
};

/** The key that gives a colour: its place among them. */
export const colourKey = (index: number): string => String(index + 1);
export const noColourKey = '0';

/** A note for the screen. It may have come with a file: its lines stay, what hides or reorders them is shown. */
export function noteWords(note: string, most = Number.POSITIVE_INFINITY): string {
  const text = note.length > most ? `${note.slice(0, most)}…` : note;
  return text
    .split(/\r?\n/)
    .map((line) => visible(line))
    .join('\n');
}
