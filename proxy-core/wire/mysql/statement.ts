import { Content } from '../content.ts';
import { command } from './commands.ts';
import { lengthEncoded, lengthEncodedBytes } from './packets.ts';
import { binaryValue } from './values.ts';

export interface Bound {
  name: string;
  type: number;
  value: string | null;
}

/** The text of a COM_QUERY or COM_STMT_PREPARE, whose first byte is not in `content`. With CLIENT_QUERY_ATTRIBUTES, attributes may stand before it. */
export function sqlOf(content: Buffer, mayHaveAttributes: boolean): { sql: string; hasAttributes: boolean; attributes: Bound[] } {
  // Number of attributes, and number of sets of them, which is 1. No statement has that as its second character.
  if (!mayHaveAttributes || content[1] !== 1) return { sql: content.toString('utf8'), hasAttributes: false, attributes: [] };
  const read = new Content(content);
  const count = lengthEncoded(read) ?? 0;
  read.byte();
  const attributes = count > 0 ? boundOf(read, count, true, []).values : [];
  return { sql: read.rest().toString('utf8'), hasAttributes: true, attributes };
}

/** Values that are described: a bitmap of nulls, their types, names, and they themselves. */
export function boundOf(
  read: Content,
  count: number,
  named: boolean,
  known: readonly number[],
  sentBefore: ReadonlySet<number> = new Set(),
): { values: Bound[]; types: number[] } {
  const nulls = read.take((count + 7) >> 3);
  const fresh = read.byte() === 1;
  const types: number[] = [];
  const names: string[] = [];
  if (fresh) {
    for (let left = count; left > 0 && read.left >= 2; left -= 1) {
      types.push(read.uint16le());
      names.push(named ? (lengthEncodedBytes(read)?.toString('utf8') ?? '') : '');
    }
  }
  const used = fresh ? types : known;
  const values: Bound[] = [];
  for (let index = 0; index < count && (read.left > 0 || index < used.length); index += 1) {
    const type = used[index] ?? 0;
    const isNull = ((nulls[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
    const name = names[index] ?? '';
    if (isNull) values.push({ name, type, value: null });
    else if (sentBefore.has(index)) values.push({ name, type, value: '(sent ahead)' });
    else if (used.length === 0) break;
    else values.push({ name, type, value: binaryValue(read, type & 0xff, (type & 0x8000) !== 0) });
  }
  return { values, types };
}

/** Types of the parameters of an execution, behind the number of its statement; empty where it does not tell them (anew). */
export function typesOf(read: Content, type: number, parameters: number, attributes: boolean): number[] {
  if (type === command.bulkExecute) {
    if ((read.uint16le() & BULK_TYPES) === 0) return [];
    return listOf(read, parameters);
  }
  const { count } = executionOf(read, parameters, attributes);
  read.take((count + 7) >> 3);
  if (count === 0 || read.byte() !== 1) return [];
  if (!attributes) return listOf(read, count);
  const types: number[] = [];
  for (let left = count; left > 0 && read.left >= 2; left -= 1) {
    types.push(read.uint16le());
    lengthEncodedBytes(read);
  }
  return types;
}

/** Flag of COM_STMT_BULK_EXECUTE: types are sent. */
export const BULK_TYPES = 128;

/** Flag of COM_STMT_EXECUTE: the number of parameters is sent (PARAMETER_COUNT_AVAILABLE). */
const COUNTED = 8;

/** The head of a COM_STMT_EXECUTE, behind the number of its statement. */
export function executionOf(read: Content, parameters: number, attributes: boolean): { count: number; cursor: boolean } {
  const flags = read.byte();
  read.uint32le();
  const told = attributes && (parameters > 0 || (flags & COUNTED) !== 0);
  const count = told ? (lengthEncoded(read) ?? 0) : parameters;
  return { count: Math.min(count, 0xff_ff), cursor: (flags & 1) !== 0 };
}

function listOf(read: Content, count: number): number[] {
  const types: number[] = [];
  for (let left = count; left > 0 && read.left >= 2; left -= 1) types.push(read.uint16le());
  return types;
}
