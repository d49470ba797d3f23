import { X } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { PairHistogram } from '../../proxy-core/rrpair/shapes.ts';
import { IconButton } from '../design/Button.tsx';
import { formatCount, plural } from '../design/format.ts';
import { conditionsOf } from '../filter/conditions.ts';
import { useList } from '../list/store.ts';
import { useWidth } from '../list/useWidth.ts';
import { applyBrush, type Brush, clearBrush, ordered } from './brush.ts';
import { followHistogram, useHistogram } from './follow.ts';
import { barAt, barCount, barsOf, type Counts, countsOf, DIRECTIONS, type Direction, highestOf, scaleOf } from './shape.ts';
import { isTime, momentText, spanText, ticksOf } from './time.ts';
import './histogram.css';

/** Pixels of the bars of one direction. */
const HALF = 18;
/** Pixels per bar that are asked for. */
const BAR = 5;
/** Pixels between two moments under the strip. */
const TICK = 110;

/** The traffic over time, inbound above the axis and outbound below: what the list shows, on the list's filter. */
export function Histogram() {
  const data = useHistogram((state) => state.data);
  const chart = useRef<HTMLDivElement>(null);
  const width = useWidth(useCallback(() => chart.current, []));
  const bars = width === 0 ? 0 : Math.min(400, Math.max(40, Math.floor(width / BAR / 20) * 20));
  useEffect(() => (bars === 0 ? undefined : followHistogram(bars)), [bars]);
  const [brush, setBrush] = useState<Brush | null>(null);
  const narrowed = useList(({ filter }) => conditionsOf(filter)?.some(isTime) ?? false);
  const counts = data === null ? null : countsOf(data, ...(brush === null ? [] : ordered(brush)));
  return (
    <section className="histogram" aria-label="Traffic over time">
      <div className="histogram-legend" aria-hidden>
        {DIRECTIONS.map((direction) => (
          <Legend key={direction} direction={direction} counts={counts} />
        ))}
      </div>
      <div ref={chart} className="histogram-chart">
        {data !== null && width > 0 && <Chart data={data} width={width} brush={brush} onBrush={setBrush} />}
      </div>
      {narrowed && (
        <IconButton label="Show all times" className="icon-button-small histogram-reset" onClick={clearBrush}>
          <X size={14} />
        </IconButton>
      )}
    </section>
  );
}

function Legend({ direction, counts }: { direction: Direction; counts: Counts | null }) {
  const errors = counts?.[direction === 'in' ? 'inErrors' : 'outErrors'] ?? 0;
  return (
    <p className="histogram-count">
      <span className={`histogram-key histogram-key-${direction}`} />
      {direction === 'in' ? 'In' : 'Out'} <strong>{counts === null ? '' : formatCount(counts[direction])}</strong>
      {errors > 0 && <span className="tone-bad">{formatCount(errors)} failed</span>}
    </p>
  );
}

const failed = (errors: number): string => (errors > 0 ? ` (${formatCount(errors)} failed)` : '');

function words({ in: inbound, inErrors, out, outErrors }: Counts): string {
  return `${formatCount(inbound)} inbound${failed(inErrors)}, ${formatCount(out)} outbound${failed(outErrors)}`;
}

interface ChartProps {
  data: PairHistogram;
  width: number;
  brush: Brush | null;
  onBrush: (brush: Brush | null) => void;
}

function Chart({ data, width, brush, onBrush }: ChartProps) {
  const scale = scaleOf(data, width);
  const dragging = useRef(false);
  const paths = useMemo(() => {
    const highest = highestOf(data);
    return DIRECTIONS.map((direction) => barsOf(data, direction, scaleOf(data, width), HALF, highest));
  }, [data, width]);
  const last = barCount(data) - 1;
  const end = data.from + (last + 1) * data.barMs;
  const moment = (bar: number): string => momentText(data.from + bar * data.barMs, data.barMs);
  const at = brush?.to ?? last;
  const [first, final] = brush === null ? [0, last] : ordered(brush);
  const barOf = (event: React.PointerEvent): number =>
    barAt(scale, event.clientX - event.currentTarget.getBoundingClientRect().left);
  const clamp = (bar: number): number => Math.min(last, Math.max(0, bar));

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
    if (to !== undefined) {
      const bar = brush === null && event.key.startsWith('Arrow') ? last : clamp(to);
      onBrush({ from: event.shiftKey ? (brush?.from ?? bar) : bar, to: bar });
    } else if ((event.key === 'Enter' || event.key === ' ') && brush !== null) {
      applyBrush(data, brush);
      onBrush(null);
    } else if (event.key === 'Escape') {
      if (brush === null) clearBrush();
      onBrush(null);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      <p id="histogram-summary" className="sr-only">
        {words(countsOf(data))} in {spanText(end - data.from)}, from {moment(0)} on. Arrow keys move over time, with Shift they
        choose a range, Enter filters by it, Escape shows all times.
      </p>
      <div
        role="slider"
        tabIndex={0}
        aria-label="Point in time"
        aria-describedby="histogram-summary"
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={at}
        aria-valuetext={`${brush === null || first === final ? moment(at) : `${moment(first)} to ${moment(final)}`}: ${words(countsOf(data, brush === null ? at : first, final))}`}
        className="histogram-plot"
        onKeyDown={onKeyDown}
        onBlur={() => onBrush(null)}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          dragging.current = true;
          onBrush({ from: barOf(event), to: barOf(event) });
        }}
        onPointerMove={(event) => {
          const bar = barOf(event);
          const next = { from: dragging.current ? (brush?.from ?? bar) : bar, to: bar };
          if (brush?.from !== next.from || brush.to !== next.to) onBrush(next);
        }}
        onPointerUp={() => {
          if (dragging.current && brush !== null) applyBrush(data, brush);
          dragging.current = false;
          onBrush(null);
        }}
        onPointerCancel={() => {
          dragging.current = false;
          onBrush(null);
        }}
        onPointerLeave={() => {
          if (!dragging.current) onBrush(null);
        }}
      >
        <svg width={width} height={HALF * 2 + 1} aria-hidden>
          {paths.map(({ ok, errors }, half) => (
            <g key={DIRECTIONS[half]} transform={`translate(0 ${half * (HALF + 1)})`}>
              <path className={`histogram-${DIRECTIONS[half]}`} d={ok} />
              <path className="histogram-errors" d={errors} />
            </g>
          ))}
          <rect className="histogram-axis" y={HALF} width={width} height={1} />
          {brush !== null && (
            <rect
              className="histogram-brush"
              x={first * scale.step}
              width={Math.max(1, (final - first + 1) * scale.step)}
              height={HALF * 2 + 1}
            />
          )}
        </svg>
      </div>
      <div className="histogram-ticks" aria-hidden>
        {brush === null ? (
          ticksOf(data.from, end, Math.max(1, Math.floor((scale.step * scale.bars) / TICK)))
            .map(({ at: when, text }) => ({ text, left: ((when - data.from) / data.barMs) * scale.step }))
            // One without room for its words is no help.
            .filter(({ left }) => left <= width - TICK / 2)
            .map(({ text, left }) => (
              <span key={text} style={{ left }}>
                {text}
              </span>
            ))
        ) : (
          <span className="histogram-moment" style={{ left: Math.min(first * scale.step, Math.max(0, width - 150)) }}>
            {moment(first)}
            {first !== final && ` – ${moment(final + 1)}`} ·{' '}
            {plural(countsOf(data, first, final).in + countsOf(data, first, final).out, 'pair')}
          </span>
        )}
      </div>
    </>
  );
}
