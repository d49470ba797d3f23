import { isAbort, sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { plural } from '../design/format.ts';
import { dismissToast, toast, updateToast } from '../design/toasts.ts';
import { follow, selectNothing } from '../list/actions.ts';
import { inSnapshot, refuseInSnapshot } from '../list/snapshot.ts';
import { useList } from '../list/store.ts';
import { saveFile } from './saveFile.ts';

/** Empties the list; pinned pairs stay, and for a while it can be undone. */
export async function clearPairs(): Promise<void> {
  if (refuseInSnapshot()) return;
  try {
    const { hidden } = await engine().pairs.clear();
    selectNothing();
    follow();
    toast({
      text: hidden === 0 ? 'There was nothing to clear; pinned pairs stay.' : `${plural(hidden, 'pair')} cleared`,
      tone: 'plain',
      ...(hidden === 0 ? {} : { action: { label: 'Undo', run: () => void undoClear() } }),
    });
  } catch (error) {
    toast({ text: sentenceOf(error), tone: 'bad' });
  }
}

async function undoClear(): Promise<void> {
  try {
    const { restored } = await engine().pairs.undoClear();
    follow();
    toast({ text: `${plural(restored, 'pair')} brought back`, tone: 'ok' });
  } catch (error) {
    toast({ text: sentenceOf(error), tone: 'bad' });
  }
}

/** Writes what the filter finds as a HAR file, secrets masked unless the settings say otherwise, with progress; it can be cancelled. */
export async function exportHar(): Promise<void> {
  const { filter, noise, sort } = useList.getState();
  const stop = new AbortController();
  const id = toast({ text: 'Exporting HAR…', tone: 'plain', progress: null, action: { label: 'Cancel', run: () => stop.abort() } });
  try {
    const pieces: string[] = [];
    for await (const piece of await engine().export.har(
      { query: { filter, noise, sort }, ...inSnapshot() },
      { signal: stop.signal },
    )) {
      pieces.push(piece.text);
      updateToast(id, {
        text: `Exporting ${plural(piece.total, 'pair')} as HAR`,
        progress: piece.total === 0 ? null : piece.done / piece.total,
      });
    }
    dismissToast(id);
    if (!stop.signal.aborted)
      await saveFile(`sidetap-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.har`, pieces, 'application/json');
  } catch (error) {
    dismissToast(id);
    if (!isAbort(error) && !stop.signal.aborted) toast({ text: sentenceOf(error), tone: 'bad' });
  }
}
