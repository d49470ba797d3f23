import { ArrowUp } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { usePreferences } from '../app/preferences.ts';
import { useContainers } from '../containers/store.ts';
import { undecrypted } from '../containers/undecrypted.ts';
import { formatCount } from '../design/format.ts';
import { type Sight, type VirtualHandle, VirtualRows } from '../design/VirtualRows.tsx';
import { addTerm } from '../filter/actions.ts';
import { termOfCell } from '../filter/terms.ts';
import { ServiceMap } from '../map/ServiceMap.tsx';
import { describeNew, follow, followIfFree, selectIndex, standStill } from './actions.ts';
import { CellMenu, cellOf } from './CellMenu.tsx';
import { layoutOf } from './columns.ts';
import { GridHeader } from './GridHeader.tsx';
import { listKeys } from './keys.ts';
import { fetchMissing, see } from './loader.ts';
import { PickBar } from './PickBar.tsx';
import { Paths } from './paths/Paths.tsx';
import { pickTo, pickToggle } from './pick.ts';
import { Row, rowId } from './Row.tsx';
import { sourceWords, useSeenSources } from './sources.ts';
import { rowAt, useList } from './store.ts';
import { useWidth } from './useWidth.ts';
import './list.css';

/** Pixels; the tokens of the same names say them to the style sheets. */
const ROW_HEIGHTS = { comfortable: 28, compact: 22 };
const HEADER_HEIGHT = 30;

interface ListProps {
  onOpen: () => void;
  onClose: () => void;
}

/** The pairs one by one, counted by host and path, or drawn as who calls whom. */
export function List(props: ListProps) {
  const view = usePreferences((state) => state.listView);
  if (view === 'map') return <ServiceMap />;
  return view === 'paths' ? <Paths /> : <Pairs {...props} />;
}

/** The pairs, newest first unless asked otherwise. Holds only the rows around what is in sight. */
function Pairs({ onOpen, onClose }: ListProps) {
  const handle = useRef<VirtualHandle>(null);
  const width = useWidth(useCallback(() => handle.current?.element() ?? null, []));
  const state = useList();
  const { total, selectedId, selectedIndex, picked, sort, jump, newer, boundary, loading } = state;
  const atEnd = useRef(false);
  const { columns: choice, rowHeight } = usePreferences();
  const severalSources = useSeenSources(({ sources }) => sources.size > 1);
  const { list: containers, shortNames } = useContainers();
  const oldestFirst = sort.by === 'time' && !sort.descending;
  const layout = useMemo(() => layoutOf(choice, severalSources, width), [choice, severalSources, width]);
  const contentWidth = layout.least > width ? `${layout.least}px` : '100%';

  const byName = useMemo(() => new Map(containers?.map((container) => [container.name, container])), [containers]);

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

  const onClick = (event: React.MouseEvent): void => {
    const cell = cellOf(event.target);
    if (cell === null) return;
    const row = rowAt(cell.index);
    const term = event.altKey && row !== undefined ? termOfCell(cell.column, row) : null;
    if (term !== null) {
      addTerm(term, event.shiftKey);
    } else if (event.shiftKey) {
      void pickTo(cell.index);
    } else if (event.ctrlKey || event.metaKey) {
      pickToggle(cell.index);
    } else {
      selectIndex(cell.index);
      onOpen();
    }
  };

  return (
    <section
      className={`list ${rowHeight === 'compact' ? 'list-compact' : ''}`}
      aria-label="Requests"
      // Set through the object model, which the content security policy allows.
      style={{ '--grid-columns': layout.template, '--grid-width': contentWidth } as React.CSSProperties}
    >
      <CellMenu columns={layout.columns}>
        <VirtualRows
          handle={handle}
          role="grid"
          id="pairs"
          aria-label="Request list"
          aria-multiselectable
          aria-rowcount={total + 1}
          aria-colcount={layout.columns.length}
          aria-busy={loading}
          aria-activedescendant={selectedIndex === null ? undefined : rowId(selectedIndex)}
          tabIndex={0}
          className={`grid ${loading ? 'grid-loading' : ''}`}
          count={total}
          rowHeight={ROW_HEIGHTS[rowHeight]}
          header={<GridHeader columns={layout.columns} />}
          headerHeight={HEADER_HEIGHT}
          contentWidth={contentWidth}
          onSight={onSight}
          keepInSight={selectedIndex}
          onKeyDown={(event) => listKeys(event, handle.current, onOpen, onClose)}
          onClick={onClick}
          renderRow={(index, top) => {
            const row = rowAt(index);
            const container = row === undefined ? undefined : byName.get(row.source);
            const unread = row === undefined || container === undefined ? null : undecrypted(row, container);
            return (
              <Row
                row={row}
                layout={layout}
                source={row === undefined ? '' : sourceWords(row.source, shortNames)}
                unread={unread?.text ?? ''}
                fix={unread?.fix ?? null}
                index={index}
                top={top}
                selected={row === undefined ? index === selectedIndex : row.id === selectedId || picked.has(row.id)}
                current={row === undefined ? index === selectedIndex : row.id === selectedId}
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
      <PickBar />
    </section>
  );
}
