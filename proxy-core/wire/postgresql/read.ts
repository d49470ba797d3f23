import { limits } from '../../limits.ts';
import type { Reading } from '../../rrpair/reading.ts';
import { Content } from '../content.ts';
import type { StoredExchange } from '../protocol.ts';
import { contextText, SideReading, textOrHex } from '../reading.ts';
import { type ColumnFacts, columnsOf, noticeOf } from './content.ts';
import { isFirstMessage, requestCodes } from './detect.ts';
import { binaryText, typeName } from './types.ts';

/** A message of stored bytes. */
interface Message {
  type: string;
  offset: number;
  length: number;
  content: Buffer;
}

const requestNames: Readonly<Record<string, string>> = {
  B: 'Bind',
  C: 'Close',
  D: 'Describe',
  E: 'Execute',
  F: 'FunctionCall',
  H: 'Flush',
  P: 'Parse',
  Q: 'Query',
  S: 'Sync',
  X: 'Terminate',
  c: 'CopyDone',
  d: 'CopyData',
  f: 'CopyFail',
  p: 'Password or SASL answer',
};
const responseNames: Readonly<Record<string, string>> = {
  A: 'NotificationResponse',
  C: 'CommandComplete',
  D: 'DataRow',
  E: 'ErrorResponse',
  G: 'CopyInResponse',
  H: 'CopyOutResponse',
  I: 'EmptyQueryResponse',
  K: 'BackendKeyData',
  N: 'NoticeResponse',
  R: 'Authentication',
  S: 'ParameterStatus',
  T: 'RowDescription',
  V: 'FunctionCallResponse',
  W: 'CopyBothResponse',
  Z: 'ReadyForQuery',
  c: 'CopyDone',
  d: 'CopyData',
  n: 'NoData',
  s: 'PortalSuspended',
  t: 'ParameterDescription',
  v: 'NegotiateProtocolVersion',
  '1': 'ParseComplete',
  '2': 'BindComplete',
  '3': 'CloseComplete',
};

/** What a query or an execution and its results say. */
export function readPostgresql(exchange: StoredExchange): Reading {
  const request = readRequest(exchange);
  return { request: request.side.done(), response: readResponse(exchange, request.formats) };
}

interface Bound {
  formats: number[];
  values: (Buffer | null)[];
}

function readRequest({ request, requestCut, context }: StoredExchange): { side: SideReading; formats: number[] } {
  const side = new SideReading();
  let formats: number[] = [];
  let sql = '';
  let types: number[] = Array.isArray(context['parameters']) ? context['parameters'].map(Number) : [];
  let bound: Bound | null = null;
  const copied: Buffer[] = [];
  const first = firstMessage(request, side);
  const { messages, rest } = messagesOf(request, first, requestNames, side);
  for (const { type, content } of messages) {
    const read = new Content(content);
    if (type === 'Q') sql = read.text();
    else if (type === 'P') {
      read.text();
      sql = read.text();
      const told: number[] = [];
      for (let left = read.int16(); left > 0 && read.left >= 4; left -= 1) told.push(read.int32());
      if (told.length > 0) types = told;
    } else if (type === 'B') {
      const result = bindOf(read);
      bound = result.bound;
      formats = result.formats;
    } else if (type === 'd') copied.push(content);
  }
  if (sql === '') sql = contextText(context, 'sql');
  if (sql !== '') side.text('SQL', sql, 'sql');
  if (bound !== null && bound.values.length > 0) {
    const { values, formats: sent } = bound;
    const rows = values.map((value, index) => {
      const oid = types[index] ?? 0;
      const format = sent.length === 1 ? (sent[0] ?? 0) : (sent[index] ?? 0);
      return [`$${String(index + 1)}`, value === null ? null : valueText(value, oid, format), typeName(oid)];
    });
    side.table(
      'Parameters',
      [column('Parameter'), column('Value'), column('Type')],
      rows.slice(0, limits.readingRows),
      0,
      rows.length,
    );
  }
  if (copied.length > 0) {
    const data = Buffer.concat(copied);
    side.value('Data sent', data, data.length);
  }
  if (requestCut) side.problem = 'Not all of the request was kept.';
  else if (rest !== '') side.problem = rest;
  return { side, formats };
}

function column(name: string, type = ''): { name: string; type: string } {
  return { name, type };
}

