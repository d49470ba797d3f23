import { isAbort, sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { saveFile } from '../app/saveFile.ts';
import { plural } from '../design/format.ts';
import { dismissToast, toast, updateToast } from '../design/toasts.ts';
import { patchRows } from './loader.ts';
import { inSnapshot, refuseInSnapshot } from './snapshot.ts';

/** Ids of one call. */
const PINS_AT_ONCE = 1_000;

/** Pins or unpins pairs. */
export async function pinAll(ids: readonly number[], pinned: boolean): Promise<void> {
  if (refuseInSnapshot()) return;
  try {
    for (let at = 0; at < ids.length; at += PINS_AT_ONCE) {
      await engine().pairs.pin({ ids: ids.slice(at, at + PINS_AT_ONCE), pinned });
    }
    const those = new Set(ids);
    patchRows((row) => (those.has(row.id) ? { ...row, pinned } : row));
    toast({ text: `${plural(ids.length, 'pair')} ${pinned ? 'pinned' : 'unpinned'}`, tone: 'ok' });
  } catch (error) {
    toast({ text: sentenceOf(error), tone: 'bad' });
  }
}

/** Writes pairs as a HAR file, secrets masked, with progress; it can be cancelled. */
export async function exportAll(ids: readonly number[]): Promise<void> {
  const stop = new AbortController();
  const id = toast({
    text: `Exporting ${plural(ids.length, 'pair')}…`,
    tone: 'plain',
    progress: null,
    action: { label: 'Cancel', run: () => stop.abort() },
  });
  try {
    const pieces: string[] = [];
    for await (const piece of await engine().export.har({ ids: [...ids], ...inSnapshot() }, { signal: stop.signal })) {
      pieces.push(piece.text);
      updateToast(id, { progress: piece.total === 0 ? null : piece.done / piece.total });
    }
    dismissToast(id);
    if (!stop.signal.aborted) await saveFile(`sidetap-${ids.length}-pairs.har`, pieces, 'application/json');
  } catch (error) {
    dismissToast(id);
    if (!isAbort(error) && !stop.signal.aborted) toast({ text: sentenceOf(error), tone: 'bad' });
  }
}
