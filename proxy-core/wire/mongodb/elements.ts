/** Elements of a BSON document (https://bsonspec.org/spec.html), walked over in place: the capture thread makes no objects of them. */
export interface Element {
  type: number;
  name: string;
  /** Where its value begins, and where it ends. */
  from: number;
  to: number;
}

export const elementType = { double: 1, string: 2, document: 3, array: 4, binary: 5, int32: 16, int64: 18 } as const;

/** Documents inside of documents that are looked into. */
const MOST_DEPTH = 8;

/** Each element of the document that begins at `at`; ends where the bytes do, or where they make no sense. */
export function* elementsOf(bytes: Buffer, at: number): Generator<Element> {
  if (at + 5 > bytes.length) return;
  const end = Math.min(bytes.length, at + bytes.readUInt32LE(at));
  let place = at + 4;
  while (place < end) {
    const type = bytes[place] as number;
    const zero = bytes.indexOf(0, place + 1);
    if (type === 0 || zero < 0 || zero >= end) return;
    const from = zero + 1;
    const size = sizeOf(bytes, type, from);
    if (size < 0 || from + size > end) return;
    yield { type, name: bytes.toString('utf8', place + 1, zero), from, to: from + size };
    place = from + size;
  }
}

/** Bytes of a value; -1 where that cannot be told. */
function sizeOf(bytes: Buffer, type: number, from: number): number {
  const counted = (more: number): number => (from + 4 <= bytes.length ? bytes.readUInt32LE(from) + more : -1);
  switch (type) {
    case 0x01: // double
    case 0x09: // date
    case 0x11: // timestamp
    case 0x12: // int64
      return 8;
    case 0x10: // int32
      return 4;
    case 0x08: // boolean
      return 1;
    case 0x07: // object id
      return 12;
    case 0x13: // decimal
      return 16;
    case 0x06: // undefined
    case 0x0a: // null
    case 0x7f: // max key
    case 0xff: // min key
      return 0;
    case 0x02: // string
    case 0x0d: // code
    case 0x0e: // symbol
      return counted(4);
    case 0x03: // document
    case 0x04: // array
    case 0x0f: // code with scope
      return counted(0);
    case 0x05: // binary
      return counted(5);
    case 0x0c: // pointer
      return counted(16);
    case 0x0b: {
      // A regular expression: two texts that end with a zero.
      const first = bytes.indexOf(0, from);
      const second = first < 0 ? -1 : bytes.indexOf(0, first + 1);
      return second < 0 ? -1 : second + 1 - from;
    }
    default:
      return -1;
  }
}

export function textOfElement(bytes: Buffer, { type, from, to }: Element): string {
  return type === elementType.string ? bytes.toString('utf8', from + 4, Math.max(from + 4, to - 1)) : '';
}

/** A number; 0 for what is none. */
export function numberOfElement(bytes: Buffer, { type, from }: Element): number {
  if (type === elementType.int32) return bytes.readInt32LE(from);
  if (type === elementType.double) return bytes.readDoubleLE(from);
  return type === elementType.int64 ? Number(bytes.readBigInt64LE(from)) : 0;
}

/** Names of elements that hold a password, or what proves that somebody has it. */
const secrets: ReadonlySet<string> = new Set(['pwd', 'payload', 'key', 'nonce', 'password']);

/** Covers them, wherever they stand in the document; returns the texts of what was covered as far as it is text. */
export function coverSecrets(bytes: Buffer, at: number, covered: string[] = [], depth = 0): string[] {
  for (const element of elementsOf(bytes, at)) {
    const { type, name, from, to } = element;
    if (type === elementType.document || type === elementType.array) {
      if (depth < MOST_DEPTH) coverSecrets(bytes, from, covered, depth + 1);
    } else if (secrets.has(name) && (type === elementType.string || type === elementType.binary)) {
      const start = type === elementType.string ? from + 4 : from + 5;
      const end = type === elementType.string ? Math.max(start, to - 1) : to;
      covered.push(bytes.toString('latin1', start, end));
      bytes.fill('*', start, end);
    }
  }
  return covered;
}
