import { create } from 'zustand';
import type { Snapshot } from '../../proxy-core/rrpair/transfers.ts';
import { isLost, sentenceOf } from '../api/client.ts';
import { engine, useEngine } from '../api/engine.ts';
import { announce } from '../design/announce.ts';
import { toast } from '../design/toasts.ts';
import { stopComparing } from '../detail/compare/store.ts';
import { closeDetail } from '../detail/store.ts';
import { clearFilter } from '../filter/actions.ts';
import { setQuestion } from '../list/actions.ts';
import { refuseInSnapshot } from '../list/snapshot.ts';
import { useList } from '../list/store.ts';

export type SnapshotDialog =
  | { kind: 'save'; ids: readonly number[] }
  | { kind: 'rename'; snapshot: Snapshot }
  | { kind: 'remove'; snapshot: Snapshot }
  | { kind: 'diff'; before: string };

interface SnapshotsState {
  /** The newest first; null before the first answer. */
  list: readonly Snapshot[] | null;
  dialog: SnapshotDialog | null;
}

export const useSnapshots = create<SnapshotsState>(() => ({ list: null, dialog: null }));

export function showSnapshotDialog(dialog: SnapshotDialog | null): void {
  useSnapshots.setState({ dialog });
}

/** Asks for a name for what is picked, or for what the list holds. */
export function offerSnapshot(ids: readonly number[] = [...useList.getState().picked]): void {
  if (!refuseInSnapshot()) showSnapshotDialog({ kind: 'save', ids });
}

export async function loadSnapshots(): Promise<void> {
  const { client } = useEngine.getState();
  if (client === null) return;
  try {
    useSnapshots.setState({ list: await client.snapshots.list() });
  } catch (error) {
    if (!isLost(error)) toast({ text: sentenceOf(error), tone: 'bad' });
  }
}

/** Other windows and the command line make snapshots too: the list is looked at again when somebody looks here. */
export function startSnapshots(): void {
  useEngine.subscribe((now, before) => {
    if (now.client !== before.client) void loadSnapshots();
  });
  window.addEventListener('focus', () => void loadSnapshots());
}

function show(snapshot: { id: string; name: string } | null): void {
  stopComparing();
  closeDetail();
  useList.setState({ snapshot, selectedId: null, selectedIndex: null, picked: new Set(), anchor: null, paused: false });
  clearFilter();
  setQuestion({ filter: '' });
}

/** The list shows a snapshot, for reading only. */
export function openSnapshot({ id, name }: Snapshot): void {
  show({ id, name });
  announce(`Snapshot ${name} is shown, for reading only`);
}

/** The list shows what is stored, and what comes. */
export function leaveSnapshot(): void {
  show(null);
  announce('The traffic is shown again');
}

/** Throws a sentence. */
export async function renameSnapshot({ id }: Snapshot, name: string): Promise<void> {
  const renamed = await engine().snapshots.rename({ snapshot: id, name });
  const { snapshot } = useList.getState();
  if (snapshot?.id === id) useList.setState({ snapshot: { id, name: renamed.name } });
  await loadSnapshots();
}

/** Throws a sentence. */
export async function removeSnapshot({ id, name }: Snapshot): Promise<void> {
  if (useList.getState().snapshot?.id === id) leaveSnapshot();
  await engine().snapshots.remove({ snapshot: id });
  await loadSnapshots();
  toast({ text: `Snapshot ${name} is deleted`, tone: 'ok' });
}
