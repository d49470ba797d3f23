import { copyCurl, togglePin } from '../detail/actions.ts';
import { closeDetail, openDetail, useDetail } from '../detail/store.ts';
import { FILTER_ID } from '../filter/FilterBar.tsx';
import { showHelp, useHelp } from '../help/store.ts';
import { selectNothing, setQuestion, togglePause } from '../list/actions.ts';
import { moveSelection } from '../list/keys.ts';
import { rowAt, useList } from '../list/store.ts';
import { replay } from '../replay/actions.ts';

/** Whether the element takes typed characters for itself. */
function takesText(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable="true"]') !== null
  );
}

/** Whether Space and Enter already mean something to the element. */
function takesSpace(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('button, a, summary, input, [role="switch"], [role="tab"], [role="radio"]') !== null
  );
}

function focusList(): void {
  document.getElementById('pairs')?.focus();
}

/** Closes the details and gives the focus back to the list. */
export function leaveDetail(): void {
  closeDetail();
  focusList();
}

function selectedPinned(id: number): boolean {
  const { selectedIndex } = useList.getState();
  const row = selectedIndex === null ? undefined : rowAt(selectedIndex);
  if (row?.id === id) return row.pinned;
  const { detail } = useDetail.getState();
  return detail?.id === id && detail.pinned;
}

function act(key: string): boolean {
  const id = useList.getState().selectedId;
  switch (key) {
    case 'j':
    case 'k':
      moveSelection(key === 'j' ? 1 : -1, null);
      focusList();
      return true;
    case 'n':
      setQuestion({ noise: !useList.getState().noise });
      return true;
    case '/': {
      const input = document.getElementById(FILTER_ID);
      if (input instanceof HTMLInputElement) {
        input.focus();
        input.select();
      }
      return true;
    }
    case '?':
      showHelp('keys');
      return true;
    case 'r':
      if (id !== null) void replay(id);
      return id !== null;
    case 'c':
      if (id !== null) void copyCurl(id);
      return id !== null;
    case 'p':
      if (id !== null) void togglePin(id, selectedPinned(id));
      return id !== null;
    default:
      return false;
  }
}

/** Keys that work wherever the focus is, except while typing and while a dialog or a menu is open. */
export function onWindowKey(event: KeyboardEvent): void {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key === 'f') {
    // The browser's own search would see only the lines on the screen.
    const find = document.querySelector<HTMLInputElement>('.find-input');
    if (find === null) return;
    find.focus();
    find.select();
    event.preventDefault();
    return;
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (useHelp.getState().topic !== null || takesText(event.target)) return;
  if (event.target instanceof Element && event.target.closest('[role="menu"], [role="dialog"]') !== null) return;
  let done = false;
  if (event.key === 'Escape') {
    if (useDetail.getState().open) leaveDetail();
    else selectNothing();
    done = true;
  } else if (event.key === ' ') {
    if (takesSpace(event.target)) return;
    togglePause();
    done = true;
  } else if (event.key === 'Enter') {
    if (takesSpace(event.target) || useList.getState().selectedId === null) return;
    openDetail();
    done = true;
  } else {
    done = act(event.key);
  }
  if (done) event.preventDefault();
}
