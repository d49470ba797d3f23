import { ArrowDown, ArrowUp } from 'lucide-react';
import { sortBy } from './actions.ts';
import { columns } from './columns.ts';
import { useList } from './store.ts';

/** Arrow keys walk along the columns; only one of them is a stop of the Tab key. */
function walk(event: React.KeyboardEvent): void {
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  // Enter and Space press the button; they mean nothing to the list here.
  if (event.key === 'Enter' || event.key === ' ') event.stopPropagation();
  if (step === 0) return;
  const buttons = [...event.currentTarget.querySelectorAll('button')].filter((button) => button.offsetParent !== null);
  const at = buttons.findIndex((button) => button === document.activeElement);
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
  event.preventDefault();
  event.stopPropagation();
}

export function GridHeader() {
  const sort = useList((state) => state.sort);
  return (
    <div role="row" aria-rowindex={1} className="row grid-header" onKeyDown={walk}>
      {columns.map((column) => {
        const active = sort.by === column.sort;
        return (
          <div
            key={column.id}
            role="columnheader"
            data-column={column.id}
            aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : 'none'}
            className={`cell ${column.numeric === true ? 'cell-numeric' : ''}`}
          >
            <button
              type="button"
              tabIndex={active ? 0 : -1}
              className="sort-button"
              title={`Sort by ${column.label.toLowerCase()}`}
              onClick={() => sortBy(column.sort)}
            >
              <span className={column.narrow === true ? 'sr-only' : 'truncate'}>{column.label}</span>
              {active &&
                (sort.descending ? (
                  <ArrowDown size={12} aria-hidden className="sort-mark" />
                ) : (
                  <ArrowUp size={12} aria-hidden className="sort-mark" />
                ))}
            </button>
          </div>
        );
      })}
    </div>
  );
}
