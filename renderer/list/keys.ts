import type { VirtualHandle } from '../design/VirtualRows.tsx';
import { selectIndex, selectNothing } from './actions.ts';
import { pickAll, pickNothing, pickTo, pickToggle } from './pick.ts';
import { useList } from './store.ts';

/** Moves the selection by rows; from nowhere, it starts at the first row in sight. */
export function moveSelection(by: number, view: VirtualHandle | null): void {
  const { selectedIndex } = useList.getState();
  selectIndex(selectedIndex === null ? (view?.firstInSight() ?? 0) : selectedIndex + by);
}

/** Where a key leads from a row; null when it leads nowhere. */
function destination(key: string, from: number, page: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return from + 1;
    case 'ArrowUp':
      return from - 1;
    case 'PageDown':
      return from + page;
    case 'PageUp':
      return from - page;
    case 'Home':
      return 0;
    case 'End':
      return Number.MAX_SAFE_INTEGER;
    default:
      return null;
  }
}

/** Picking several rows. Answers whether the key meant that. */
function pickKeys(event: React.KeyboardEvent, view: VirtualHandle | null): boolean {
  const { selectedIndex } = useList.getState();
  if (event.ctrlKey || event.metaKey) {
    if (event.key === 'a' && !event.shiftKey) void pickAll();
    else if (event.key === ' ' && selectedIndex !== null) pickToggle(selectedIndex);
    else return false;
    return true;
  }
  const to = event.shiftKey ? destination(event.key, selectedIndex ?? view?.firstInSight() ?? 0, view?.rowsInSight() ?? 1) : null;
  if (to === null) return false;
  void pickTo(to);
  return true;
}

/** What keys do while the list has the focus. */
export function listKeys(event: React.KeyboardEvent, view: VirtualHandle | null, onOpen: () => void, onClose: () => void): void {
  if (event.altKey) return;
  if (pickKeys(event, view)) {
    event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey) return;
  const { selectedIndex } = useList.getState();
  if (event.key === 'Enter') {
    if (selectedIndex === null) moveSelection(0, view);
    onOpen();
  } else if (event.key === 'Escape') {
    if (!pickNothing()) {
      onClose();
      selectNothing();
    }
  } else if (destination(event.key, 0, 0) !== null) {
    const first = view?.firstInSight() ?? 0;
    const absolute = event.key === 'Home' || event.key === 'End';
    const to = destination(event.key, selectedIndex ?? first, view?.rowsInSight() ?? 1) ?? first;
    selectIndex(selectedIndex === null && !absolute ? first : to);
  } else {
    return;
  }
  event.preventDefault();
}
