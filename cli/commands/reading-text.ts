import { assertNever } from '../../proxy-core/errors.ts';
import type { ReadingSection, ReadSide, TableSection } from '../../proxy-core/rrpair/reading.ts';
import { printable, printableLines, size, styled } from '../text.ts';

/** Characters of a text or a value that a person is shown; `--json` has more. */
const SHOWN_CHARS = 16_384;
/** Rows of a table that a person is shown. */
const SHOWN_ROWS = 50;
/** Characters of one cell. */
const CELL_CHARS = 60;

/** What one side of a pair says, as text for a terminal; empty when it says nothing. */
export function sideText({ sections, problem }: ReadSide): string {
  const parts = sections.map((section) => `${styled('bold', printable(section.title))}\n${sectionText(section)}`);
  if (problem !== '') parts.push(styled('dim', `(${printable(problem)})`));
  return parts.join('\n\n');
}

function sectionText(section: ReadingSection): string {
  switch (section.kind) {
    case 'text': {
      const text = printableLines(section.text.slice(0, SHOWN_CHARS));
      const left = section.cut + Math.max(0, section.text.length - SHOWN_CHARS);
      return left === 0 ? text : `${text}\n${note(`${String(left)} characters more`)}`;
    }
    case 'fields':
      return section.fields.map(([name, value]) => `${styled('cyan', printable(name))}: ${printable(value)}`).join('\n');
    case 'table':
      return tableText(section);
    case 'value':
      return valueText(section);
    default:
      return assertNever(section);
  }
}

function valueText({ base64, bytes }: Extract<ReadingSection, { kind: 'value' }>): string {
  const content = Buffer.from(base64, 'base64');
  try {
    const shown = content.subarray(0, SHOWN_CHARS);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(shown, { stream: shown.length < bytes });
    if (text.includes('\0')) return note(`${size(bytes)} of binary data`);
    return shown.length === bytes ? printableLines(text) : `${printableLines(text)}\n${note(`${size(bytes - shown.length)} more`)}`;
  } catch {
    return note(`${size(bytes)} of binary data`); // no UTF-8
  }
}

/** Columns as wide as what is in them; null is told from an empty text. */
function tableText({ columns, rows, offset, total }: TableSection): string {
  const shown = rows.slice(0, SHOWN_ROWS).map((row) => row.map((text) => (text === null ? styled('dim', 'null') : short(text))));
  const plain = rows.slice(0, SHOWN_ROWS).map((row) => row.map((text) => (text === null ? 'null' : short(text))));
  const titles = columns.map(({ name }) => short(name));
  const widths = titles.map((title, column) => Math.max(title.length, ...plain.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[], lengths: readonly string[]): string =>
    cells
      .map((text, column) => text + ' '.repeat(Math.max(0, (widths[column] ?? 0) - (lengths[column] ?? '').length)))
      .join('  ')
      .trimEnd();
  const lines = [styled('cyan', line(titles, titles)), ...shown.map((cells, row) => line(cells, plain[row] ?? []))];
  const left = total - offset - shown.length;
  if (left > 0) lines.push(note(`${String(left)} rows more`));
  return lines.join('\n');
}

function short(text: string): string {
  const shown = printable(text);
  return shown.length > CELL_CHARS ? `${shown.slice(0, CELL_CHARS - 1)}…` : shown;
}

function note(text: string): string {
  return styled('dim', `(${text})`);
}
