import { colours } from '../../proxy-core/rrpair/marks.ts';
import type { Colour } from '../../proxy-core/rrpair/pair.ts';
import { pickedIds } from '../list/pick.ts';
import { useList } from '../list/store.ts';
import type { Action } from '../palette/actions.ts';
import { markPairs, writeNoteHere } from './actions.ts';
import { colourKey, noColourKey } from './words.ts';

/** All keys for colours, said once. */
export const colourKeys = {
  keys: [colourKey(0), '…', colourKey(colours.length - 1), noColourKey],
  says: 'Colour it, or take its colour away',
};

const available = (): boolean => useList.getState().selectedId !== null;

function paint(colour: Colour | null, title: string, key: string): Action {
  const run = (): void => void markPairs(pickedIds(), { colour });
  return { id: `colour-${colour ?? 'none'}`, group: 'Selected pair', title, key, available, run };
}

/** A colour each. */
export const colourActions: readonly Action[] = [
  ...colours.map((colour, index) => paint(colour, `Colour it ${colour}`, colourKey(index))),
  paint(null, 'Take its colour away', noColourKey),
];

/** What can be put on what is selected, one or several. */
export const markActions: readonly Action[] = [
  { id: 'note', group: 'Selected pair', title: 'Write a note on it', key: 'm', available, run: () => writeNoteHere(pickedIds()) },
  ...colourActions,
];
