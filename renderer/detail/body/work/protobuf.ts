import { hexText, TreeText } from './treeText.ts';

/**
 * Protocol Buffers without their schema: fields by number, in the order sent. What a field with a length holds is not written in the
 * bytes, so it is guessed: a message when it reads as one to its last byte, else text, else bytes. The other readings stand in the notes.
 */

const MOST_DEPTH = 100;

interface Field {
  number: number;
  wire: 0 | 1 | 2 | 5;
  /** Varint, or place of the bytes. */
  value: bigint;
  from: number;
  to: number;
}

/** The varint at a place and where it ends; null when it is none. */
function varint(bytes: Uint8Array, from: number, end: number): { value: bigint; to: number } | null {
  let low = 0;
  let at = from;
  // Up to 28 bits in a plain number; BigInt only where it is needed.
  for (let shift = 0; shift < 28; shift += 7) {
    if (at >= end) return null;
    const byte = bytes[at++] ?? 0;
    low |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value: BigInt(low), to: at };
  }
  let value = BigInt(low);
  for (let shift = 28n; shift < 70n; shift += 7n) {
    if (at >= end) return null;
    const byte = bytes[at++] ?? 0;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), to: at };
  }
  return null;
}

/** The fields of a message; null when the bytes are none. */
function fieldsOf(bytes: Uint8Array, from: number, end: number): Field[] | null {
  const fields: Field[] = [];
  let at = from;
  while (at < end) {
    const tag = varint(bytes, at, end);
    if (tag === null || tag.value > 0xffff_ffffn) return null;
    at = tag.to;
    const number = Number(tag.value >> 3n);
    const wire = Number(tag.value & 7n);
    if (number === 0) return null;
    if (wire === 0) {
      const found = varint(bytes, at, end);
      if (found === null) return null;
      fields.push({ number, wire, value: found.value, from: at, to: found.to });
      at = found.to;
    } else if (wire === 1 || wire === 5) {
      const to = at + (wire === 1 ? 8 : 4);
      if (to > end) return null;
      fields.push({ number, wire, value: 0n, from: at, to });
      at = to;
    } else if (wire === 2) {
      const length = varint(bytes, at, end);
      if (length === null || length.value > BigInt(end - length.to)) return null;
      fields.push({ number, wire, value: 0n, from: length.to, to: length.to + Number(length.value) });
      at = length.to + Number(length.value);
    } else {
      // Groups were given up long ago.
      return null;
    }
  }
  return fields;
}

const strict = new TextDecoder('utf-8', { fatal: true });

/** The bytes as text; null when they are none, or hold what text does not. */
function textOf(bytes: Uint8Array): string | null {
  try {
    const text = strict.decode(bytes);
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    return /[\u0000-\u0008\u000e-\u001f\u007f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

function writeVarint(tree: TreeText, key: string | null, value: bigint): void {
  const readings = ['varint'];
  const signed = BigInt.asIntN(64, value);
  if (signed < 0n) readings.push(`int64 ${signed}`);
  if (value > 0n) readings.push(`sint ${(value >> 1n) ^ -(value & 1n)}`);
  if (value <= 1n) readings.push(`bool ${value === 1n}`);
  tree.value(key, String(value), readings.join(', '));
}

function writeFixed(tree: TreeText, key: string | null, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const eight = bytes.length === 8;
  const whole = eight ? String(view.getBigUint64(0, true)) : String(view.getUint32(0, true));
  const signed = eight ? String(view.getBigInt64(0, true)) : String(view.getInt32(0, true));
  const float = eight ? view.getFloat64(0, true) : view.getFloat32(0, true);
  const bits = eight ? 64 : 32;
  tree.value(
    key,
    whole,
    `fixed${bits}${signed === whole ? '' : `, sfixed${bits} ${signed}`}, ${eight ? 'double' : 'float'} ${float}`,
  );
}

function writeField(tree: TreeText, bytes: Uint8Array, key: string | null, field: Field, depth: number): void {
  const own = bytes.subarray(field.from, field.to);
  if (field.wire === 0) {
    writeVarint(tree, key, field.value);
  } else if (field.wire !== 2) {
    writeFixed(tree, key, own);
  } else {
    const text = textOf(own);
    const inner = own.length === 0 || depth >= MOST_DEPTH ? null : fieldsOf(bytes, field.from, field.to);
    // A short word may read as a message by chance: text that a person could have written wins.
    if (inner !== null && (text === null || !/^[\p{L}\p{N}\p{P}\p{S}\p{Z}\s]*$/u.test(text))) {
      writeMessage(tree, bytes, key, inner, depth + 1, `message, ${own.length} bytes`);
    } else if (text !== null) {
      tree.value(key, JSON.stringify(text), inner === null ? 'text or bytes' : 'text; could be a message too');
    } else {
      tree.value(key, JSON.stringify(hexText(own)), `${own.length} bytes, as hex`);
    }
  }
}

function writeMessage(
  tree: TreeText,
  bytes: Uint8Array,
  key: string | null,
  fields: readonly Field[],
  depth: number,
  note: string,
): void {
  const byNumber = new Map<number, Field[]>();
  for (const field of fields) {
    const same = byNumber.get(field.number);
    if (same === undefined) byNumber.set(field.number, [field]);
    else same.push(field);
  }
  tree.open(key, '{', note);
  for (const [number, same] of byNumber) {
    const [first] = same;
    if (same.length === 1 && first !== undefined) {
      writeField(tree, bytes, String(number), first, depth);
    } else {
      tree.open(String(number), '[', `repeated, ${same.length} times`);
      for (const field of same) writeField(tree, bytes, null, field, depth);
      tree.close(']');
    }
  }
  tree.close('}');
}

/** The messages of gRPC (five bytes before each); null when the bytes are not framed so. */
function frames(bytes: Uint8Array): { flags: number; from: number; to: number }[] | null {
  const found: { flags: number; from: number; to: number }[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const flags = bytes[at] ?? 0;
    if ((flags & 0x7e) !== 0 || at + 5 > bytes.length) return null;
    const to = at + 5 + view.getUint32(at + 1);
    if (to > bytes.length) return null;
    found.push({ flags, from: at + 5, to });
    at = to;
  }
  return found;
}

/** A message, or with `framed` those of a gRPC stream, as the text of a tree. Throws with a reason when they are none. */
export function protobufTree(bytes: Uint8Array, framed: boolean): TreeText {
  const tree = new TreeText();
  const messages = framed ? frames(bytes) : null;
  for (const { flags, from, to } of messages ?? [{ flags: 0, from: 0, to: bytes.length }]) {
    const own = bytes.subarray(from, to);
    if ((flags & 0x80) !== 0) {
      tree.value(null, JSON.stringify(textOf(own) ?? hexText(own)), 'trailers');
    } else if ((flags & 1) !== 0) {
      tree.value(null, JSON.stringify(hexText(own)), `compressed message, ${own.length} bytes, as hex`);
    } else {
      const fields = fieldsOf(bytes, from, to);
      if (fields === null) throw new Error('its bytes do not read as fields');
      writeMessage(tree, bytes, null, fields, 0, `message, ${own.length} bytes`);
    }
  }
  return tree;
}
