/** One field of a message as it is sent (protobuf.dev/programming-guides/encoding). */
export interface SentField {
  number: number;
  wire: WireType;
  /** Of a varint. */
  value: bigint;
  /** Where its content is. */
  from: number;
  to: number;
}

export type WireType = typeof VARINT | typeof FIXED64 | typeof LENGTH | typeof GROUP | typeof FIXED32;
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const GROUP = 3;
export const FIXED32 = 5;
const GROUP_END = 4;

/** Depth to which groups are followed to where they end. */
const MOST_GROUPS = 16;

/** Goes through the fields of a message; false when the bytes are none. Groups are only looked for where `groups`: hardly anybody sends them, and what is no message must not look like one. */
export function scanFields(bytes: Buffer, from: number, end: number, groups: boolean, visit: (field: SentField) => void): boolean {
  let at = from;
  while (at < end) {
    const field = fieldAt(bytes, at, end, groups ? MOST_GROUPS : 0);
    if (field === null) return false;
    visit(field);
    at = field.next;
  }
  return true;
}

function fieldAt(bytes: Buffer, at: number, end: number, groups: number): (SentField & { next: number }) | null {
  const tag = varintAt(bytes, at, end);
  if (tag === null || tag.value < 8n || tag.value > 0xffff_ffffn) return null;
  const number = Number(tag.value >> 3n);
  const wire = Number(tag.value & 7n);
  const from = tag.to;
  switch (wire) {
    case VARINT: {
      const found = varintAt(bytes, from, end);
      return found === null ? null : { number, wire, value: found.value, from, to: found.to, next: found.to };
    }
    case FIXED64:
    case FIXED32: {
      const to = from + (wire === FIXED64 ? 8 : 4);
      return to > end ? null : { number, wire, value: 0n, from, to, next: to };
    }
    case LENGTH: {
      const length = varintAt(bytes, from, end);
      if (length === null || length.value > BigInt(end - length.to)) return null;
      const to = length.to + Number(length.value);
      return { number, wire, value: 0n, from: length.to, to, next: to };
    }
    case GROUP: {
      const closed = groups > 0 ? groupEnd(bytes, from, end, number, groups) : null;
      return closed === null ? null : { number, wire, value: 0n, from, ...closed };
    }
    default:
      return null;
  }
}

/** Where a group ends, and where what follows begins. */
function groupEnd(bytes: Buffer, from: number, end: number, number: number, groups: number): { to: number; next: number } | null {
  for (let at = from; at < end; ) {
    const tag = varintAt(bytes, at, end);
    if (tag !== null && Number(tag.value & 7n) === GROUP_END) {
      return Number(tag.value >> 3n) === number ? { to: at, next: tag.to } : null;
    }
    const field = fieldAt(bytes, at, end, groups - 1);
    if (field === null) return null;
    at = field.next;
  }
  return null;
}

/** A varint, and where it ends; null when it is none. */
export function varintAt(bytes: Buffer, from: number, end: number): { value: bigint; to: number } | null {
  let value = 0n;
  for (let at = from, shift = 0n; at < end && shift < 70n; at++, shift += 7n) {
    const byte = bytes[at] as number;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), to: at + 1 };
  }
  return null;
}

/** A field with a length, as it is sent: a text, bytes, or a message. */
export function lengthField(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint((number << 3) | LENGTH), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}
