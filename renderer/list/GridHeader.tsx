import { ArrowDown, ArrowUp } from 'lucide-react';
import { announce } from '../design/announce.ts';
import { sortBy } from './actions.ts';
import { resizeColumn, stepColumn } from './columnActions.ts';
import { type Column, type ColumnId, clampWidth } from './columns.ts';
import { useList } from './store.ts';
import { useColumnDrag } from './useColumnDrag.ts';

/** Pixels that one press of a key makes a column wider or narrower. */
const STEP = 12;

const idOf = (button: Element): ColumnId => button.closest<HTMLElement>('[data-column]')?.dataset['column'] as ColumnId;

/** Arrow keys walk along the columns, with Alt they move one, with Shift they resize it; only one of them is a stop of the Tab key. */
function walk(event: React.KeyboardEvent, columns: readonly Column[]): void {
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  // Enter and Space press the button; they mean nothing to the list here.
  if (event.key === 'Enter' || event.key === ' ') event.stopPropagation();
  if (step === 0) return;
  event.preventDefault();
  event.stopPropagation();
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.findIndex((button) => button === document.activeElement);
  const button = buttons[at];
  if (event.altKey && button !== undefined) {
    stepColumn(columns, idOf(button), step);
  } else if (event.shiftKey && button !== undefined) {
    const width = clampWidth((button.closest<HTMLElement>('[data-column]')?.offsetWidth ?? 0) + step * STEP);
    resizeColumn(idOf(button), width);
    announce(`${width} pixels wide`);
  } else {
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  }
}

export function GridHeader({ columns }: { columns: readonly Column[] }) {
  const sort = useList((state) => state.sort);
  const drag = useColumnDrag(columns);
  return (
    <div role="row" aria-rowindex={1} className="row grid-header" onKeyDown={(event) => walk(event, columns)}>
      {columns.map((column) => {
        const active = sort.by === column.sort;
        const side = drag.target?.id === column.id ? `header-drop-${drag.target.side}` : '';
        return (
          <div
            key={column.id}
            role="columnheader"
            data-column={column.id}
            aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : 'none'}
            className={`cell ${column.numeric === true ? 'cell-numeric' : ''} ${side} ${drag.dragged === column.id ? 'header-dragged' : ''}`}
          >
            <button
              type="button"
              tabIndex={active ? 0 : -1}
              className="sort-button"
              title={`Sort by ${column.label.toLowerCase()}. Drag to move.`}
              aria-keyshortcuts="Alt+ArrowLeft Alt+ArrowRight Shift+ArrowLeft Shift+ArrowRight"
              onClick={() => {
                if (!drag.justMoved()) sortBy(column.sort);
              }}
              {...drag.moving(column.id)}
            >
              <span className={column.narrow === true ? 'sr-only' : 'truncate'}>{column.label}</span>
              {active &&
                (sort.descending ? (
                  <ArrowDown size={12} aria-hidden className="sort-mark" />
                ) : (
                  <ArrowUp size={12} aria-hidden className="sort-mark" />
                ))}
            </button>
            <span
              aria-hidden
              className="column-handle"
              title="Drag to resize, double click for the usual width"
              onDoubleClick={() => resizeColumn(column.id, null)}
              {...drag.resizing(column.id)}
            />
          </div>
        );
      })}
    </div>
  );
}
