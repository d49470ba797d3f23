import { create } from 'zustand';
import { sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { announce } from '../design/announce.ts';
import { formatMs } from '../design/format.ts';
import { toast } from '../design/toasts.ts';
import { openDetail, reloadDetail } from '../detail/store.ts';
import { selectPair } from '../list/actions.ts';
import { refuseInSnapshot } from '../list/snapshot.ts';
import { useList } from '../list/store.ts';

interface ReplayState {
  /** Pairs that are being sent again. */
  running: ReadonlySet<number>;
  /** The replay that stands beside the recorded pair; null for the newest. */
  shown: number | null;
}

export const useReplay = create<ReplayState>(() => ({ running: new Set(), shown: null }));

/** Sends a pair again and puts the answer beside the recorded one. */
export async function replay(id: number): Promise<void> {
  if (useReplay.getState().running.has(id) || refuseInSnapshot()) return;
  useReplay.setState(({ running }) => ({ running: new Set([...running, id]) }));
  announce('Replaying');
  try {
    const { pair, diff } = await engine().replay.run({ id });
    useReplay.setState({ shown: pair.id });
    const took = pair.latencyMs === null ? '' : ` in ${formatMs(pair.latencyMs)}`;
    announce(`Replayed: ${pair.status}${took}; ${diff.equal ? 'the answer is the same' : 'the answer differs'}`);
    if (useList.getState().selectedId !== id) selectPair(id);
    openDetail('replay');
    reloadDetail();
  } catch (error) {
    toast({ text: sentenceOf(error), tone: 'bad' });
  } finally {
    useReplay.setState(({ running }) => ({ running: new Set([...running].filter((entry) => entry !== id)) }));
  }
}
