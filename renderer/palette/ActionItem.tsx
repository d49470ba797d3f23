import type { ReactNode } from 'react';
import { MenuItem } from '../design/Menu.tsx';
import { actionOf } from './actions.ts';
import { keyLabel, onMac } from './keyNames.ts';

/** An action as an entry of a menu, with its words and its key. */
export function ActionItem({ id, icon }: { id: string; icon: ReactNode }) {
  const { title, key, run } = actionOf(id);
  return (
    <MenuItem icon={icon} keys={key === undefined ? undefined : keyLabel(key, onMac())} onSelect={run}>
      {title}
    </MenuItem>
  );
}
