import { sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { announce } from '../design/announce.ts';
import { toast } from '../design/toasts.ts';
import { patchRows } from '../list/loader.ts';
import { refuseInSnapshot } from '../list/snapshot.ts';
import { useDetail } from './store.ts';

export { copyCurl } from './copy/actions.ts';

export async function togglePin(id: number, pinned: boolean): Promise<void> {
  if (refuseInSnapshot()) return;
  try {
    await engine().pairs.pin({ ids: [id], pinned: !pinned });
    patchRows((row) => (row.id === id ? { ...row, pinned: !pinned } : row));
    useDetail.setState(({ detail }) => (detail?.id === id ? { detail: { ...detail, pinned: !pinned } } : {}));
    announce(pinned ? 'Unpinned' : 'Pinned');
  } catch (error) {
    toast({ text: sentenceOf(error), tone: 'bad' });
  }
}