/** The message without a type that a session begins with; returns its length, 0 when there is none. */
function firstMessage(bytes: Buffer, side: SideReading): number {
  if (bytes.length < 8 || bytes[0] !== 0) return 0;
  const length = bytes.readUInt32BE(0);
  const code = bytes.readUInt32BE(4);
  if (!isFirstMessage(length, code) || length > bytes.length) return 0;
  if (code === requestCodes.cancel) {
    const text = `process ${String(bytes.readUInt32BE(8))}`;
    side.frame({ offset: 0, length, depth: 0, name: 'CancelRequest', text });
    side.text('Cancel', `Asks the server to cancel what ${text} is doing.`);
    return length;
  }
  const read = new Content(bytes.subarray(0, length), 8);
  const options: [string, string][] = [];
  while (read.left > 1) {
    const name = read.text();
    if (name === '') break;
    options.push([name, read.text()]);
  }
  side.frame({ offset: 0, length, depth: 0, name: 'StartupMessage', text: options.map((option) => option.join('=')).join(' ') });
  side.fields('Session', [['protocol', `${String(code >> 16)}.${String(code & 0xffff)}`], ...options]);
  return length;
}

function messagesOf(
  bytes: Buffer,
  from: number,
  names: Readonly<Record<string, string>>,
  side: SideReading,
): { messages: Message[]; rest: string } {
  const messages: Message[] = [];
  let at = from;
  while (at + 5 <= bytes.length) {
    const type = String.fromCharCode(bytes[at] as number);
    const length = bytes.readUInt32BE(at + 1) + 1;
    const name = names[type];
    if (name === undefined || length < 5) return { messages, rest: 'What follows is no message of the protocol.' };
    if (at + length > bytes.length) return { messages, rest: 'The last message is not complete.' };
    const content = bytes.subarray(at + 5, at + length);
    messages.push({ type, offset: at, length, content });
    if (!side.full) side.frame({ offset: at, length, depth: 0, name, text: frameText(name, content) });
    else if (type !== 'D' && type !== 'd') side.frame({ offset: at, length, depth: 0, name, text: '' });
    at += length;
  }
  return { messages, rest: at < bytes.length ? 'The last message is not complete.' : '' };
}

function frameText(name: string, content: Buffer): string {
  const read = new Content(content);
  switch (name) {
    case 'Query':
    case 'CommandComplete':
      return read.text();
    case 'Parse':
      return `${read.text() || 'unnamed'}: ${read.text()}`;
    case 'Bind':
      return `${read.text() || 'unnamed'} to ${read.text() || 'unnamed'}`;
    case 'Execute':
      return `${read.text() || 'unnamed'}${rowsWanted(read.int32())}`;
    case 'Describe':
    case 'Close':
      return `${read.byte() === 0x50 ? 'portal' : 'statement'} ${read.text() || 'unnamed'}`;
    case 'ParameterStatus':
      return `${read.text()} = ${read.text()}`;
    case 'RowDescription':
      return columnsOf(content)
        .map((each) => each.name)
        .join(', ');
    case 'DataRow':
      return `${String(read.int16())} values`;
    case 'ErrorResponse':
    case 'NoticeResponse': {
      const fields = noticeOf(content);
      return `${fields.get('C') ?? ''} ${fields.get('M') ?? ''}`.trim();
    }
    case 'Authentication':
      return authentication(read.int32());
    case 'ReadyForQuery':
      return { I: 'idle', T: 'in a transaction', E: 'in a failed transaction' }[String.fromCharCode(read.byte())] ?? '';
    case 'NotificationResponse':
      read.int32();
      return `${read.text()}: ${read.text()}`;
    default:
      return '';
  }
}

function rowsWanted(most: number): string {
  return most > 0 ? `, at most ${String(most)} rows` : '';
}

function authentication(kind: number): string {
  const kinds: Readonly<Record<number, string>> = {
    0: 'accepted',
    2: 'Kerberos',
    3: 'password in clear',
    5: 'MD5',
    7: 'GSSAPI',
    9: 'SSPI',
    10: 'SASL',
    11: 'SASL, continued',
    12: 'SASL, final',
  };
  return kinds[kind] ?? `method ${String(kind)}`;
}

function bindOf(read: Content): { bound: Bound; formats: number[] } {
  read.text();
  read.text();
  const list = (): number[] => {
    const found: number[] = [];
    for (let left = read.int16(); left > 0 && read.left >= 2; left -= 1) found.push(read.int16());
    return found;
  };
  const formats = list();
  const values: (Buffer | null)[] = [];
  for (let left = read.int16(); left > 0 && read.left >= 4; left -= 1) {
    const length = read.int32();
    values.push(length < 0 ? null : read.take(length));
  }
  return { bound: { formats, values }, formats: list() };
}

function valueText(bytes: Buffer, oid: number, format: number): string {
  if (format === 0) return textOrHex(bytes);
  return binaryText(oid, bytes) ?? `0x${bytes.subarray(0, limits.readingCellChars / 2).toString('hex')}`;
}

