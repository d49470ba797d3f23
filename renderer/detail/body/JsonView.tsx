import { ChevronsDownUp, ChevronsUpDown } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { IconButton } from '../../design/Button.tsx';
import { CopyButton } from '../../design/CopyButton.tsx';
import { type VirtualHandle, VirtualRows } from '../../design/VirtualRows.tsx';
import { visible } from '../../design/visible.ts';
import { BodyBar, type BodyTools } from './BodyBar.tsx';
import { foldsOf, lineOfRow, revealing, rowOfLine } from './folds.ts';
import { JsonRow } from './JsonRow.tsx';
import { type JsonLines, LineKind, lineAt, lineOfOffset, pathOf, valueOf } from './jsonLines.ts';
import { useFind } from './useFind.ts';

const ROW_HEIGHT = 19;
const INDENT = 16;
const PATH_CHARS = 160;

function opens(lines: JsonLines, line: number): boolean {
  const { kind } = lineAt(lines, line);
  return kind === LineKind.openObject || kind === LineKind.openArray;
}

/** Everything that opens below the first level. */
function belowTop(lines: JsonLines): Set<number> {
  const folded = new Set<number>();
  for (let line = 0; line < lines.count; line += 1) {
    const { depth, close } = lineAt(lines, line);
    if (depth === 1 && close > 0) {
      folded.add(line);
      line = close;
    }
  }
  return folded;
}

export function JsonView({ text, lines, tools }: { text: string; lines: JsonLines; tools: BodyTools }) {
  const handle = useRef<VirtualHandle>(null);
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const [current, setCurrent] = useState<number | null>(null);
  const folds = useMemo(() => foldsOf(lines, folded), [lines, folded]);
  const finder = useFind(text);
  const place = finder.places[finder.current];

  useEffect(() => {
    setFolded(new Set());
    setCurrent(null);
  }, [lines]);
  useEffect(() => {
    if (place === undefined) return;
    const line = lineOfOffset(lines, place);
    setFolded((before) => revealing(lines, before, line));
    setCurrent(line);
  }, [place, lines]);
  useEffect(() => {
    if (current !== null) handle.current?.showRow(rowOfLine(folds, current));
  }, [current, folds]);

  const fold = (line: number, closed: boolean): void => {
    if (!opens(lines, line)) return;
    setFolded((before) => {
      const next = new Set(before);
      if (closed) next.add(line);
      else next.delete(line);
      return next;
    });
  };
  const move = (by: number): void => {
    const row = current === null ? 0 : rowOfLine(folds, current) + by;
    setCurrent(lineOfRow(folds, Math.min(folds.count - 1, Math.max(0, row))));
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'PageDown') move(handle.current?.rowsInSight() ?? 1);
    else if (event.key === 'PageUp') move(-(handle.current?.rowsInSight() ?? 1));
    else if (event.key === 'Home') move(-lines.count);
    else if (event.key === 'End') move(lines.count);
    else if (event.key === 'ArrowRight' && current !== null) fold(current, false);
    else if (event.key === 'ArrowLeft' && current !== null) fold(current, true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const path = current === null ? '' : pathOf(text, lines, current);
  return (
    <>
      <BodyBar tools={tools} finder={finder}>
        <IconButton label="Fold all" className="icon-button-small" onClick={() => setFolded(belowTop(lines))}>
          <ChevronsDownUp size={14} />
        </IconButton>
        <IconButton label="Unfold all" className="icon-button-small" onClick={() => setFolded(new Set())}>
          <ChevronsUpDown size={14} />
        </IconButton>
      </BodyBar>
      <VirtualRows
        handle={handle}
        role="tree"
        aria-label="Body as JSON"
        aria-activedescendant={current === null ? undefined : `json-${current}`}
        tabIndex={0}
        className="lines json"
        count={folds.count}
        rowHeight={ROW_HEIGHT}
        overscan={20}
        contentWidth={`calc(${Math.min(lines.widest, 4_000)}ch + 60px)`}
        onKeyDown={onKeyDown}
        renderRow={(row, top) => {
          const line = lineOfRow(folds, row);
          return (
            <JsonRow
              text={text}
              lines={lines}
              line={line}
              top={top}
              indent={INDENT}
              folded={folded.has(line)}
              current={line === current}
              needle={finder.needle}
              onFold={fold}
              onSelect={setCurrent}
            />
          );
        }}
      />
      {current !== null && (
        <div className="json-path">
          <span className="mono soft truncate captured">{visible(path.slice(-PATH_CHARS))}</span>
          <CopyButton text={path} what="path" />
          <span className="spacer" />
          <span className="muted">Value</span>
          <CopyButton text={() => valueOf(text, lines, current)} what="value" />
        </div>
      )}
    </>
  );
}
