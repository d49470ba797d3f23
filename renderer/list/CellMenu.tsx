import { ContextMenu } from '@base-ui/react/context-menu';
import { Menu as BaseMenu } from '@base-ui/react/menu';
import { Copy, Filter, FilterX, Palette, Pin, PinOff, RotateCcw, SquareTerminal, StickyNote } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { PairSummary } from '../../proxy-core/rrpair/shapes.ts';
import { copyText } from '../design/copy.ts';
import { MenuItem, MenuSeparator, Submenu } from '../design/Menu.tsx';
import { visible } from '../design/visible.ts';
import { copyCurl, togglePin } from '../detail/actions.ts';
import { addTerm } from '../filter/actions.ts';
import { type Term, termOfCell } from '../filter/terms.ts';
import { writeNote } from '../marks/actions.ts';
import { ColourItems } from '../marks/ColourItems.tsx';
import { replay } from '../replay/actions.ts';
import { selectIndex } from './actions.ts';
import { ColumnItems } from './ColumnItems.tsx';
import type { Column } from './columns.ts';
import { rowAt, useList } from './store.ts';

interface Target {
  row: PairSummary;
  /** What can be filtered by: the cell under the pointer, or every column when the menu was opened by a key. */
  terms: readonly Term[];
}

const MENU_CHARS = 48;

/** The row and the cell of an event's target. */
export function cellOf(target: EventTarget): { index: number; column: string } | null {
  if (!(target instanceof Element)) return null;
  const row = target.closest<HTMLElement>('[data-index]');
  if (row === null) return null;
  return { index: Number(row.dataset['index']), column: target.closest<HTMLElement>('[data-column]')?.dataset['column'] ?? '' };
}

const short = (text: string): string => visible(text.length > MENU_CHARS ? `${text.slice(0, MENU_CHARS)}…` : text);

/** Right click, or the menu key on the selected row. */
export function CellMenu({ columns, children }: { columns: readonly Column[]; children: ReactElement }) {
  const [target, setTarget] = useState<Target | 'columns' | null>(null);
  const onContextMenu = (event: React.MouseEvent): void => {
    if (event.target instanceof Element && event.target.closest('.grid-header') !== null) {
      setTarget('columns');
      return;
    }
    const cell = cellOf(event.target);
    const index = cell?.index ?? useList.getState().selectedIndex;
    const row = index === null ? undefined : rowAt(index);
    if (index === null || row === undefined) {
      // Nothing to offer: no menu, neither ours nor the browser's.
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    // A menu on one of several that are picked leaves them so.
    if (!useList.getState().picked.has(row.id)) selectIndex(index);
    const pointed = cell === null ? null : (termOfCell(cell.column, row) ?? termOfCell('host', row));
    const terms = pointed === null ? columns.map((column) => termOfCell(column.id, row)) : [pointed];
    setTarget({ row, terms: terms.filter((term) => term !== null) });
  };
  return (
    <ContextMenu.Root>
      <ContextMenu.Trigger render={children} onContextMenuCapture={onContextMenu} />
      <BaseMenu.Portal>
        <ContextMenu.Positioner className="menu-positioner">
          <ContextMenu.Popup className="menu">
            {target === 'columns' ? <ColumnItems /> : target !== null && <Items target={target} />}
          </ContextMenu.Popup>
        </ContextMenu.Positioner>
      </BaseMenu.Portal>
    </ContextMenu.Root>
  );
}

function Items({ target: { row, terms } }: { target: Target }) {
  const [only] = terms;
  const pointed = terms.length === 1 ? only : undefined;
  const picked = useList((state) => state.picked);
  const several = picked.size > 1 && picked.has(row.id);
  const marked = several ? [...picked] : [row.id];
  return (
    <>
      {terms.map((term) => (
        <MenuItem key={term.field} icon={<Filter size={14} />} keys={pointed && 'Alt click'} onSelect={() => addTerm(term, false)}>
          Only {short(term.label)}
        </MenuItem>
      ))}
      {pointed === undefined && <MenuSeparator />}
      {terms.map((term) => (
        <MenuItem
          key={term.field}
          icon={<FilterX size={14} />}
          keys={pointed && 'Alt Shift click'}
          onSelect={() => addTerm(term, true)}
        >
          Exclude {short(term.label)}
        </MenuItem>
      ))}
      {pointed !== undefined && (
        <MenuItem icon={<Copy size={14} />} onSelect={() => void copyText(pointed.value, 'Value')}>
          Copy value
        </MenuItem>
      )}
      <MenuSeparator />
      <MenuItem icon={<RotateCcw size={14} />} keys="R" onSelect={() => void replay(row.id)}>
        Replay
      </MenuItem>
      <MenuItem icon={<SquareTerminal size={14} />} keys="C" onSelect={() => void copyCurl(row.id)}>
        Copy as curl
      </MenuItem>
      <MenuItem
        icon={row.pinned ? <PinOff size={14} /> : <Pin size={14} />}
        keys="P"
        onSelect={() => void togglePin(row.id, row.pinned)}
      >
        {row.pinned ? 'Unpin' : 'Pin'}
      </MenuItem>
      <Submenu icon={<Palette size={14} />} label={several ? `Colour ${picked.size} pairs` : 'Colour'}>
        <ColourItems ids={marked} colour={several ? undefined : row.colour} />
      </Submenu>
      <MenuItem icon={<StickyNote size={14} />} keys="M" onSelect={() => writeNote(marked, several ? '' : row.note)}>
        {several ? `Note on ${picked.size} pairs…` : row.note === '' ? 'Add a note' : 'Edit the note'}
      </MenuItem>
    </>
  );
}
