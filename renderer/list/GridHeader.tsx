import { ArrowDown, ArrowUp } from 'lucide-react';
import { sortBy } from './actions.ts';
import { columns } from './columns.ts';
import { useList } from './store.ts';

export function GridHeader() {
  const sort = useList((state) => state.sort);
  return (
    <div role="row" aria-rowindex={1} className="row grid-header">
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
              tabIndex={-1}
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
