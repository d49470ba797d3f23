import { useEffect, useRef, useState } from 'react';
import { sentenceOf } from '../../api/client.ts';
import { type Sight, VirtualRows } from '../../design/VirtualRows.tsx';
import type { ByteSource } from './bytes.ts';
import { hexRow, ROW_BYTES } from './hex.ts';

const ROW_HEIGHT = 19;
const PART_BYTES = 65_536;
/** Parts kept: 4 MB. */
const MOST_PARTS = 64;

/** Bytes in hex and as characters. Any number of them: only the parts that are looked at are read. */
export function HexView({ source }: { source: ByteSource }) {
  const parts = useRef(new Map<number, Uint8Array>());
  const wanted = useRef(new Set<number>());
  const [, redraw] = useState(0);
  const [problem, setProblem] = useState('');
  const reader = useRef(source);
  useEffect(() => {
    reader.current = source;
  });
  useEffect(() => {
    parts.current.clear();
    wanted.current.clear();
    redraw((turn) => turn + 1);
  }, [source.size]);
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
  const digits = Math.max(4, Math.ceil(Math.log2(Math.max(2, source.size)) / 4));
  return (
    <>
      {problem !== '' && <p className="body-notice">{problem}</p>}
      <VirtualRows
        role="document"
        aria-label="Bytes in hexadecimal"
        tabIndex={0}
        className="lines hex"
        count={Math.ceil(source.size / ROW_BYTES)}
        rowHeight={ROW_HEIGHT}
        overscan={20}
        contentWidth={`calc(${digits + 3 * ROW_BYTES + ROW_BYTES + 6}ch + 44px)`}
        onSight={onSight}
        renderRow={(row, top) => {
          const offset = row * ROW_BYTES;
          const part = parts.current.get(Math.floor(offset / PART_BYTES));
          const at = offset % PART_BYTES;
          const { hex, characters } = hexRow(part?.subarray(at, at + ROW_BYTES) ?? new Uint8Array(0));
          return (
            <div className="line" style={{ top }}>
              <span className="hex-offset">{offset.toString(16).padStart(digits, '0')}</span>
              <span className="hex-bytes">{hex}</span>
              <span className="hex-characters">{characters}</span>
            </div>
          );
        }}
      />
    </>
  );
}
