import { create } from 'zustand';
import type { Session } from '../../proxy-core/rrpair/transfers.ts';
import { isLost, sentenceOf } from '../api/client.ts';
import { useEngine } from '../api/engine.ts';
import { toast } from '../design/toasts.ts';
import { applyFilter } from '../filter/actions.ts';
import { useList } from '../list/store.ts';
import { leaveSnapshot } from './store.ts';

interface SessionsState {
  /** The newest first; null before the first answer. */
  list: readonly Session[] | null;
  /** They are laid out beside the list. */
  open: boolean;
}

/** The runs of Sidetap whose pairs are still stored. */
export const useSessions = create<SessionsState>(() => ({ list: null, open: false }));

export async function loadSessions(): Promise<void> {
  const { client } = useEngine.getState();
  if (client === null) return;
  try {
    useSessions.setState({ list: await client.sessions() });
  } catch (error) {
    if (!isLost(error)) toast({ text: sentenceOf(error), tone: 'bad' });
  }
}

/** Counting takes a moment where millions are stored, so that it is done when somebody looks. */
export function toggleSessions(): void {
  const open = !useSessions.getState().open;
  useSessions.setState({ open });
  if (open) void loadSessions();
}

/** The list shows its pairs. */
export function showSession({ filter }: Session): void {
  if (useList.getState().snapshot !== null) leaveSnapshot();
  void applyFilter(filter);
}
