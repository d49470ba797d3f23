import { useEffect, useRef, useState } from 'react';
import { sentenceOf } from '../../api/client.ts';
import { type Sight, type VirtualHandle, VirtualRows } from '../../design/VirtualRows.tsx';
import { BodyBar, type BodyTools } from './BodyBar.tsx';
import type { ByteSource } from './bytes.ts';
import { HexFoot } from './HexFoot.tsx';
import { HexLine } from './HexLine.tsx';
import { ROW_BYTES } from './hex.ts';
import { type ByteRange, rangeOf } from './ranges.ts';

const ROW_HEIGHT = 19;
const PART_BYTES = 65_536;
/** Parts kept: 4 MB. */
const MOST_PARTS = 64;

/** Where the selection began and where it ends now; both bytes are in it. */
interface Selection {
  anchor: number;
  cursor: number;
}

function selected({ anchor, cursor }: Selection): ByteRange {
  return { from: Math.min(anchor, cursor), to: Math.max(anchor, cursor) + 1 };
}

interface HexViewProps {
  source: ByteSource;
  tools: BodyTools;
  /** Bytes that were chosen elsewhere: each time it is another object, they are selected and shown. */
  chosen?: ByteRange | null;
}

/** Bytes in hex and as characters, with ranges that can be chosen, read and copied. Any number of them: only parts looked at are read. */
export function HexView({ source, tools, chosen }: HexViewProps) {
  const parts = useRef(new Map<number, Uint8Array>());
  const wanted = useRef(new Set<number>());
  const handle = useRef<VirtualHandle>(null);
  const [, redraw] = useState(0);
  const [problem, setProblem] = useState('');
  const [selection, setSelection] = useState<Selection | null>(null);
  const [typed, setTyped] = useState('');
  const reader = useRef(source);
  useEffect(() => {
    reader.current = source;
  });
  const need = async (part: number): Promise<void> => {
    if (parts.current.has(part) || wanted.current.has(part)) return;
    wanted.current.add(part);
    try {
      parts.current.set(part, await reader.current.read(part * PART_BYTES, PART_BYTES));
      const oldest = parts.current.keys().next().value;
      if (parts.current.size > MOST_PARTS && oldest !== undefined) parts.current.delete(oldest);
      setProblem('');
    } catch (error) {
      setProblem(sentenceOf(error));
    } finally {
      wanted.current.delete(part);
      redraw((turn) => turn + 1);
    }
  };
  const onSight = ({ first, end }: Sight): void => {
    const last = Math.floor((Math.max(first + 1, end) * ROW_BYTES - 1) / PART_BYTES);
    for (let part = Math.floor((first * ROW_BYTES) / PART_BYTES); part <= last; part += 1) void need(part);
  };
  const select = (next: Selection): void => {
    setSelection(next);
    handle.current?.showRow(Math.floor(next.cursor / ROW_BYTES));
  };
  useEffect(() => {
    if (chosen === undefined || chosen === null || chosen.to <= chosen.from) return;
    setSelection({ anchor: chosen.to - 1, cursor: chosen.from });
    handle.current?.showRow(Math.floor(chosen.from / ROW_BYTES));
  }, [chosen]);
  const goTo = (): void => {
    const range = rangeOf(typed, source.size);
    if (range === null) {
      setProblem(`Type an offset or a range of bytes within ${source.size}: 0x1f0, 496, 0x10-0x1f or 16+8.`);
      return;
    }
    setProblem('');
    select({ anchor: range.to - 1, cursor: range.from });
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.altKey || event.metaKey) return;
    const at = selection?.cursor ?? -1;
    const page = (handle.current?.rowsInSight() ?? 1) * ROW_BYTES;
    const moves: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at < 0 ? 0 : at + ROW_BYTES,
      ArrowUp: at - ROW_BYTES,
      PageDown: at + page,
      PageUp: at - page,
      Home: event.ctrlKey ? 0 : at - (at % ROW_BYTES),
      End: event.ctrlKey ? source.size - 1 : at - (at % ROW_BYTES) + ROW_BYTES - 1,
    };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const cursor = Math.min(source.size - 1, Math.max(0, to));
    select({ anchor: event.shiftKey && selection !== null ? selection.anchor : cursor, cursor });
  };
  const range = selection === null ? null : selected(selection);
  const digits = Math.max(4, Math.ceil(Math.log2(Math.max(2, source.size)) / 4));
  return (
    <>
      <BodyBar tools={tools}>
        <input
          type="text"
          className="find-input"
          aria-label="Go to bytes"
          placeholder="Go to 0x…"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') goTo();
          }}
        />
      </BodyBar>
      {problem !== '' && (
        <p role="alert" className="body-notice">
          {problem}
        </p>
      )}
      <VirtualRows
        handle={handle}
        role="document"
        aria-label="Bytes in hexadecimal"
        tabIndex={0}
        className="lines hex"
        count={Math.ceil(source.size / ROW_BYTES)}
        rowHeight={ROW_HEIGHT}
        contentWidth={`calc(${digits + 3 * ROW_BYTES + ROW_BYTES + 6}ch + 44px)`}
        onSight={onSight}
        onKeyDown={onKeyDown}
        renderRow={(row, top) => {
          const offset = row * ROW_BYTES;
          const part = parts.current.get(Math.floor(offset / PART_BYTES));
          const at = offset % PART_BYTES;
          return (
            <HexLine
              top={top}
              offset={offset}
              digits={digits}
              bytes={part?.subarray(at, at + ROW_BYTES) ?? new Uint8Array(0)}
              range={range}
              onPoint={(byte, extend) =>
                setSelection((before) => ({ anchor: extend && before !== null ? before.anchor : byte, cursor: byte }))
              }
            />
          );
        }}
      />
      <HexFoot source={source} range={range} />
    </>
  );
}
