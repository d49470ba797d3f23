import type { PairMarks } from '../../proxy-core/rrpair/marks.ts';

/** `red: ask Ana`; not yet fit for a terminal. */
export function markText({ colour, note }: Pick<PairMarks, 'colour' | 'note'>): string {
  return [...(colour === null ? [] : [colour]), ...(note === '' ? [] : [note])].join(': ');
}
