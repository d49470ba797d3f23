import { ArrowDownToLine, Pin, RotateCcw } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { SERVER_PUSH } from '../../proxy-core/rrpair/pushed.ts';
import type { PairSummary } from '../../proxy-core/rrpair/shapes.ts';
import { showDialog } from '../containers/store.ts';
import { DirectionMark, directionWords, statusClass, TechnologyBadge } from '../design/Badges.tsx';
import { formatBytes, formatClock, formatMs, latencyFraction } from '../design/format.ts';
import { statusText } from '../design/status.ts';
import { visible } from '../design/visible.ts';
import { ColourStripe, NoteMark } from '../marks/RowMarks.tsx';
import type { ColumnId, Layout } from './columns.ts';

/** Characters of a location that a cell can show at most; a longer one only costs layout. */
const CELL_CHARS = 400;

const cell = (text: string): string => visible(text.slice(0, CELL_CHARS));

function Time({ ms, bar }: { ms: number | null; bar: boolean }) {
  if (ms === null) return <span className="muted">–</span>;
  const pace = ms >= 5_000 ? 'latency-bad' : ms >= 1_000 ? 'latency-warn' : '';
  return (
    <>
      {formatMs(ms)}
      {bar && (
        <span
          className={`latency-bar ${pace}`}
          style={{ backgroundSize: `${(latencyFraction(ms) * 100).toFixed(0)}% 100%` }}
          aria-hidden
        />
      )}
    </>
  );
}

/** In place of the address, which the host tells already. The link is for the pointer; the keyboard finds the same in the details. */
function Unread({ text, fix, source }: { text: string; fix: 'tls' | 'key' | null; source: string }) {
  return (
    <>
      <span className="unread truncate">{visible(text)}</span>
      {fix !== null && (
        <button
          type="button"
          tabIndex={-1}
          className="link-button unread-fix"
          title={fix === 'tls' ? 'Three ways to have the next one read' : 'Give the application’s key pair'}
          onClick={(event) => {
            event.stopPropagation();
            showDialog(fix, source);
          }}
        >
          Fix
        </button>
      )}
    </>
  );
}

/** Nobody asked for it; the details lead to the request because of which it came. */
function PushMark() {
  return (
    <span className="mark-push" role="img" aria-label="pushed by the server" title="Pushed by the server: nobody asked for it">
      <ArrowDownToLine size={11} aria-hidden />
    </span>
  );
}

/** Before the time. Most rows have none, and no element for them. */
function Marks({ row }: { row: PairSummary }) {
  const pushed = row.technologies.includes(SERVER_PUSH);
  if (!row.pinned && row.replayOf === null && !pushed) return null;
  return (
    <span className="row-marks">
      {row.pinned && <Pin size={11} className="mark-pin" aria-label="pinned" />}
      {row.replayOf !== null && <RotateCcw size={11} className="mark-replay" aria-label="replay" />}
      {pushed && <PushMark />}
    </span>
  );
}

interface RowProps {
  row: PairSummary | undefined;
  layout: Layout;
  /** Where it was captured, in words. */
  source: string;
  /** Why a container's TLS was not read; empty for every other row. */
  unread: string;
  /** What opens the way to read it from now on. */
  fix: 'tls' | 'key' | null;
  index: number;
  top: number;
  selected: boolean;
  /** Where the keys go on from. */
  current: boolean;
}

export const rowId = (index: number): string => `pair-row-${index}`;

/** What stands in a cell, its class, and what is said of it on hover. */
function content(column: ColumnId, row: PairSummary, props: RowProps): [node: ReactNode, className: string, title?: string] {
  switch (column) {
    case 'time':
      return [
        <>
          <Marks row={row} />
          {formatClock(row.startedAt)}
        </>,
        'cell-time',
      ];
    case 'direction':
      return [<DirectionMark key="" direction={row.direction} />, '', directionWords[row.direction]];
    case 'source':
      return [cell(props.source), 'cell-soft', visible(row.source)];
    case 'technology':
      return [<TechnologyBadge key="" name={row.technology} />, ''];
    case 'protocol':
      return [cell(row.protocol), 'cell-soft'];
    case 'command':
      return [cell(row.command), 'cell-command'];
    case 'host':
      return [cell(row.host), 'captured cell-soft', cell(row.host)];
    case 'location':
      return props.unread === ''
        ? [cell(row.location), 'captured', cell(row.location)]
        : [<Unread key="" text={props.unread} fix={props.fix} source={row.source} />, 'captured cell-unread', cell(props.unread)];
    case 'status':
      return [
        visible(statusText(row.status, row.error, row.state === 'open')),
        statusClass(row.status, row.error, row.state === 'open'),
      ];
    case 'latency':
      return [<Time key="" ms={row.latencyMs} bar={props.layout.bars} />, 'cell-numeric cell-latency'];
    case 'duration':
      return [<Time key="" ms={row.durationMs} bar={false} />, 'cell-numeric'];
    default:
      return [
        row.state === 'open' && row.responseBytes === 0 ? (
          <span className="muted">–</span>
        ) : (
          formatBytes(row.requestBytes + row.responseBytes)
        ),
        'cell-numeric',
        `${formatBytes(row.requestBytes)} sent, ${formatBytes(row.responseBytes)} received`,
      ];
  }
}

export const Row = memo(function Row(props: RowProps) {
  const { row, index, top, selected, current, layout } = props;
  // The header is row 1.
  const place = { id: rowId(index), role: 'row', 'aria-rowindex': index + 2, 'aria-selected': selected, style: { top } };
  if (row === undefined) {
    return <div {...place} className="row row-skeleton" aria-busy="true" />;
  }
  // In the widest column, unless the user did without it.
  const noteColumn = row.note === '' ? null : (layout.columns.find(({ id }) => id === 'location') ?? layout.columns[0])?.id;
  return (
    <div
      {...place}
      data-index={index}
      className={`row ${selected ? 'row-selected' : ''} ${current ? 'row-current' : ''} ${row.noise ? 'row-noise' : ''}`}
    >
      {layout.columns.map(({ id }, column) => {
        const [node, className, title] = content(id, row, props);
        return (
          <div key={id} role="gridcell" data-column={id} className={`cell ${className}`} title={title}>
            {column === 0 && row.colour !== null && <ColourStripe colour={row.colour} />}
            {id === noteColumn && <NoteMark note={row.note} />}
            {node}
          </div>
        );
      })}
    </div>
  );
});
