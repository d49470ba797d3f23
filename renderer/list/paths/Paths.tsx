import { ChevronRight } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { setPreferences } from '../../app/preferences.ts';
import { formatCount, formatMs } from '../../design/format.ts';
import { type VirtualHandle, VirtualRows } from '../../design/VirtualRows.tsx';
import { visible } from '../../design/visible.ts';
import { applyFilter } from '../../filter/actions.ts';
import { withTerm } from '../../filter/terms.ts';
import { useList } from '../store.ts';
import { conditionsFor, type PathRow, rowsOf } from './tree.ts';
import { usePaths } from './usePaths.ts';
import './paths.css';

const ROW_HEIGHT = 28;
const HEADER_HEIGHT = 30;
const INDENT = 16;
const rowId = (index: number): string => `path-row-${index}`;

/** Shows in the list what a line counts. */
function showInList(row: PathRow): void {
  const filter = conditionsFor(row).reduce((before, term) => withTerm(before, term), useList.getState().filter);
  setPreferences({ listView: 'list' });
  void applyFilter(filter);
}

/** What the filter finds by host and path, with how often, how often it failed, and how long it usually took. */
export function Paths() {
  const answer = usePaths();
  const handle = useRef<VirtualHandle>(null);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [current, setCurrent] = useState<string | null>(null);
  const rows = useMemo(() => rowsOf(answer?.nodes ?? [], toggled), [answer, toggled]);
  const at = rows.findIndex(({ key }) => key === current);
  const most = Math.max(1, ...rows.map(({ pairs }) => pairs));

  const toggle = ({ key }: PathRow): void => {
    setToggled((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  };
  const goTo = (index: number): void => {
    const clamped = Math.min(rows.length - 1, Math.max(0, index));
    setCurrent(rows[clamped]?.key ?? null);
    handle.current?.showRow(clamped);
  };

  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[at];
    const page = handle.current?.rowsInSight() ?? 1;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: rows.length,
    };
    const step = steps[event.key];
    if (step !== undefined) goTo(step);
    else if (row === undefined) return;
    else if (event.key === 'ArrowRight') {
      if (row.expandable && !row.expanded) toggle(row);
      else if (row.expanded) goTo(at + 1);
    } else if (event.key === 'ArrowLeft') {
      if (row.expanded) toggle(row);
      else goTo(rows.findLastIndex((one, index) => index < at && one.level < row.level));
    } else if (event.key === 'Enter') showInList(row);
    else if (event.key === ' ' && row.expandable) toggle(row);
    else return;
    event.preventDefault();
  };

  return (
    <section className="paths" aria-label="Requests by host and path">
      <VirtualRows
        handle={handle}
        role="treegrid"
        id="pairs"
        aria-label="Hosts and paths"
        aria-rowcount={rows.length + 1}
        aria-busy={answer === null}
        aria-activedescendant={at < 0 ? undefined : rowId(at)}
        tabIndex={0}
        className="grid"
        count={rows.length}
        rowHeight={ROW_HEIGHT}
        headerHeight={HEADER_HEIGHT}
        header={
          <div role="row" aria-rowindex={1} className="row grid-header path-row">
            {['Host and path', 'Pairs', 'Failed', 'Median latency'].map((name, index) => (
              <div key={name} role="columnheader" className={`cell path-head ${index > 0 ? 'cell-numeric' : ''}`}>
                {name}
              </div>
            ))}
          </div>
        }
        onKeyDown={onKeyDown}
        renderRow={(index, top) => {
          const row = rows[index];
          return row === undefined ? null : (
            <Line
              row={row}
              index={index}
              top={top}
              share={row.pairs / most}
              selected={index === at}
              onSelect={() => setCurrent(row.key)}
              onToggle={() => toggle(row)}
            />
          );
        }}
      />
      {answer !== null && answer.counted < answer.total && (
        <p className="paths-note">The newest {formatCount(answer.counted)} pairs are counted.</p>
      )}
    </section>
  );
}

interface LineProps {
  row: PathRow;
  index: number;
  top: number;
  /** 0…1 of the most frequent line. */
  share: number;
  selected: boolean;
  onSelect: () => void;
  onToggle: () => void;
}

function Line({ row, index, top, share, selected, onSelect, onToggle }: LineProps) {
  const { level, name, pairs, errors, p50Ms, expandable, expanded } = row;
  const shown = name === '' ? '(no host)' : visible(name);
  return (
    <div
      id={rowId(index)}
      role="row"
      aria-rowindex={index + 2}
      aria-level={level + 1}
      aria-selected={selected}
      aria-expanded={expandable ? expanded : undefined}
      className={`row path-row ${selected ? 'row-selected row-current' : ''}`}
      style={{ top }}
      onClick={onSelect}
      onDoubleClick={() => showInList(row)}
    >
      <div role="gridcell" className="cell path-name captured" title={shown} style={{ paddingLeft: level * INDENT }}>
        {expandable ? (
          <button
            type="button"
            tabIndex={-1}
            aria-hidden
            className={`path-fold ${expanded ? 'path-fold-open' : ''}`}
            onClick={(event) => {
              event.stopPropagation();
              onToggle();
            }}
          >
            <ChevronRight size={13} />
          </button>
        ) : (
          <span className="path-fold" />
        )}
        <span className={level === 0 ? 'path-host truncate' : 'truncate'}>{shown}</span>
        <button
          type="button"
          tabIndex={-1}
          className="link-button path-show"
          onClick={(event) => {
            event.stopPropagation();
            showInList(row);
          }}
        >
          Show
        </button>
      </div>
      <div role="gridcell" className="cell cell-numeric path-count">
        <span className="path-share" aria-hidden>
          <span style={{ width: `${Math.max(2, share * 100).toFixed(0)}%` }} />
        </span>
        <span className="path-number">{formatCount(pairs)}</span>
      </div>
      <div role="gridcell" className={`cell cell-numeric ${errors > 0 ? 'tone-bad' : 'muted'}`}>
        {errors === 0 ? '–' : `${formatCount(errors)} (${((errors / pairs) * 100).toFixed(errors * 10 < pairs ? 1 : 0)} %)`}
      </div>
      <div role="gridcell" className="cell cell-numeric">
        {p50Ms === null ? <span className="muted">–</span> : formatMs(p50Ms)}
      </div>
    </div>
  );
}
