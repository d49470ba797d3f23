import { create } from 'zustand';
import type { Imported, Written } from '../../proxy-core/rrpair/transfers.ts';
import { isAbort, sentenceOf } from '../api/client.ts';
import { useList } from '../list/store.ts';

export type TransferDialog =
  | { kind: 'export'; ids: readonly number[] }
  | { kind: 'import'; paths: readonly string[]; files: readonly File[] };

interface TransferState {
  dialog: TransferDialog | null;
  /** Null while nothing is under way. */
  progress: { done: number; total: number } | null;
  written: Written | null;
  imported: Imported | null;
  problem: string;
}

const closed: TransferState = { dialog: null, progress: null, written: null, imported: null, problem: '' };

export const useTransfer = create<TransferState>(() => closed);

let stop = new AbortController();

/** Ends what is under way: what was begun is taken back. */
export function closeTransfer(): void {
  stop.abort();
  useTransfer.setState(closed);
}

export function cancelTransfer(): void {
  stop.abort();
}

export function offerExport(ids: readonly number[] = [...useList.getState().picked]): void {
  closeTransfer();
  useTransfer.setState({ dialog: { kind: 'export', ids } });
}

/** `files`: those of which the browser does not tell where they are. */
export function offerImport(paths: readonly string[] = [], files: readonly File[] = []): void {
  closeTransfer();
  useTransfer.setState({ dialog: { kind: 'import', paths, files } });
}

export interface TransferEvent {
  done: number;
  total: number;
  written?: Written | null;
  imported?: Imported | null;
}

/** Follows a transfer to its end, whichever that is. */
export async function follow(begin: (signal: AbortSignal) => Promise<AsyncIterable<TransferEvent>>): Promise<void> {
  const own = new AbortController();
  stop = own;
  useTransfer.setState({ progress: { done: 0, total: 0 }, written: null, imported: null, problem: '' });
  try {
    for await (const { done, total, written = null, imported = null } of await begin(own.signal)) {
      if (stop === own) useTransfer.setState({ progress: { done, total }, written, imported });
    }
    if (stop === own && own.signal.aborted) useTransfer.setState({ problem: 'Cancelled. What was begun is taken back.' });
  } catch (error) {
    if (stop !== own) return;
    const cancelled = own.signal.aborted || isAbort(error);
    useTransfer.setState({ problem: cancelled ? 'Cancelled. What was begun is taken back.' : sentenceOf(error) });
  } finally {
    if (stop === own) useTransfer.setState({ progress: null });
  }
}
