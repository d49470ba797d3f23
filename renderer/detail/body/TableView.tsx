import { useEffect, useMemo, useRef } from 'react';
import { formatCount, plural } from '../../design/format.ts';
import { type VirtualHandle, VirtualRows } from '../../design/VirtualRows.tsx';
import { visible } from '../../design/visible.ts';
import { BodyBar, type BodyTools } from './BodyBar.tsx';
import { Marked } from './Marked.tsx';
import { useFind } from './useFind.ts';
import { useAnswer } from './useWork.ts';
import { cellText } from './work/csv.ts';
import { keyOf, type Table } from './work/work.ts';
import type { BodyWorker } from './worker.ts';

const ROW_HEIGHT = 24;
const HEADER_HEIGHT = 26;
const MOST_COLUMNS = 200;
const SHOWN_CHARS = 300;
/** Rows by which the widths of columns are found. */
const MEASURED_ROWS = 200;
const WIDTHS = { least: 5, most: 44 };

const ask = { what: 'table' } as const;

/** Comma-separated values in rows and columns; the first row is what they are called. */
export function TableView({ worker, tools }: { worker: BodyWorker; tools: BodyTools }) {
  const { answer, problem } = useAnswer(worker, ask);
  if (answer === null) {
    return (
      <>
        <BodyBar tools={tools} />
        <p className="pane-note">{problem === '' ? 'Reading the table…' : problem}</p>
      </>
    );
  }
  return <Cells worker={worker} body={answer} tools={tools} />;
}

/** Widths in characters. */
function widthsOf({ text, table }: Table, columns: number): number[] {
  return Array.from({ length: columns }, (_, column) => {
    let widest = WIDTHS.least;
    for (let row = 0; row < Math.min(table.rowCount, MEASURED_ROWS); row += 1) {
      widest = Math.max(widest, Math.min(WIDTHS.most, cellText(text, table, row, column).length));
    }
    return widest + 2;
  });
}

/** The row in which a place of the text stands. */
function rowOfPlace({ table }: Table, place: number): number {
  let low = 0;
  let high = table.rowCount - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((table.cells[2 * (table.rows[middle] ?? 0)] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

function Cells({ worker, body, tools }: { worker: BodyWorker; body: Table; tools: BodyTools }) {
  const { text, table } = body;
  const handle = useRef<VirtualHandle>(null);
  const finder = useFind(text, { worker, of: keyOf(ask) });
  const columns = Math.min(table.columns, MOST_COLUMNS);
  const widths = useMemo(() => widthsOf(body, columns), [body, columns]);
  const place = finder.places[finder.current];
  const found = place === undefined ? -1 : rowOfPlace(body, place);
  useEffect(() => {
    if (found > 0) handle.current?.showRow(found - 1);
  }, [found]);
  const template = { gridTemplateColumns: `6ch ${widths.map((width) => `${width}ch`).join(' ')}` };
  const width = `${widths.reduce((sum, each) => sum + each, 6)}ch`;
  const cells = (row: number, role: 'columnheader' | 'cell'): React.ReactNode =>
    widths.map((_, column) => {
      const value = cellText(text, table, row, column).slice(0, SHOWN_CHARS);
      return (
        <span
          key={`column ${column + 1}`}
          role={role}
          className="table-cell captured"
          title={value.length > WIDTHS.most ? visible(value) : undefined}
        >
          <Marked text={value.replaceAll(/\r?\n/g, ' ⏎ ')} needle={role === 'cell' ? finder.needle : ''} />
        </span>
      );
    });
  return (
    <>
      <BodyBar tools={tools} finder={finder}>
        <span className="muted">
          {plural(Math.max(0, table.rowCount - 1), 'row')}, {plural(table.columns, 'column')}
        </span>
      </BodyBar>
      <VirtualRows
        handle={handle}
        role="table"
        aria-label="Body as a table"
        aria-rowcount={table.rowCount}
        aria-colcount={columns + 1}
        tabIndex={0}
        className="lines table-body"
        count={Math.max(0, table.rowCount - 1)}
        rowHeight={ROW_HEIGHT}
        contentWidth={width}
        headerHeight={HEADER_HEIGHT}
        header={
          <div role="row" aria-rowindex={1} className="table-row table-head" style={{ ...template, width }}>
            <span role="columnheader" className="table-cell muted">
              #
            </span>
            {cells(0, 'columnheader')}
          </div>
        }
        renderRow={(row, top) => (
          <div
            role="row"
            aria-rowindex={row + 2}
            className={row + 1 === found ? 'line table-row line-current' : 'line table-row'}
            style={{ top, ...template }}
          >
            <span role="rowheader" className="table-cell muted">
              {formatCount(row + 1)}
            </span>
            {cells(row + 1, 'cell')}
          </div>
        )}
      />
      {table.columns > MOST_COLUMNS && <p className="body-notice">The first {MOST_COLUMNS} columns are shown.</p>}
    </>
  );
}
