import { Pin, RotateCcw } from 'lucide-react';
import { memo } from 'react';
import type { PairSummary } from '../../proxy-core/rrpair/shapes.ts';
import { DirectionMark, StatusMark, TechnologyBadge } from '../design/Badges.tsx';
import { formatBytes, formatClock, formatMs, latencyFraction } from '../design/format.ts';
import { visible } from '../design/visible.ts';

/** Characters of a location that a cell can show at most; a longer one only costs layout. */
const CELL_CHARS = 400;

const cell = (text: string): string => visible(text.slice(0, CELL_CHARS));

function Latency({ ms }: { ms: number | null }) {
  if (ms === null) return <span className="muted">–</span>;
  const pace = ms >= 5_000 ? 'latency-bad' : ms >= 1_000 ? 'latency-warn' : '';
  return (
    <>
      <span>{formatMs(ms)}</span>
      <span className={`latency-bar ${pace}`} aria-hidden>
        <span style={{ width: `${(latencyFraction(ms) * 100).toFixed(0)}%` }} />
      </span>
    </>
  );
}

interface RowProps {
  row: PairSummary | undefined;
  index: number;
  top: number;
  selected: boolean;
}

export const rowId = (index: number): string => `pair-row-${index}`;

export const Row = memo(function Row({ row, index, top, selected }: RowProps) {
  // The header is row 1.
  const place = { id: rowId(index), role: 'row', 'aria-rowindex': index + 2, 'aria-selected': selected, style: { top } };
  if (row === undefined) {
    return (
      <div {...place} className="row row-skeleton" aria-busy="true">
        {[1, 2, 3, 4, 5, 6].map((at) => (
          <div key={at} role="gridcell" className={`cell skeleton-${at}`}>
            <span className="skeleton" />
          </div>
        ))}
      </div>
    );
  }
  const open = row.state === 'open';
  return (
    <div {...place} data-index={index} className={`row ${selected ? 'row-selected' : ''} ${row.noise ? 'row-noise' : ''}`}>
      <div role="gridcell" data-column="time" className="cell cell-time">
        <span className="row-marks">
          {row.pinned && <Pin size={11} className="mark-pin" aria-label="pinned" />}
          {row.replayOf !== null && <RotateCcw size={11} className="mark-replay" aria-label="replay" />}
        </span>
        {formatClock(row.startedAt)}
      </div>
      <div role="gridcell" data-column="direction" className="cell">
        <DirectionMark direction={row.direction} />
      </div>
      <div role="gridcell" data-column="technology" className="cell">
        <TechnologyBadge name={row.technology} />
      </div>
      <div role="gridcell" data-column="command" className="cell cell-command">
        {cell(row.command)}
      </div>
      <div role="gridcell" data-column="host" className="cell captured cell-host" title={cell(row.host)}>
        {cell(row.host)}
      </div>
      <div role="gridcell" data-column="location" className="cell captured cell-location" title={cell(row.location)}>
        {cell(row.location)}
      </div>
      <div role="gridcell" data-column="status" className="cell">
        <StatusMark status={row.status} error={row.error} open={open} />
      </div>
      <div role="gridcell" data-column="latency" className="cell cell-numeric cell-latency">
        <Latency ms={row.latencyMs} />
      </div>
      <div
        role="gridcell"
        data-column="size"
        className="cell cell-numeric"
        title={`${formatBytes(row.requestBytes)} sent, ${formatBytes(row.responseBytes)} received`}
      >
        {open && row.responseBytes === 0 ? <span className="muted">–</span> : formatBytes(row.requestBytes + row.responseBytes)}
      </div>
    </div>
  );
});
