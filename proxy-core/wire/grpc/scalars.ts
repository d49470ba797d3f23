import { FIXED32, FIXED64, type SentField, VARINT, varintAt, type WireType } from './scan.ts';

interface Scalar {
  wire: WireType;
  literal: (bytes: Buffer, field: SentField) => string;
}

/** How numbers are written (protobuf.dev/programming-guides/encoding), as literals of JSON. */
const scalars: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  // Negative ones are sent with 64 bits, whatever their size.
  ['int32', { wire: VARINT, literal: (_, { value }) => String(BigInt.asIntN(32, value)) }],
  ['int64', { wire: VARINT, literal: (_, { value }) => String(BigInt.asIntN(64, value)) }],
  ['uint32', { wire: VARINT, literal: (_, { value }) => String(BigInt.asUintN(32, value)) }],
  ['uint64', { wire: VARINT, literal: (_, { value }) => String(value) }],
  ['sint32', { wire: VARINT, literal: (_, { value }) => zigzag(BigInt.asUintN(32, value)) }],
  ['sint64', { wire: VARINT, literal: (_, { value }) => zigzag(value) }],
  ['bool', { wire: VARINT, literal: (_, { value }) => String(value !== 0n) }],
  ['fixed32', { wire: FIXED32, literal: (bytes, { from }) => String(bytes.readUInt32LE(from)) }],
  ['sfixed32', { wire: FIXED32, literal: (bytes, { from }) => String(bytes.readInt32LE(from)) }],
  ['float', { wire: FIXED32, literal: (bytes, { from }) => floating(Number(bytes.readFloatLE(from).toPrecision(7))) }],
  ['fixed64', { wire: FIXED64, literal: (bytes, { from }) => String(bytes.readBigUInt64LE(from)) }],
  ['sfixed64', { wire: FIXED64, literal: (bytes, { from }) => String(bytes.readBigInt64LE(from)) }],
  ['double', { wire: FIXED64, literal: (bytes, { from }) => floating(bytes.readDoubleLE(from)) }],
]);

/** The value of a number; null where it was sent as something else. */
export function literalOf(bytes: Buffer, type: string, field: SentField): string | null {
  const scalar = scalars.get(type);
  return scalar?.wire === field.wire ? scalar.literal(bytes, field) : null;
}

/** Numbers of one type, one behind the other, as repeated ones are sent; false when they are none. */
export function packed(bytes: Buffer, from: number, to: number, type: string, visit: (item: SentField) => void): boolean {
  const wire = scalars.get(type)?.wire;
  if (wire === undefined) return false;
  for (let at = from; at < to; ) {
    if (wire === VARINT) {
      const found = varintAt(bytes, at, to);
      if (found === null) return false;
      visit({ number: 0, wire, value: found.value, from: at, to: found.to });
      at = found.to;
    } else {
      const next = at + (wire === FIXED64 ? 8 : 4);
      if (next > to) return false;
      visit({ number: 0, wire, value: 0n, from: at, to: next });
      at = next;
    }
  }
  return true;
}

function zigzag(value: bigint): string {
  return String((value >> 1n) ^ -(value & 1n));
}

/** JSON has no number for some of them. */
function floating(value: number): string {
  return Number.isFinite(value) ? (Object.is(value, -0) ? '-0' : String(value)) : `"${String(value)}"`;
}
