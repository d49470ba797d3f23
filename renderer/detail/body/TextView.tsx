import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import { type VirtualHandle, VirtualRows } from '../../design/VirtualRows.tsx';
import { BodyBar, type BodyTools } from './BodyBar.tsx';
import { Marked } from './Marked.tsx';
import { type TextLines, textLineOfOffset, textLines, textOfLine } from './textLines.ts';
import { useColumns } from './useColumns.ts';
import { type FindPlace, useFind } from './useFind.ts';

const ROW_HEIGHT = 19;
/** Longer texts are not wrapped at the edge: it would be done again at every change of the window's size. */
const WRAPPED_CHARS = 1_000_000;
/** Room for the numbers of the lines and the space around them, pixels. */
const GUTTER = 76;

interface TextViewProps {
  text: string;
  /** Lines that go as far as they are long. */
  lines: TextLines;
  tools: BodyTools;
  place?: FindPlace | null;
  children?: ReactNode;
}

/** Text by lines, only those in sight. Never anything but text: markup in it does not run. */
export function TextView({ text, lines: long, tools, place: findPlace = null, children }: TextViewProps) {
  const handle = useRef<VirtualHandle>(null);
  const box = useRef<HTMLDivElement>(null);
  const columns = useColumns(box, GUTTER);
  const wrapped = columns !== null && text.length <= WRAPPED_CHARS;
  const lines = useMemo(() => (wrapped ? textLines(text, columns) : long), [wrapped, text, columns, long]);
  const finder = useFind(text, findPlace);
  const place = finder.places[finder.current];
  useEffect(() => {
    if (place !== undefined) handle.current?.showRow(textLineOfOffset(lines, place));
  }, [place, lines]);
  const digits = String(lines.numbers.length).length;
  return (
    <>
      <BodyBar tools={tools} finder={finder}>
        {children}
      </BodyBar>
      <div ref={box} className="lines-box">
        <VirtualRows
          handle={handle}
          role="document"
          aria-label="Body as text"
          tabIndex={0}
          className="lines"
          count={lines.count}
          rowHeight={ROW_HEIGHT}
          contentWidth={wrapped ? undefined : `calc(${lines.widest + digits}ch + 44px)`}
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
      </div>
    </>
  );
}
