import { create } from 'zustand';
import { type LaunchKind, launchNames } from '../../proxy-core/rrpair/launch-kinds.ts';
import type { Launched } from '../../proxy-core/rrpair/launched.ts';
import { sentenceOf } from '../api/client.ts';
import { engine, tellStatus, useEngine } from '../api/engine.ts';
import { announce } from '../design/announce.ts';
import { toast } from '../design/toasts.ts';
import { startIfOff } from './actions.ts';

interface LaunchState {
  /** What is being opened from this window. */
  opening: LaunchKind | null;
}

export const useLaunch = create<LaunchState>(() => ({ opening: null }));

/** Nothing was ever opened: one list for all renderings. */
const none: readonly Launched[] = [];

export const useLaunched = (): readonly Launched[] => useEngine((state) => state.status?.launched ?? none);

/** Opens a terminal or a browser under capture, which is switched on with what the panel says when it is off. */
export async function openLaunched(kind: LaunchKind): Promise<void> {
  if (useLaunch.getState().opening !== null) return;
  useLaunch.setState({ opening: kind });
  try {
    await startIfOff();
    const { program } = await engine().launch.open({ kind });
    announce(`${program} is open under capture`);
  } catch (error) {
    toast({ text: sentenceOf(error), tone: 'bad' });
  } finally {
    useLaunch.setState({ opening: null });
  }
}

/** Closes one that is open, or takes one that has ended off the list. */
export async function closeLaunched({ id, program }: Launched): Promise<void> {
  try {
    await engine().launch.close({ id });
    const { status } = useEngine.getState();
    if (status !== null) tellStatus({ ...status, launched: status.launched.filter((each) => each.id !== id) });
    announce(`${program} is closed`);
  } catch (error) {
    toast({ text: sentenceOf(error), tone: 'bad' });
  }
}

/** What a button for it says. */
export const openWords = (kind: LaunchKind): string =>
  `Open ${kind === 'terminal' ? 'a terminal' : launchNames[kind]} under capture`;
