import { isLost, sentenceOf } from '../api/client.ts';
import { useEngine } from '../api/engine.ts';
import { announce } from '../design/announce.ts';
import { toast } from '../design/toasts.ts';
import { inSnapshot } from './snapshot.ts';
import { useList } from './store.ts';

/** Filters whose search was ended here, each to be looked for anew when it is asked for again. */
const ended = new Set<string>();

/** Tells the engine how far to look for all that the window asks of this filter: the list, what is newer than it, and the counts by time. */
async function lookUntil(until: number): Promise<void> {
  const { filter, noise } = useList.getState();
  if (until < 1) ended.add(filter);
  else ended.delete(filter);
  useList.setState({ searchEnded: until < 1 });
  const { client } = useEngine.getState();
  if (client === null) return;
  try {
    await client.pairs.search({ filter, until, noise, ...inSnapshot() });
  } catch (error) {
    if (!isLost(error)) toast({ text: sentenceOf(error), tone: 'bad' });
  }
}

/** Ends the search; what it has found stays. */
export async function endSearch(): Promise<void> {
  await lookUntil(0);
  announce('Search ended');
}

export async function goOnSearching(): Promise<void> {
  await lookUntil(1);
}

/** The list stands still from now on, which in another order than that of time is another list: as much is looked through for it. */
export function keepEnded(): void {
  const { filter, search, sort } = useList.getState();
  if (ended.has(filter) && sort.by !== 'time') void lookUntil(search?.share ?? 0);
}

/** A filter was asked for: whoever ended its search before wants it now. */
export function beginAnew(): void {
  useList.setState({ searchEnded: false });
  if (ended.has(useList.getState().filter)) void lookUntil(1);
}
