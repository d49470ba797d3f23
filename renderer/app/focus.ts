import { closeDetail } from '../detail/store.ts';

export function focusList(): void {
  document.getElementById('pairs')?.focus();
}

/** Closes the details and gives the focus back to the list. */
export function leaveDetail(): void {
  closeDetail();
  focusList();
}
