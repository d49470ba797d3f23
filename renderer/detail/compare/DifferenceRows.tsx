import { useVirtualizer } from '@tanstack/react-virtual';
import { Eye, EyeOff } from 'lucide-react';
import { useRef } from 'react';
import type { Difference } from '../../../proxy-core/rrpair/results.ts';
import { IconButton } from '../../design/Button.tsx';
import { visible } from '../../design/visible.ts';
import type { Compared } from './marks.ts';
import './differences.css';

/** Characters of a value that are laid out. */
const SHOWN_CHARS = 2_000;
const ROW_PIXELS = 28;

/** What the two that are compared are called, each after “only”. */
export interface Sides {
  before: string;
  after: string;
}

function kindOf({ kind }: Difference, { before, after }: Sides): string {
  return kind === 'added' ? `only ${after}` : kind === 'removed' ? `only ${before}` : 'changed';
}

interface DifferenceRowsProps {
  lines: readonly Compared[];
  sides: Sides;
  onMark: (mark: string, ignored: boolean) => void;
}

/** What differs, the value before to the left and after to the right; each can be marked as noise. Only those in sight exist. */
export function DifferenceRows({ lines, sides, onMark }: DifferenceRowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    overscan: 20,
  });
  return (
    <div ref={scroller} role="table" aria-label="Differences" aria-rowcount={lines.length} tabIndex={0} className="differences">
      <div role="rowgroup" className="headers-area" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => {
          const line = lines[item.index];
          if (line === undefined) return null;
          return (
            <div
              key={item.key}
              ref={rows.measureElement}
              role="row"
              aria-rowindex={item.index + 1}
              data-index={item.index}
              className="difference-place"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {line.difference === undefined ? (
                <div role="cell" className="facts-title difference-heading">
                  {line.heading}
                </div>
              ) : (
                <Row
                  difference={line.difference}
                  kind={kindOf(line.difference, sides)}
                  mark={line.mark ?? ''}
                  ignored={line.ignored ?? null}
                  onMark={onMark}
                />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface RowProps {
  difference: Difference;
  kind: string;
  mark: string;
  ignored: 'noise' | 'marked' | null;
  onMark: (mark: string, ignored: boolean) => void;
}

function Row({ difference, kind, mark, ignored, onMark }: RowProps) {
  const why = ignored === 'noise' ? ', differs at every call' : ignored === 'marked' ? ', marked as noise' : '';
  return (
    <div role="presentation" className={ignored === null ? 'difference' : 'difference difference-noise'} title={`${kind}${why}`}>
      <span role="rowheader" className="mono captured difference-path">
        {visible(difference.path.slice(0, SHOWN_CHARS))}
        <span className="sr-only">
          , {kind}
          {why}
        </span>
      </span>
      <Value value={difference.before} side="before" />
      <Value value={difference.after} side="after" />
      <span role="cell" className="difference-mark">
        {ignored !== 'noise' && (
          <IconButton
            label={ignored === 'marked' ? 'Count this again' : 'Mark as noise'}
            className="icon-button-small"
            onClick={() => onMark(mark, ignored !== 'marked')}
          >
            {ignored === 'marked' ? <Eye size={13} /> : <EyeOff size={13} />}
          </IconButton>
        )}
      </span>
    </div>
  );
}

function Value({ value, side }: { value: string | null; side: 'before' | 'after' }) {
  return (
    <span role="cell" className={`mono captured difference-${value === null ? 'none' : side}`}>
      {value === null ? '–' : visible(value.slice(0, SHOWN_CHARS))}
    </span>
  );
}
