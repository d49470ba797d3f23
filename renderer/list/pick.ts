import { isLost, sentenceOf } from '../api/client.ts';
import { announce } from '../design/announce.ts';
import { formatCount, plural } from '../design/format.ts';
import { toast } from '../design/toasts.ts';
import { standStill } from './actions.ts';
import { idsBetween } from './loader.ts';
import { rowAt, useList } from './store.ts';

/** Rows that can be picked together. */
const MOST_PICKED = 10_000;

/** What is picked, or else the one that is selected. */
export function pickedIds(): number[] {
  const { picked, selectedId } = useList.getState();
  if (picked.size > 0) return [...picked];
  return selectedId === null ? [] : [selectedId];
}

function clamp(index: number): number {
  return Math.min(Math.max(0, index), useList.getState().total - 1);
}

/** Adds a row to what is picked, or takes it out. */
export function pickToggle(index: number): void {
  const row = rowAt(clamp(index));
  if (row === undefined) return;
  standStill();
  useList.setState((state) => {
    const picked = new Set(pickedIds());
    if (!picked.delete(row.id) && picked.size < MOST_PICKED) picked.add(row.id);
    const [only] = picked;
    // One that is alone is simply selected.
    if (picked.size <= 1) {
      return { picked: new Set<number>(), selectedId: only ?? null, selectedIndex: only === row.id ? index : null, anchor: index };
    }
    return {
      picked,
      anchor: index,
      selectedIndex: index,
      selectedId: picked.has(row.id) ? row.id : (state.selectedId ?? null),
    };
  });
  announce(`${plural(pickedIds().length, 'pair')} selected`);
}

let turn = 0;

/** Picks everything between where the range began and a row. */
export async function pickTo(index: number): Promise<void> {
  const { total, anchor, selectedIndex } = useList.getState();
  if (total === 0) return;
  standStill();
  const end = clamp(index);
  const start = anchor ?? selectedIndex ?? end;
  // The row that the keys go on from, whether it is known yet or not.
  useList.setState({ anchor: start, selectedIndex: end, selectedId: rowAt(end)?.id ?? null });
  await pickBetween(Math.min(start, end), Math.max(start, end) + 1);
}

export async function pickAll(): Promise<void> {
  const { total } = useList.getState();
  if (total === 0) return;
  standStill();
  await pickBetween(0, total);
}

async function pickBetween(first: number, end: number): Promise<void> {
  const asked = ++turn;
  const last = Math.min(end, first + MOST_PICKED);
  try {
    const ids = await idsBetween(first, last);
    if (asked !== turn) return;
    useList.setState({ picked: new Set(ids.length > 1 ? ids : []) });
    if (last < end) {
      toast({
        text: `The first ${formatCount(MOST_PICKED)} are selected. For more, filter: what is found can be exported as a whole.`,
        tone: 'plain',
      });
    } else {
      announce(`${plural(ids.length, 'pair')} selected`);
    }
  } catch (error) {
    if (asked === turn && !isLost(error)) toast({ text: sentenceOf(error), tone: 'bad' });
  }
}

/** Back to one row. Answers whether there was anything to end. */
export function pickNothing(): boolean {
  if (useList.getState().picked.size === 0) return false;
  turn += 1;
  useList.setState({ picked: new Set() });
  return true;
}
