import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { Diff, Difference } from '../../proxy-core/rrpair/results.ts';
import { visible } from '../design/visible.ts';

/** Characters of a value that are laid out. */
const SHOWN_CHARS = 2_000;
const ROW_PIXELS = 28;

type Entry = { heading: string } | { difference: Difference };

function entriesOf(diff: Diff): Entry[] {
  const entries: Entry[] = [];
  const group = (heading: string, differences: readonly Difference[]): void => {
    if (differences.length === 0) return;
    entries.push({ heading });
    for (const difference of differences) entries.push({ difference });
  };
  group('Status', diff.status === null ? [] : [diff.status]);
  group('Headers', diff.headers);
  group(diff.bodyKind === 'json' ? 'Body, by JSON path' : 'Body', diff.body);
  return entries;
}

const KINDS = { added: 'only in the replay', removed: 'only in the recording', changed: 'changed' } as const;

/** What differs, the recorded value to the left and the replayed one to the right. */
export function Differences({ diff }: { diff: Diff }) {
  const scroller = useRef<HTMLDivElement>(null);
  const entries = entriesOf(diff);
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    overscan: 20,
  });
  const noise = entries.filter((entry) => 'difference' in entry && entry.difference.noise).length;
  if (entries.length === 0) return <p className="pane-note">Status, headers and body are the same, byte for byte.</p>;
  return (
    <>
      <div ref={scroller} role="table" aria-label="Differences" tabIndex={0} className="differences">
        <div role="rowgroup" className="headers-area" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => {
            const entry = entries[item.index];
            if (entry === undefined) return null;
            return (
              <div
                key={item.key}
                ref={rows.measureElement}
                role="row"
                data-index={item.index}
                className="difference-place"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {'heading' in entry ? (
                  <div role="cell" className="facts-title difference-heading">
                    {entry.heading}
                  </div>
                ) : (
                  <Row difference={entry.difference} />
                )}
              </div>
            );
          })}
        </div>
      </div>
      {(noise > 0 || diff.truncated) && (
        <p className="message-sizes muted">
          {noise > 0 && 'Dimmed: dates, ids and the like that differ at every call. '}
          {diff.truncated && 'More differs than is listed.'}
        </p>
      )}
    </>
  );
}

function Row({ difference }: { difference: Difference }) {
  return (
    <div
      className={difference.noise ? 'difference difference-noise' : 'difference'}
      title={difference.noise ? 'Differs at every call' : KINDS[difference.kind]}
    >
      <span role="rowheader" className="mono captured difference-path">
        {visible(difference.path)}
        <span className="sr-only">
          , {KINDS[difference.kind]}
          {difference.noise ? ', differs at every call' : ''}
        </span>
      </span>
      <Value value={difference.before} side="before" />
      <Value value={difference.after} side="after" />
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
