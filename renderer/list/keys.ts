import type { VirtualHandle } from '../design/VirtualRows.tsx';
import { selectIndex, selectNothing } from './actions.ts';
import { useList } from './store.ts';

/** Moves the selection by rows; from nowhere, it starts at the first row in sight. */
export function moveSelection(by: number, view: VirtualHandle | null): void {
  const { selectedIndex } = useList.getState();
  selectIndex(selectedIndex === null ? (view?.firstInSight() ?? 0) : selectedIndex + by);
}

/** What keys do while the list has the focus. */
export function listKeys(event: React.KeyboardEvent, view: VirtualHandle | null, onOpen: () => void, onClose: () => void): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const page = view?.rowsInSight() ?? 1;
  switch (event.key) {
    case 'ArrowDown':
      moveSelection(1, view);
      break;
    case 'ArrowUp':
      moveSelection(-1, view);
      break;
    case 'PageDown':
      moveSelection(page, view);
      break;
    case 'PageUp':
      moveSelection(-page, view);
      break;
    case 'Home':
      selectIndex(0);
      break;
    case 'End':
      selectIndex(Number.MAX_SAFE_INTEGER);
      break;
    case 'Enter':
      if (useList.getState().selectedIndex === null) moveSelection(0, view);
      onOpen();
      break;
    case 'Escape':
      onClose();
      selectNothing();
      break;
    default:
      return;
  }
  event.preventDefault();
}
