/** Where the cells of a table stand in its text. */
export interface TableCells {
  /** From and to of every cell, row after row. */
  cells: Int32Array<ArrayBuffer>;
  /** The first cell of each row, and the number of cells after the last. */
  rows: Int32Array<ArrayBuffer>;
  rowCount: number;
  /** Cells of the longest row. */
  columns: number;
  delimiter: string;
}

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SNIFFED_LINES = 10;

/** The sign that stands as often in each of the first lines. */
export function delimiterOf(text: string, mediaType: string): string {
  if (mediaType === 'text/tab-separated-values') return '\t';
  const lines = text
    .slice(0, 20_000)
    .split('\n', SNIFFED_LINES)
    .filter((line) => line.trim() !== '');
  let best = ',';
  let most = 0;
  for (const sign of [',', ';', '\t', '|']) {
    const fewest = Math.min(...lines.map((line) => line.replace(/"(?:[^"]|"")*"/g, '').split(sign).length - 1));
    if (fewest > most && Number.isFinite(fewest)) [best, most] = [sign, fewest];
  }
  return best;
}

class Growing {
  data = new Int32Array(4_096);
  count = 0;

  push(value: number): void {
    if (this.count === this.data.length) {
      const larger = new Int32Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.count++] = value;
  }
}

/** RFC 4180, with any delimiter. Nothing is refused: what is not quoted right is taken as it stands. */
export function tableCells(text: string, delimiter: string): TableCells {
  const cells = new Growing();
  const rows = new Growing();
  const sign = delimiter.charCodeAt(0);
  let columns = 0;
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < text.length) {
    rows.push(cells.count / 2);
    const first = cells.count;
    for (;;) {
      const from = at;
      if (text.charCodeAt(at) === QUOTE) {
        for (at = text.indexOf('"', at + 1); at >= 0 && text.charCodeAt(at + 1) === QUOTE; at = text.indexOf('"', at + 2));
        at = at < 0 ? text.length : at + 1;
      }
      let code = text.charCodeAt(at);
      while (at < text.length && code !== sign && code !== LINE_FEED) {
        at += 1;
        code = text.charCodeAt(at);
      }
      const end = code === LINE_FEED && at > from && text.charCodeAt(at - 1) === CARRIAGE_RETURN ? at - 1 : at;
      cells.push(from);
      cells.push(end);
      at += 1;
      if (code !== sign) break;
    }
    columns = Math.max(columns, (cells.count - first) / 2);
  }
  const rowCount = rows.count;
  rows.push(cells.count / 2);
  return { cells: cells.data.slice(0, cells.count), rows: rows.data.slice(0, rows.count), rowCount, columns, delimiter };
}

/** What a cell says, quotes removed. */
export function cellText(text: string, table: TableCells, row: number, column: number): string {
  const first = table.rows[row] ?? 0;
  if (column >= (table.rows[row + 1] ?? 0) - first) return '';
  const at = 2 * (first + column);
  const raw = text.slice(table.cells[at], table.cells[at + 1]);
  return raw.startsWith('"') ? raw.replace(/^"|"$/g, '').replaceAll('""', '"') : raw;
}
