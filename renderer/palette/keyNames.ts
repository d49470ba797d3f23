/**
 * A key as the registry names it: `event.key`, with `Space` for the space bar and `Mod+` before it for ⌘ on a Mac and Ctrl elsewhere. Shift is
 * not named: what it makes of a key is in `event.key`.
 */
export function keyOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  if (event.altKey) return '';
  const key = event.key === ' ' ? 'Space' : event.key;
  if (!event.ctrlKey && !event.metaKey) return key;
  return event.shiftKey ? '' : `Mod+${key.toLowerCase()}`;
}

const NAMES: Readonly<Record<string, string>> = {
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
  ContextMenu: 'Menu',
};

/** A key as it stands on the keyboard: `Mod+k` is `Ctrl K`, and `⌘ K` on a Mac. */
export function keyLabel(key: string, mac: boolean): string {
  return key
    .split('+')
    .map((part) => {
      if (part === 'Mod') return mac ? '⌘' : 'Ctrl';
      if (part === 'Shift') return mac ? '⇧' : 'Shift';
      return NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part);
    })
    .join(' ');
}

export const onMac = (): boolean => /mac/i.test(navigator.platform);
