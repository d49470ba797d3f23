import { FileDown, Palette, Pin, PinOff, StickyNote, X } from 'lucide-react';
import { create } from 'zustand';
import { Button, IconButton } from '../design/Button.tsx';
import { plural } from '../design/format.ts';
import { Menu } from '../design/Menu.tsx';
import { writeNote } from '../marks/actions.ts';
import { ColourItems } from '../marks/ColourItems.tsx';
import { pickNothing } from './pick.ts';
import { exportAll, pinAll } from './pickActions.ts';
import { useList } from './store.ts';

/** Something that other parts of the window can do with several pairs. */
export interface PickAction {
  label: string;
  /** Pairs that it can be done with. */
  least: number;
  most: number;
  run: (ids: readonly number[]) => void;
}

const useActions = create<{ actions: readonly PickAction[] }>(() => ({ actions: [] }));

/** Adds a button to the bar that appears when several pairs are selected. */
export function offerForPicked(action: PickAction): void {
  useActions.setState(({ actions }) => ({ actions: [...actions, action] }));
}

/** What can be done with all that is picked. */
export function PickBar() {
  const picked = useList((state) => state.picked);
  const actions = useActions((state) => state.actions);
  if (picked.size < 2) return null;
  const ids = [...picked];
  return (
    <div role="toolbar" aria-label="Selected pairs" className="pick-bar">
      <span className="pick-count">{plural(ids.length, 'pair')} selected</span>
      {actions
        .filter(({ least, most }) => ids.length >= least && ids.length <= most)
        .map(({ label, run }) => (
          <Button key={label} tone="quiet" onClick={() => run(ids)}>
            {label}
          </Button>
        ))}
      <IconButton label="Pin" keys="P" className="icon-button-small" onClick={() => void pinAll(ids, true)}>
        <Pin size={14} />
      </IconButton>
      <IconButton label="Unpin" className="icon-button-small" onClick={() => void pinAll(ids, false)}>
        <PinOff size={14} />
      </IconButton>
      <Menu
        trigger={
          <button type="button" className="icon-button icon-button-small" aria-label="Colour" title="Colour">
            <Palette size={14} />
          </button>
        }
      >
        <ColourItems ids={ids} colour={undefined} />
      </Menu>
      <IconButton label="Note…" keys="M" className="icon-button-small" onClick={() => writeNote(ids)}>
        <StickyNote size={14} />
      </IconButton>
      <Button tone="quiet" icon={<FileDown size={13} />} onClick={() => void exportAll(ids)}>
        Export as HAR
      </Button>
      <IconButton label="Select one again" keys="Esc" className="icon-button-small" onClick={pickNothing}>
        <X size={14} />
      </IconButton>
    </div>
  );
}