/** What was bound asks for one format for all columns, or for one each. */
function formatOf(formats: readonly number[], index: number, told: number): number {
  if (formats.length === 0) return told;
  return formats.length === 1 ? (formats[0] ?? 0) : (formats[index] ?? 0);
}

function readResponse(exchange: StoredExchange, formats: readonly number[]): Reading['response'] {
  const side = new SideReading();
  const { response, responseCut, firstRow } = exchange;
  const { messages, rest } = messagesOf(response, 0, responseNames, side);
  let columns = columnsOfContext(exchange.context);
  let rows: Message[] = [];
  let results = 0;
  const copied: Buffer[] = [];
  const tags: string[] = [];
  const settings: [string, string][] = [];
  const showRows = (): void => {
    if (columns.length === 0 && rows.length === 0) return;
    results += 1;
    const page = rows.slice(firstRow, firstRow + limits.readingRows).map(({ content }) => rowOf(content, columns, formats));
    const widest = page.reduce((most, row) => Math.max(most, row.length), columns.length);
    const heads = Array.from({ length: widest }, (_, index) =>
      column(columns[index]?.name ?? `column ${String(index + 1)}`, typeName(columns[index]?.type ?? 0)),
    );
    side.table(results === 1 ? 'Rows' : `Rows of result ${String(results)}`, heads, page, firstRow, rows.length);
    rows = [];
    columns = [];
  };
  for (const message of messages) {
    const { type, content } = message;
    const read = new Content(content);
    if (type === 'T') columns = columnsOf(content);
    else if (type === 'D') rows.push(message);
    else if (type === 'C' || type === 's') {
      showRows();
      tags.push(type === 'C' ? read.text() : 'suspended: more rows can be fetched');
    } else if (type === 'd') copied.push(content);
    else if (type === 'S') settings.push([read.text(), read.text()]);
    else if (type === 'E' || type === 'N') {
      showRows();
      showNotice(type === 'E' ? 'Error' : 'Notice', noticeOf(content), side);
    } else if (type === 'A') {
      const process = String(read.int32());
      side.fields('Notification', [
        ['Channel', read.text()],
        ['Payload', read.text()],
        ['From process', process],
      ]);
    } else if (type === 'R' && content.length >= 4) settings.push(['authentication', authentication(read.int32())]);
  }
  showRows();
  if (copied.length > 0) {
    const data = Buffer.concat(copied);
    side.value('Data received', data, data.length);
  }
  if (tags.length > 0) side.text(tags.length === 1 ? 'Result' : 'Results', tags.slice(0, limits.readingRows).join('\n'));
  side.fields('Session', settings);
  if (responseCut) side.problem = 'Not all of the answer was kept.';
  else if (rest !== '') side.problem = rest;
  return side.done();
}

/** Columns that were described before, when the statement was prepared. */
function columnsOfContext(context: StoredExchange['context']): ColumnFacts[] {
  const columns = context['columns'];
  if (!Array.isArray(columns)) return [];
  return columns.slice(0, 500).map((each: unknown) => {
    const { name, type } = (typeof each === 'object' && each !== null ? each : {}) as { name?: unknown; type?: unknown };
    return { name: typeof name === 'string' ? name : '', type: typeof type === 'number' ? type : 0, format: 0 };
  });
}

function rowOf(content: Buffer, columns: readonly ColumnFacts[], formats: readonly number[]): (string | null)[] {
  const read = new Content(content);
  const cells: (string | null)[] = [];
  const count = Math.min(read.int16(), 1_664);
  for (let index = 0; index < count && read.left >= 4; index += 1) {
    const length = read.int32();
    const told = columns[index];
    cells.push(length < 0 ? null : valueText(read.take(length), told?.type ?? 0, formatOf(formats, index, told?.format ?? 0)));
  }
  return cells;
}

const noticeFields: readonly (readonly [letter: string, name: string])[] = [
  ['V', 'Severity'],
  ['C', 'Code'],
  ['D', 'Detail'],
  ['H', 'Hint'],
  ['P', 'Position'],
  ['W', 'Where'],
  ['s', 'Schema'],
  ['t', 'Table'],
  ['c', 'Column'],
  ['d', 'Data type'],
  ['n', 'Constraint'],
];

function showNotice(title: string, fields: ReadonlyMap<string, string>, side: SideReading): void {
  side.text(title, fields.get('M') ?? '', title === 'Error' ? 'error' : 'plain');
  side.fields(
    `${title} in full`,
    noticeFields.flatMap(([letter, name]): [string, string][] => {
      const value = fields.get(letter);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
