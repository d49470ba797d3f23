import type { Marked, PairMarks } from '../../proxy-core/rrpair/marks.ts';
import type { Colour } from '../../proxy-core/rrpair/pair.ts';
import { sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { announce } from '../design/announce.ts';
import { plural } from '../design/format.ts';
import { toast } from '../design/toasts.ts';
import { useDetail } from '../detail/store.ts';
import { patchRows } from '../list/loader.ts';
import { refuseInSnapshot } from '../list/snapshot.ts';
import { rowAt, useList } from '../list/store.ts';
import { useMarks } from './store.ts';
import { colourWords } from './words.ts';

/** Ids of one call. */
const MARKS_AT_ONCE = 1_000;

/** What is not named stays as it is. */
export interface MarkChange {
  colour?: Colour | null;
  note?: string;
}

/** Shows at once what the engine will tell with the next change. */
function show(after: readonly PairMarks[]): void {
  const marks = new Map(after.map((one) => [one.id, one]));
  patchRows((row) => ({ ...row, ...marks.get(row.id) }));
  useDetail.setState(({ detail }) => (detail === null ? {} : { detail: { ...detail, ...marks.get(detail.id) } }));
}

/** Does something with as many as one call takes, again and again. */
async function inTurns<T>(all: readonly T[], run: (some: T[]) => Promise<Marked>): Promise<Marked> {
  const marked: Marked = { before: [], after: [] };
  for (let at = 0; at < all.length; at += MARKS_AT_ONCE) {
    const { before, after } = await run(all.slice(at, at + MARKS_AT_ONCE));
    show(after);
    marked.before.push(...before);
    marked.after.push(...after);
  }
  return marked;
}

/** Colours pairs or writes a note on them. Answers whether it was done; what was lost with it can be brought back for a while. */
export async function markPairs(ids: readonly number[], change: MarkChange): Promise<boolean> {
  if (refuseInSnapshot()) return false;
  try {
    const { before, after } = await inTurns(ids, (some) => engine().pairs.mark({ ids: some, ...change }));
    const words = `${ids.length > 1 ? `${plural(after.length, 'pair')}: ` : ''}${wordsOf(change)}`;
    if (after.length > 1 || isLossy(before, after)) {
      toast({ text: words, tone: 'ok', action: { label: 'Undo', run: () => void restore(before) } });
    } else announce(words);
    return true;
  } catch (error) {
    toast({
      text: sentenceOf(error),
      tone: 'bad',
      // What was written is not to be written twice.
      ...(change.note === undefined ? {} : { action: { label: 'Try again', run: () => void markPairs(ids, change) } }),
    });
    return false;
  }
}

/** Something of the user's is gone: a colour, or the words of a note. */
function isLossy(before: readonly PairMarks[], after: readonly PairMarks[]): boolean {
  return before.some(({ colour, note }, index) => {
    const now = after[index];
    return (note !== '' && note !== now?.note) || (colour !== null && now?.colour === null);
  });
}

function wordsOf({ colour, note }: MarkChange): string {
  if (colour === null) return 'colour taken away';
  if (colour !== undefined) return `marked ${colourWords[colour].toLowerCase()}, and pinned`;
  return note === '' ? 'note removed' : 'note saved, and pinned';
}

async function restore(marks: readonly PairMarks[]): Promise<void> {
  try {
    const { after } = await inTurns(marks, (some) => engine().pairs.restoreMarks({ marks: some }));
    toast({ text: `${plural(after.length, 'pair')} as before`, tone: 'ok' });
  } catch (error) {
    toast({ text: sentenceOf(error), tone: 'bad' });
  }
}

/** Lets a note be written in a dialog, for one pair or for many. */
export function writeNote(ids: readonly number[], note = ''): void {
  if (refuseInSnapshot() || ids.length === 0) return;
  useMarks.setState({ dialog: { ids, note } });
}

/**
 * The same by key: where the note stands, if it is in sight. Nothing is waited for, because what is typed meanwhile would be taken for
 * keys, and some of those send requests.
 */
export function writeNoteHere(ids: readonly number[]): void {
  const { open, tab, detail } = useDetail.getState();
  const [only] = ids;
  if (only === undefined || refuseInSnapshot()) return;
  if (ids.length === 1 && open && tab === 'overview' && detail?.id === only) {
    useMarks.setState({ editing: only, byButton: false });
  } else {
    writeNote(ids, ids.length === 1 ? noteOf(only) : '');
  }
}

/** As far as the window knows it. */
function noteOf(id: number): string {
  const { detail } = useDetail.getState();
  if (detail?.id === id) return detail.note;
  const { selectedIndex } = useList.getState();
  const row = selectedIndex === null ? undefined : rowAt(selectedIndex);
  return row?.id === id ? row.note : '';
}
