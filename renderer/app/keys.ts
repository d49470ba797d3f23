import { useHelp } from '../help/store.ts';
import { actionOfKey, isAvailable } from '../palette/actions.ts';
import { keyOf } from '../palette/keyNames.ts';

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
    target.closest('button, a, summary, input, [role="switch"], [role="checkbox"], [role="tab"], [role="radio"]') !== null
  );
}

/** Keys that work wherever the focus is, except while a dialog or a menu is open and, of those without Ctrl or ⌘, while typing. */
export function onWindowKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const key = keyOf(event);
  const action = actionOfKey(key);
  if (action === undefined || !isAvailable(action)) return;
  if (event.target instanceof Element && event.target.closest('[role="menu"], [role="dialog"]') !== null) return;
  if (useHelp.getState().topic !== null) return;
  if (!key.startsWith('Mod+') && takesText(event.target)) return;
  if ((key === 'Space' || key === 'Enter') && takesSpace(event.target)) return;
  action.run();
  event.preventDefault();
}
