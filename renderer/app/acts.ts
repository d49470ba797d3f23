import { offerForPicked } from '../list/PickBar.tsx';
import { offerReplay } from '../replay/many.ts';
import { offerSnapshot, startSnapshots } from '../snapshots/store.ts';
import { startDrop } from '../transfer/drop.ts';
import { offerExport } from '../transfer/store.ts';

/** Pairs of one call that names them. */
const MOST_NAMED = 50_000;

/** Adds what this part of the window can do with pairs that are picked. */
export function startActs(): void {
  startSnapshots();
  startDrop();
  offerForPicked({ label: 'Replay…', least: 2, most: MOST_NAMED, run: (ids) => offerReplay({ kind: 'picked', ids }) });
  offerForPicked({ label: 'Save as snapshot…', least: 2, most: MOST_NAMED, run: offerSnapshot });
  offerForPicked({ label: 'Export…', least: 2, most: MOST_NAMED, run: offerExport });
}
