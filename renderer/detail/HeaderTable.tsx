import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { HeaderField } from '../../proxy-core/rrpair/shapes.ts';
import { CopyButton } from '../design/CopyButton.tsx';
import { visible } from '../design/visible.ts';

/** Characters of a value that are laid out; all of them are copied. */
const SHOWN_CHARS = 4_000;
const ROW_PIXELS = 25;

/** Names and values in the order sent. A head may hold thousands: only those in sight exist. */
export function HeaderTable({ fields, label }: { fields: readonly HeaderField[]; label: string }) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: fields.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    overscan: 12,
  });
  if (fields.length === 0) return null;
  return (
    <div ref={scroller} role="table" aria-label={label} aria-rowcount={fields.length} tabIndex={0} className="headers">
      <div role="rowgroup" className="headers-area" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => {
          const [name, value] = fields[item.index] ?? ['', ''];
          return (
            <div
              key={item.key}
              ref={rows.measureElement}
              role="row"
              aria-rowindex={item.index + 1}
              data-index={item.index}
              className="header-row"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <span role="rowheader" className="header-name captured">
                {visible(name)}
              </span>
              <span role="cell" className="header-value captured">
                {visible(value.slice(0, SHOWN_CHARS))}
                {value.length > SHOWN_CHARS && <span className="muted"> … {value.length - SHOWN_CHARS} characters more</span>}
              </span>
              <span role="cell" className="header-tools">
                <CopyButton text={value} what={visible(name)} className="header-copy" />
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
