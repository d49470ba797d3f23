import { create } from 'zustand';
import type { PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { isAbort, isLost, sentenceOf } from '../api/client.ts';
import { useEngine } from '../api/engine.ts';
import { inSnapshot } from '../list/snapshot.ts';
import { useList } from '../list/store.ts';

export type DetailTab =
  | 'overview'
  | 'model'
  | 'messages'
  | 'request'
  | 'response'
  | 'timing'
  | 'caused'
  | 'curl'
  | 'raw'
  | 'replay';

export interface DetailState {
  open: boolean;
  tab: DetailTab;
  /** The pair shown; the one before stays until the next has come, so that walking the list does not flicker. */
  detail: PairDetail | null;
  problem: string;
}

export const useDetail = create<DetailState>(() => ({ open: false, tab: 'overview', detail: null, problem: '' }));

export function openDetail(tab?: DetailTab): void {
  useDetail.setState(tab === undefined ? { open: true } : { open: true, tab });
  void load();
}

export function closeDetail(): void {
  useDetail.setState({ open: false });
}

/** Walking quickly through the list loads only where it stops, ms. */
const REST_MILLIS = 50;
/** A pair that is still open is looked at again, ms. */
const AGAIN_MILLIS = 500;

let asked: AbortController | null = null;
let loadedAt = 0;

async function load(): Promise<void> {
  const { selectedId } = useList.getState();
  const { client } = useEngine.getState();
  asked?.abort();
  if (selectedId === null || client === null || !useDetail.getState().open) return;
  const own = new AbortController();
  asked = own;
  try {
    const detail = await client.pairs.get({ id: selectedId, ...inSnapshot() }, { signal: own.signal });
    if (own.signal.aborted) return;
    loadedAt = performance.now();
    useDetail.setState({ detail, problem: '' });
  } catch (error) {
    if (!own.signal.aborted && !isAbort(error) && !isLost(error)) useDetail.setState({ detail: null, problem: sentenceOf(error) });
  }
}

/** Fetches the shown pair again, because something about it changed. */
export function reloadDetail(): void {
  void load();
}

/** Keeps the detail in step with the selection for as long as the window is open. */
export function startDetail(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  useList.subscribe((now, before) => {
    if (now.selectedId === before.selectedId && now.selectedIndex === before.selectedIndex) return;
    clearTimeout(timer);
    // A row that is selected by its position may not be known yet: what is shown stays until it is.
    if (now.selectedId === null && now.selectedIndex === null) closeDetail();
    else if (now.selectedId !== null) timer = setTimeout(() => void load(), REST_MILLIS);
  });
  let again: ReturnType<typeof setTimeout> | undefined;
  useEngine.subscribe((now, before) => {
    if (now.client !== before.client && now.client !== null) void load();
    const { detail, open } = useDetail.getState();
    if (!open || detail?.state !== 'open' || now.revision === before.revision || again !== undefined) return;
    again = setTimeout(
      () => {
        again = undefined;
        void load();
      },
      Math.max(0, loadedAt + AGAIN_MILLIS - performance.now()),
    );
  });
}
