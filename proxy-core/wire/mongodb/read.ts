import { deserialize, EJSON } from 'bson';
import { limits } from '../../limits.ts';
import type { Reading, ReadSide } from '../../rrpair/reading.ts';
import type { StoredExchange } from '../protocol.ts';
import { SideReading } from '../reading.ts';
import { HEADER_BYTES, opcode, queryOf, REPLY_BODY, sectionsOf, uncompressed } from './messages.ts';

/** What a command and its answer say. */
export function readMongodb({ request, requestCut, response, responseCut, firstRow }: StoredExchange): Reading {
  return {
    request: readSide(request, requestCut, 'Command', firstRow),
    response: readSide(response, responseCut, 'Answer', firstRow),
  };
}

type Fields = Readonly<Record<string, unknown>>;

const names = new Map<number, string>([
  [opcode.message, 'OP_MSG'],
  [opcode.compressed, 'OP_COMPRESSED'],
  [opcode.query, 'OP_QUERY'],
  [opcode.reply, 'OP_REPLY'],
]);

function readSide(bytes: Buffer, cut: boolean, title: string, firstRow: number): ReadSide {
  const side = new SideReading();
  if (bytes.length >= HEADER_BYTES) {
    const kind = bytes.readInt32LE(12);
    const length = bytes.readInt32LE(0);
    side.frame({
      offset: 0,
      length: bytes.length,
      depth: 0,
      name: names.get(kind) ?? 'Message',
      text: `number ${String(bytes.readInt32LE(4))}`,
    });
    if (length > bytes.length) side.problem = 'The message is not complete.';
    else side.problem = readMessage(side, kind, bytes.subarray(HEADER_BYTES, Math.max(HEADER_BYTES, length)), title, firstRow);
  }
  if (cut) side.problem = 'Not all of it was kept.';
  return side.done();
}

/** Returns why not all of it could be read. */
function readMessage(side: SideReading, kind: number, content: Buffer, title: string, firstRow: number): string {
  if (kind === opcode.compressed) {
    const inner = uncompressed(content);
    side.fields('Compression', [['by', inner.by]]);
    side.packed = true;
    if (inner.content === null) return `What ${inner.by} has compressed cannot be read here.`;
    return readMessage(side, inner.kind, inner.content, title, firstRow);
  }
  const { body, sequences } =
    kind === opcode.message
      ? sectionsOf(content)
      : { body: kind === opcode.query ? queryOf(content).body : REPLY_BODY, sequences: [] };
  const document = body < 0 ? null : documentAt(content, body);
  if (document === null) return 'The document is none of BSON.';
  side.frame({
    offset: HEADER_BYTES + body,
    length: content.readUInt32LE(body),
    depth: 1,
    name: 'Document',
    text: Object.keys(document)[0] ?? '',
  });
  showError(side, document);
  const text = Buffer.from(EJSON.stringify(document, undefined, 2, { relaxed: true }));
  side.value(title, text, text.length, 'application/json');
  const batch = batchOf(document);
  if (batch !== null) showDocuments(side, 'Documents', batch, firstRow);
  for (const { name, documents } of sequences) {
    const page = documents.slice(firstRow, firstRow + limits.readingRows).map((at) => documentAt(content, at) ?? {});
    showRows(side, name, page, firstRow, documents.length);
  }
  return '';
}

/** Null where the bytes are no document. */
function documentAt(content: Buffer, at: number): Fields | null {
  if (at < 0 || at + 5 > content.length) return null;
  const length = content.readUInt32LE(at);
  if (length < 5 || at + length > content.length) return null;
  try {
    return deserialize(content.subarray(at, at + length), { promoteValues: true, bsonRegExp: true });
  } catch {
    return null;
  }
}

function showError(side: SideReading, document: Fields): void {
  const { errmsg, code, codeName, ok } = document;
  if (ok !== 0 || typeof errmsg !== 'string') return;
  side.text('Error', errmsg, 'error');
  side.fields('Error in full', [
    ['Code', typeof code === 'number' ? String(code) : ''],
    ['Name', typeof codeName === 'string' ? codeName : ''],
  ]);
}

/** The documents of an answer to find, aggregate or getMore. */
function batchOf(document: Fields): Fields[] | null {
  const { cursor } = document;
  if (typeof cursor !== 'object' || cursor === null) return null;
  const { firstBatch, nextBatch } = cursor as Fields;
  const batch = firstBatch ?? nextBatch;
  return Array.isArray(batch) ? batch.filter((each): each is Fields => typeof each === 'object' && each !== null) : null;
}

function showDocuments(side: SideReading, title: string, documents: readonly Fields[], firstRow: number): void {
  showRows(side, title, documents.slice(firstRow, firstRow + limits.readingRows), firstRow, documents.length);
}

/** Members that become columns; the others are in the document. */
const MOST_COLUMNS = 50;

function showRows(side: SideReading, title: string, page: readonly Fields[], firstRow: number, total: number): void {
  const columns = [...new Set(page.flatMap((document) => Object.keys(document)))].slice(0, MOST_COLUMNS);
  const rows = page.map((document) => columns.map((name) => cellOf(document, name)));
  side.table(
    title,
    columns.map((name) => ({ name, type: '' })),
    rows,
    firstRow,
    total,
  );
}

function cellOf(document: Fields, name: string): string | null {
  const value = Object.hasOwn(document, name) ? document[name] : undefined;
  if (value === undefined) return '';
  if (value === null) return null;
  if (typeof value === 'string') return value;
  const text = EJSON.stringify(value, { relaxed: true });
  return /^\{"\$(?:oid|date|numberLong|numberDecimal)":"([^"]*)"\}$/.exec(text)?.[1] ?? text;
}
