import { limits } from '../limits.ts';
import type { PairRecord, ReadingContext } from '../rrpair/pair.ts';
import type { ReadingSection, ReadSide } from '../rrpair/reading.ts';
import { wireProtocol } from '../wire/registry.ts';
import type { Masker, Work } from './mask.ts';

/**
 * How a side was looked through: of one of which only a part was, nothing may leave; nor of one that is compressed in its bytes, where a secret was found, because it cannot be covered
 * there.
 */
export type Seen = 'whole' | 'packed' | 'part';

export interface LookedThrough {
  request: Seen;
  response: Seen;
}

/** Pages of tables that are looked through. */
const MOST_PAGES = 50;

/** Finds secrets in what a pair of a decoded protocol says: in values, parameters, and columns whose names tell of them. */
export function findInFrames(record: PairRecord, masker: Masker, work: Work): LookedThrough {
  const { summary } = record;
  const protocol = wireProtocol(record.connection.protocol);
  if (summary === null || protocol === undefined) return { request: 'part', response: 'part' };
  masker.sql(summary.location, work);
  // What has a form of its own is found wherever it stands.
  for (const { body } of [record.request, record.response]) masker.text(bufferOf(body).toString('latin1'), work, 'value');
  let seen: LookedThrough = { request: 'whole', response: 'whole' };
  for (let page = 0, more = true; more; page += 1) {
    const firstRow = page * limits.readingRows;
    const reading = protocol.read({
      request: bufferOf(record.request.body),
      requestCut: record.request.truncated,
      response: bufferOf(record.response.body),
      responseCut: record.response.truncated,
      summary,
      context: record.context ?? {},
      firstRow,
    });
    const { request, response } = reading;
    for (const section of [...request.sections, ...response.sections]) findInSection(section, masker, work);
    seen = { request: seenOf(seen.request, request), response: seenOf(seen.response, response) };
    more = goesOn(request, firstRow) || goesOn(response, firstRow);
    if (more && page === MOST_PAGES)
      return {
        request: goesOn(request, firstRow) ? 'part' : seen.request,
        response: goesOn(response, firstRow) ? 'part' : seen.response,
      };
  }
  return seen;
}

/** With what a further page shows. */
function seenOf(before: Seen, side: ReadSide): Seen {
  if (before === 'part' || !isWhole(side)) return 'part';
  return side.packed ? 'packed' : before;
}

function goesOn({ sections }: ReadSide, firstRow: number): boolean {
  return sections.some((section) => section.kind === 'table' && section.total > firstRow + limits.readingRows);
}

/** Nothing of what the side says was shortened for reading. */
function isWhole({ sections, problem }: ReadSide): boolean {
  if (problem !== '') return false;
  return sections.every((section) => {
    switch (section.kind) {
      case 'text':
        return section.cut === 0;
      case 'fields':
        return section.more === 0 && section.fields.every((field) => field.every(isWholeCell));
      case 'table': {
        const here = Math.min(limits.readingRows, section.total - section.offset);
        return section.rows.length >= here && section.rows.every((row) => row.every((text) => text === null || isWholeCell(text)));
      }
      default:
        return section.bytes <= Buffer.byteLength(section.base64, 'base64');
    }
  });
}

function isWholeCell(text: string): boolean {
  return text.length <= limits.readingCellChars;
}

function findInSection(section: ReadingSection, masker: Masker, work: Work): void {
  switch (section.kind) {
    case 'text':
      if (section.language === 'sql') masker.sql(section.text, work);
      else masker.text(section.text, work, 'value');
      return;
    case 'fields':
      for (const [name, value] of section.fields) findNamed(name, value, masker, work);
      return;
    case 'table':
      for (const row of section.rows) {
        for (const [index, value] of row.entries()) {
          if (value === null) continue;
          findNamed(section.columns[index]?.name ?? '', value, masker, work);
          // Names and values side by side, as in a hash.
          if (index === 1 && row.length === 2) findNamed(row[0] ?? '', value, masker, work);
        }
      }
      return;
    default:
      findInText(Buffer.from(section.base64, 'base64').toString('utf8'), masker, work);
  }
}

function findNamed(name: string, value: string, masker: Masker, work: Work): void {
  masker.json(JSON.stringify({ [name]: value }), work, 'value');
  findInText(value, masker, work);
}

function findInText(text: string, masker: Masker, work: Work): void {
  if (/^\s*[[{]/.test(text.slice(0, 64))) masker.json(text, work, 'value');
  else masker.text(text, work, 'value');
}

/** The same context with each of its texts changed. */
export function maskContext(context: ReadingContext, change: (text: string) => string): ReadingContext {
  return Object.fromEntries(Object.entries(context).map(([name, value]) => [name, changed(value, change)]));
}

function changed(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((each) => changed(each, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, changed(each, change)]));
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
