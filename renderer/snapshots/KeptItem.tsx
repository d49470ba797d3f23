import { Ellipsis } from 'lucide-react';
import type { ReactNode } from 'react';
import { Menu } from '../design/Menu.tsx';

interface KeptItemProps {
  icon: ReactNode;
  name: string;
  /** Of pairs, or why there are none. */
  count: string;
  hint: string;
  /** What it is, for whoever hears its menu's button. */
  menuLabel: string;
  /** The list shows its pairs. */
  shown: boolean;
  disabled?: boolean;
  onShow: () => void;
  /** Its menu. */
  children: ReactNode;
}

/** Pairs that are found again as a whole, a snapshot or a session: shows them, and has a menu of what else can be done. */
export function KeptItem({ icon, name, count, hint, menuLabel, shown, disabled = false, onShow, children }: KeptItemProps) {
  return (
    <li className="snapshot">
      <button
        type="button"
        className="nav-button snapshot-open"
        aria-current={shown}
        disabled={disabled}
        title={hint}
        onClick={onShow}
      >
        {icon}
        <span className="captured truncate">{name}</span>
        <span className="snapshot-pairs">{count}</span>
      </button>
      <Menu
        align="end"
        trigger={
          <button type="button" className="icon-button icon-button-small" aria-label={menuLabel}>
            <Ellipsis size={14} />
          </button>
        }
      >
        {children}
      </Menu>
    </li>
  );
}
