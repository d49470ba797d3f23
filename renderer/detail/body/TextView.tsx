import { useEffect, useRef } from 'react';
import { type VirtualHandle, VirtualRows } from '../../design/VirtualRows.tsx';
import { BodyBar, type BodyTools } from './BodyBar.tsx';
import { Marked } from './Marked.tsx';
import { type TextLines, textLineOfOffset, textOfLine } from './textLines.ts';
import { useFind } from './useFind.ts';

const ROW_HEIGHT = 19;

/** Text by lines, only those in sight. Never anything but text: markup in it does not run. */
export function TextView({ text, lines, tools }: { text: string; lines: TextLines; tools: BodyTools }) {
  const handle = useRef<VirtualHandle>(null);
  const finder = useFind(text);
  const place = finder.places[finder.current];
  useEffect(() => {
    if (place !== undefined) handle.current?.showRow(textLineOfOffset(lines, place));
  }, [place, lines]);
  const digits = String(lines.numbers.length).length;
  return (
    <>
      <BodyBar tools={tools} finder={finder} />
      <VirtualRows
        handle={handle}
        role="document"
        aria-label="Body as text"
        tabIndex={0}
        className="lines"
        count={lines.count}
        rowHeight={ROW_HEIGHT}
        overscan={20}
        contentWidth={`calc(${lines.widest + digits}ch + 44px)`}
        renderRow={(row, top) => (
          <div className="line" style={{ top }}>
            <span className="line-number" aria-hidden style={{ width: `${digits}ch` }}>
              {lines.numbers[row] === 0 ? '' : lines.numbers[row]}
            </span>
            <span className="line-text">
              <Marked text={textOfLine(text, lines, row)} needle={finder.needle} />
            </span>
          </div>
        )}
      />
    </>
  );
}
