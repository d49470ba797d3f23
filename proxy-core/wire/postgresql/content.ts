import { Content } from '../content.ts';

export interface ColumnFacts {
  name: string;
  /** OID of its type. */
  type: number;
  /** 0 text, 1 binary. */
  format: number;
}

/** Columns that are remembered of one statement. */
const MOST_COLUMNS = 500;

/** RowDescription. */
export function columnsOf(bytes: Buffer): ColumnFacts[] {
  const content = new Content(bytes);
  const columns: ColumnFacts[] = [];
  for (let left = Math.min(content.int16(), MOST_COLUMNS); left > 0 && content.left > 0; left -= 1) {
    const name = content.text();
    content.at += 6;
    const type = content.int32();
    content.at += 6;
    columns.push({ name, type, format: content.int16() });
  }
  return columns;
}

/** The fields of an ErrorResponse or NoticeResponse, by their letter. */
export function noticeOf(bytes: Buffer): Map<string, string> {
  const content = new Content(bytes);
  const fields = new Map<string, string>();
  while (content.left > 0 && fields.size < 30) {
    const letter = content.byte();
    if (letter === 0) break;
    fields.set(String.fromCharCode(letter), content.text());
  }
  return fields;
}

/** `ERR:42P01`. */
export function errorStatus(bytes: Buffer): string {
  const code = noticeOf(bytes).get('C') ?? '';
  return /^[0-9A-Z]{5}$/.test(code) ? `ERR:${code}` : 'ERR';
}
