import { useVirtualizer } from '@tanstack/react-virtual';
import { Eye, EyeOff } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import type { HeaderField } from '../../proxy-core/rrpair/shapes.ts';
import { IconButton } from '../design/Button.tsx';
import { CopyButton } from '../design/CopyButton.tsx';
import { copyText } from '../design/copy.ts';
import { visible } from '../design/visible.ts';
import { headerWords } from './headerWords.ts';

/** Characters of a value that are laid out; all of them are copied. */
const SHOWN_CHARS = 4_000;
const NAME_CHARS = 300;
const ROW_PIXELS = 25;

interface HeaderTableProps {
  fields: readonly HeaderField[];
  label: string;
  /** Stands below the table until a field is chosen or pointed at: then it says what that one means. */
  explain?: string;
  /** Whether the value of a field is shown only when it is asked for. */
  isSecret?: (name: string) => boolean;
}

/** Names and values in the order sent. A head may hold thousands: only those in sight exist. */
export function HeaderTable({ fields, label, explain, isSecret }: HeaderTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const [chosen, setChosen] = useState<number | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const [revealed, setRevealed] = useState<ReadonlySet<number>>(new Set());
  const rows = useVirtualizer({
    count: fields.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    overscan: 12,
  });
  if (fields.length === 0) return null;
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'c' && chosen !== null) {
      if (window.getSelection()?.isCollapsed === false) return;
      event.preventDefault();
      void copyText(fields[chosen]?.[1] ?? '', fields[chosen]?.[0] ?? '');
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    const moves: Record<string, number> = {
      ArrowDown: chosen === null ? 0 : chosen + 1,
      ArrowUp: (chosen ?? 1) - 1,
      Home: 0,
      End: fields.length - 1,
    };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = Math.min(fields.length - 1, Math.max(0, to));
    setChosen(next);
    rows.scrollToIndex(next);
  };
  const toggle = (index: number): void =>
    setRevealed((before) => {
      const next = new Set(before);
      if (!next.delete(index)) next.add(index);
      return next;
    });
  const told = fields[pointed ?? chosen ?? -1];
  return (
    <>
      <div
        ref={scroller}
        role="grid"
        aria-label={label}
        aria-rowcount={fields.length}
        aria-activedescendant={chosen === null ? undefined : `${id}-${chosen}`}
        tabIndex={0}
        className="headers"
        onKeyDown={onKeyDown}
        onPointerLeave={() => setPointed(null)}
      >
        <div role="rowgroup" className="headers-area" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => {
            const [name, value] = fields[item.index] ?? ['', ''];
            const secret = isSecret?.(name) === true;
            const hidden = secret && !revealed.has(item.index);
            return (
              <div
                key={item.key}
                ref={rows.measureElement}
                id={`${id}-${item.index}`}
                role="row"
                aria-rowindex={item.index + 1}
                aria-selected={item.index === chosen}
                data-index={item.index}
                className={item.index === chosen ? 'header-row header-chosen' : 'header-row'}
                style={{ transform: `translateY(${item.start}px)` }}
                onPointerEnter={() => setPointed(item.index)}
                onClick={() => setChosen(item.index)}
              >
                <span role="rowheader" className="header-name captured">
                  {visible(name.slice(0, NAME_CHARS))}
                </span>
                <span role="gridcell" className="header-value captured">
                  {hidden ? masked(value) : visible(value.slice(0, SHOWN_CHARS))}
                  {!hidden && value.length > SHOWN_CHARS && (
                    <span className="muted"> … {value.length - SHOWN_CHARS} characters more</span>
                  )}
                </span>
                <span role="gridcell" className="header-tools">
                  {secret && (
                    <IconButton
                      label={hidden ? `Reveal ${visible(name)}` : `Hide ${visible(name)}`}
                      className="icon-button-small"
                      onClick={() => toggle(item.index)}
                    >
                      {hidden ? <Eye size={13} /> : <EyeOff size={13} />}
                    </IconButton>
                  )}
                  <CopyButton text={value} what={visible(name.slice(0, NAME_CHARS))} className="header-copy" />
                </span>
              </div>
            );
          })}
        </div>
      </div>
      {explain !== undefined && (
        <p className="header-words" role="status">
          {told === undefined ? (
            <span className="muted">{explain} · point at a field, or choose one with the arrow keys, for what it means</span>
          ) : (
            <>
              <span className="mono captured">{visible(told[0].slice(0, 60))}</span>{' '}
              {headerWords(told[0]) === '' ? <span className="muted">is no standard field.</span> : headerWords(told[0])}
            </>
          )}
        </p>
      )}
    </>
  );
}

/** The scheme stays: it is no secret, and tells what it is. */
function masked(value: string): string {
  const scheme = /^(?:Basic|Bearer|Digest|DPoP|Negotiate|Token|AWS4-HMAC-SHA256)\s/i.exec(value)?.[0] ?? '';
  return `${scheme}••••••••`;
}
