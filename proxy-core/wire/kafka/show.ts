import { limits } from '../../limits.ts';
import { type SideReading, textOrHex } from '../reading.ts';
import { apiName } from './apis.ts';
import { errorName } from './errors.ts';
import { type Field, fieldsOf } from './schema.ts';
import type { Written } from './show-records.ts';
import { isPlace, type Place, Struct, Tree, type Value } from './tree.ts';
import { Walker } from './walker.ts';

/** What is known while a message is shown. */
export interface Shown {
  /** What stands behind the fixed numbers. */
  content: Buffer;
  /** Where that begins in the stored bytes. */
  before: number;
  /** Names of topics by their identities. */
  names: ReadonlyMap<string, string>;
}

type Row = Map<string, string | null>;

/** The values of a message as fields, and its arrays as tables. */
export function showFields(side: SideReading, title: string, root: Struct, shown: Shown, firstRow: number): void {
  const fields = root.fields
    .filter(([, value]) => !isStructs(value) && !isEmpty(value))
    .map(([field, value]): [string, string] => [words(field.name), textOf(field, value, shown) ?? 'null']);
  side.fields(title, fields);
  for (const [field, value] of root.fields) {
    if (!isStructs(value)) continue;
    const rows = value.flatMap((struct) => rowsOf(struct, new Map(), '', shown));
    if (rows.length > 0) showRows(side, titled(field.name), rows, firstRow);
  }
}

function showRows(side: SideReading, title: string, rows: readonly Row[], firstRow: number): void {
  const page = rows.slice(firstRow, firstRow + limits.readingRows);
  const columns = [...new Set(page.flatMap((row) => [...row.keys()]))];
  side.table(
    title,
    columns.map((name) => ({ name: words(name), type: '' })),
    page.map((row) => columns.map((name) => (row.has(name) ? (row.get(name) ?? null) : ''))),
    firstRow,
    rows.length,
  );
}

/** A row for each element of the arrays in an element, or one where there are none; each has the values of what is around it. */
function rowsOf(struct: Struct, around: Row, name: string, shown: Shown): Row[] {
  const own: Row = new Map(around);
  for (const [field, value] of struct.fields) {
    if (field.kind === 'struct' && isStructs(value)) {
      for (const [part, of] of value[0]?.fields ?? []) own.set(`${field.name} ${part.name}`, textOf(part, of, shown));
    }
    if (isStructs(value) || isEmpty(value)) continue;
    own.set(own.has(field.name) ? `${name} ${field.name}` : field.name, textOf(field, value, shown));
  }
  const inner = struct.fields.flatMap(([field, value]) =>
    isStructs(value) && field.kind !== 'struct' ? value.flatMap((each) => rowsOf(each, own, field.name, shown)) : [],
  );
  return inner.length > 0 ? inner : [own];
}

function isStructs(value: Value): value is Struct[] {
  return Array.isArray(value) && value[0] instanceof Struct;
}

function isEmpty(value: Value): boolean {
  return Array.isArray(value) && value.length === 0;
}

function textOf(field: Field, value: Value, shown: Shown): string | null {
  if (value === null || value instanceof Struct) return null;
  if (Array.isArray(value)) return value.map((each) => textOf(field.of[0] ?? field, each, shown) ?? 'null').join(', ');
  if (isPlace(value)) return bytesText(field, value, shown);
  switch (field.name) {
    case 'error':
    case 'configsError':
      return errorName(Number(value));
    case 'api':
      return apiName(Number(value));
    case 'topicId': {
      const name = shown.names.get(String(value));
      return name === undefined ? String(value) : `${String(value)} (${name})`;
    }
    default:
      return field.kind === 'bool' ? String(value !== 0) : String(value);
  }
}

/** What members of a group tell each other (https://kafka.apache.org/protocol#The_Messages_ConsumerProtocol…): to what they subscribe, and what they are given. */
const groupFields = {
  subscription: fieldsOf('version int16, topics [string], rest', 0, false),
  assignment: fieldsOf('version int16, topics [ topic string, partitions [int32] ], rest', 0, false),
};

function bytesText({ name, kind }: Field, { at, length }: Place, { content }: Shown): string | null {
  if (length < 0) return null;
  const bytes = content.subarray(at, at + length);
  if (kind === 'tags') return `${String(length)} bytes${length > 0 ? `: ${textOrHex(bytes)}` : ''}`;
  if (kind === 'records') return `${String(length)} bytes`;
  if ((name === 'subscription' || name === 'assignment') && length > 0) return topicsText(bytes, name) ?? textOrHex(bytes);
  return textOrHex(bytes);
}

/** Null where the bytes are none of a consumer: other kinds of groups have other ones. */
function topicsText(bytes: Buffer, name: keyof typeof groupFields): string | null {
  const tree = new Tree();
  const walker = new Walker(groupFields[name], tree);
  walker.push(bytes);
  const topics = tree.root.get('topics');
  if (walker.problem !== '' || !walker.unread || !Array.isArray(topics)) return null;
  const assigned = topics.filter((topic) => topic instanceof Struct);
  return name === 'subscription'
    ? tree.root.text('topics')
    : assigned.map((topic) => `${topic.text('topic')} ${topic.text('partitions')}`.trim()).join(', ');
}

/** Where the records of a message stand. */
export function writtenIn(root: Struct, { content, before, names }: Shown): Written[] {
  const topics = root.get('topics');
  if (!Array.isArray(topics)) return [];
  return topics.flatMap((topic) => {
    const partitions = topic instanceof Struct ? topic.get('partitions') : null;
    if (!(topic instanceof Struct) || !Array.isArray(partitions)) return [];
    const id = topic.text('topicId');
    const name = topic.text('topic') || (names.get(id) ?? id);
    return partitions.flatMap((partition): Written[] => {
      const place = partition instanceof Struct ? partition.get('records') : null;
      if (!(partition instanceof Struct) || place === undefined || !isPlace(place) || place.length <= 0) return [];
      const bytes = content.subarray(place.at, place.at + place.length);
      return [{ topic: name, partition: partition.text('partition'), at: before + place.at, bytes }];
    });
  });
}

/** `maxWaitMs` as people write it: max wait ms. */
function words(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function titled(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${words(name.slice(1))}`;
}
