import { ArrowUp } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { formatCount } from '../design/format.ts';
import { type Sight, type VirtualHandle, VirtualRows } from '../design/VirtualRows.tsx';
import { addTerm } from '../filter/actions.ts';
import { termOfCell } from '../filter/terms.ts';
import { describeNew, follow, followIfFree, selectIndex, standStill } from './actions.ts';
import { CellMenu, cellOf } from './CellMenu.tsx';
import { columns } from './columns.ts';
import { GridHeader } from './GridHeader.tsx';
import { listKeys } from './keys.ts';
import { fetchMissing, see } from './loader.ts';
import { Row, rowId } from './Row.tsx';
import { rowAt, useList } from './store.ts';
import './list.css';

const ROW_HEIGHT = 28;
const HEADER_HEIGHT = 30;

/** The pairs, newest first unless asked otherwise. Holds only the rows around what is in sight. */
export function List({ onOpen, onClose }: { onOpen: () => void; onClose: () => void }) {
  const handle = useRef<VirtualHandle>(null);
  const state = useList();
  const { total, selectedId, selectedIndex, sort, jump, newer, boundary, loading } = state;
  const atEnd = useRef(false);
  const oldestFirst = sort.by === 'time' && !sort.descending;

  useEffect(() => {
    if (jump > 0) handle.current?.scrollToTop();
  }, [jump]);

  useEffect(() => {
    if (selectedIndex !== null) handle.current?.showRow(selectedIndex);
    fetchMissing();
  }, [selectedIndex]);

  // With the oldest first, the newest are at the end: whoever looks there goes on looking there.
  useEffect(() => {
    if (total > 0 && oldestFirst && boundary === null && atEnd.current) handle.current?.scrollToEnd();
  }, [total, oldestFirst, boundary]);

  const onSight = (sight: Sight): void => {
    atEnd.current = sight.atEnd;
    const atNewest = sight.atTop || (oldestFirst && sight.atEnd);
    if (useList.getState().atNewest !== atNewest) useList.setState({ atNewest });
    if (atNewest) followIfFree();
    else standStill();
    see(sight.first, sight.end);
  };

  return (
    <section className="list" aria-label="Requests">
      <CellMenu>
        <VirtualRows
          handle={handle}
          role="grid"
          id="pairs"
          aria-label="Request list"
          aria-rowcount={total + 1}
          aria-colcount={columns.length}
          aria-busy={loading}
          aria-activedescendant={selectedIndex === null ? undefined : rowId(selectedIndex)}
          tabIndex={0}
          className={`grid ${loading ? 'grid-loading' : ''}`}
          count={total}
          rowHeight={ROW_HEIGHT}
          header={<GridHeader />}
          headerHeight={HEADER_HEIGHT}
          onSight={onSight}
          keepInSight={selectedIndex}
          onKeyDown={(event) => listKeys(event, handle.current, onOpen, onClose)}
          onClick={(event) => {
            const cell = cellOf(event.target);
            if (cell === null) return;
            const row = rowAt(cell.index);
            const term = event.altKey && row !== undefined ? termOfCell(cell.column, row) : null;
            if (term !== null) {
              addTerm(term, event.shiftKey);
              return;
            }
            selectIndex(cell.index);
            onOpen();
          }}
          renderRow={(index, top) => {
            const row = rowAt(index);
            return (
              <Row
                row={row}
                index={index}
                top={top}
                selected={row === undefined ? index === selectedIndex : row.id === selectedId}
              />
            );
          }}
        />
      </CellMenu>
      {newer > 0 && boundary !== null && (
        <div className="row chip-row">
          <button type="button" className="new-chip" aria-label={`Show ${describeNew(newer)}`} onClick={follow}>
            <ArrowUp size={13} aria-hidden />
            {formatCount(newer)} new
          </button>
        </div>
      )}
    </section>
  );
}
