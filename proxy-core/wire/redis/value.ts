import { limits } from '../../limits.ts';
import type { SideReading } from '../reading.ts';
import { textOf, textOrHex } from '../reading.ts';
import { RespReader, resp } from './resp-reader.ts';

/** A value of RESP as a tree, for somebody to look at. */
export type RespValue =
  | { kind: 'string'; bytes: Buffer; type: number }
  | { kind: 'text'; text: string; type: number }
  | { kind: 'null' }
  | { kind: 'list'; values: RespValue[]; type: number };

const names: Readonly<Record<number, string>> = {
  [resp.array]: 'Array',
  [resp.bulk]: 'Bulk string',
  [resp.simple]: 'Simple string',
  [resp.error]: 'Error',
  [resp.integer]: 'Integer',
  [resp.null]: 'Null',
  [resp.boolean]: 'Boolean',
  [resp.double]: 'Double',
  [resp.bigNumber]: 'Big number',
  [resp.bulkError]: 'Bulk error',
  [resp.verbatim]: 'Verbatim string',
  [resp.map]: 'Map',
  [resp.set]: 'Set',
  [resp.attribute]: 'Attribute',
  [resp.push]: 'Push',
  [resp.chunk]: 'Chunk',
};

const aggregates: ReadonlySet<number> = new Set([resp.array, resp.map, resp.set, resp.attribute, resp.push]);

/** Values that are read of one side: elements of large lists are not of interest beyond what a page shows, but their number is. */
const MOST_VALUES = 200_000;

/**
 * Reads the complete values that bytes begin with, and lists their frames. What is cut off at the end is left out. `problem` says why reading stopped; empty
 * when it came to the end.
 */
export function readValues(bytes: Buffer, side: SideReading): { values: RespValue[]; complete: boolean; problem: string } {
  const values: RespValue[] = [];
  const stack: { type: number; values: RespValue[]; depth: number }[] = [];
  let count = 0;
  let type = 0;
  let depth = 0;
  let length = 0;
  let parts: Buffer[] = [];
  let ended = 0;
  const add = (value: RespValue, at: number): void => {
    while (stack.length > at) stack.pop();
    const parent = stack.at(-1);
    if (parent === undefined) values.push(value);
    else parent.values.push(value);
  };
  const reader = new RespReader({
    begins(begun, size, level) {
      type = begun;
      depth = level;
      length = size;
      parts = [];
      if (!aggregates.has(begun) && !(begun === resp.bulk && size === -2)) return;
      const list: RespValue = size === -1 ? { kind: 'null' } : { kind: 'list', values: [], type: begun };
      add(list, level);
      if (list.kind === 'list') stack.push({ type: begun, values: list.values, depth: level });
    },
    content(piece) {
      parts.push(piece);
    },
    scalar() {
      count += 1;
      if (count > MOST_VALUES) return;
      const content = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
      const isString = type === resp.bulk || type === resp.bulkError || type === resp.verbatim || type === resp.chunk;
      if (length === -1 || type === resp.null) add({ kind: 'null' }, depth);
      else if (isString) add({ kind: 'string', bytes: type === resp.verbatim ? content.subarray(4) : content, type }, depth);
      else add({ kind: 'text', text: content.toString('utf8'), type }, depth);
    },
    wire() {},
    isSecret: () => false,
    ends() {
      stack.length = 0;
      ended += 1;
    },
  });
  reader.push(bytes);
  listFrames(bytes, side);
  return { values, complete: ended > 0 && reader.between, problem: reader.problem };
}

/** A frame for each value, with where it stands. */
function listFrames(bytes: Buffer, side: SideReading): void {
  /** Elements to come of what is open. */
  const open: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return;
    const type = bytes[at] as number;
    const name = names[type];
    if (name === undefined) return;
    const line = bytes.toString('latin1', at + 1, Math.min(end, at + 400));
    const size = Number(line);
    const isString = type === resp.bulk || type === resp.bulkError || type === resp.verbatim || type === resp.chunk;
    const payload = isString && size >= 0 ? size : 0;
    const length = end + 2 - at + (isString && size >= 0 ? payload + 2 : 0);
    const text = isString
      ? size < 0
        ? 'null'
        : textOrHex(bytes.subarray(end + 2, Math.min(end + 2 + payload, end + 402)))
      : aggregates.has(type)
        ? size < 0
          ? 'null'
          : `${line} ${type === resp.map || type === resp.attribute ? 'pairs' : 'elements'}`
        : line;
    if (!side.frame({ offset: at, length, depth: open.length, name, text })) return;
    at += length;
    if (aggregates.has(type) && size > 0) {
      open.push(type === resp.map || type === resp.attribute ? size * 2 : size);
      continue;
    }
    while (open.length > 0) {
      const left = (open.pop() ?? 0) - 1;
      if (left > 0) {
        open.push(left);
        break;
      }
    }
  }
}

/** A value in one line. */
export function inline(value: RespValue): string | null {
  switch (value.kind) {
    case 'null':
      return null;
    case 'text':
      return value.text;
    case 'string':
      return textOrHex(value.bytes);
    default:
      return JSON.stringify(plain(value)).slice(0, limits.readingCellChars + 1);
  }
}

/** A value as JSON would have it: maps with text keys become objects. */
export function plain(value: RespValue): unknown {
  switch (value.kind) {
    case 'null':
      return null;
    case 'string':
      return textOf(value.bytes) ?? `0x${value.bytes.subarray(0, limits.readingCellChars).toString('hex')}`;
    case 'text':
      if (value.type === resp.boolean) return value.text === 't';
      return value.type === resp.integer && Number.isSafeInteger(Number(value.text)) ? Number(value.text) : value.text;
    default:
      if (value.type !== resp.map) return value.values.map(plain);
      return Object.fromEntries(pairsOf(value.values).map(([key, each]) => [inline(key) ?? 'null', plain(each)]));
  }
}

export function pairsOf(values: readonly RespValue[]): [RespValue, RespValue][] {
  const pairs: [RespValue, RespValue][] = [];
  for (let at = 0; at + 1 < values.length; at += 2) pairs.push([values[at] as RespValue, values[at + 1] as RespValue]);
  return pairs;
}

export function isScalar(value: RespValue): boolean {
  return value.kind !== 'list';
}
