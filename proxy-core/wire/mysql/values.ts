import { limits } from '../../limits.ts';
import type { Content } from '../content.ts';
import { textOrHex } from '../reading.ts';
import { type ColumnFacts, lengthEncodedBytes } from './packets.ts';

/** Types of columns and parameters (https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html). */
const type = {
  decimal: 0,
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  null: 6,
  timestamp: 7,
  longlong: 8,
  int24: 9,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
  bit: 16,
  blob: 252,
} as const;

const names = new Map<number, string>([
  [0, 'decimal'],
  [1, 'tinyint'],
  [2, 'smallint'],
  [3, 'int'],
  [4, 'float'],
  [5, 'double'],
  [6, 'null'],
  [7, 'timestamp'],
  [8, 'bigint'],
  [9, 'mediumint'],
  [10, 'date'],
  [11, 'time'],
  [12, 'datetime'],
  [13, 'year'],
  [15, 'varchar'],
  [16, 'bit'],
  [17, 'timestamp'],
  [18, 'datetime'],
  [19, 'time'],
  [242, 'vector'],
  [245, 'json'],
  [246, 'decimal'],
  [247, 'enum'],
  [248, 'set'],
  [249, 'tinyblob'],
  [250, 'mediumblob'],
  [251, 'longblob'],
  [252, 'blob'],
  [253, 'varchar'],
  [254, 'char'],
  [255, 'geometry'],
]);

/** The character set of bytes that are no text. */
const BINARY = 63;

/** Flags of a column. */
const flag = { unsigned: 32, enum: 256, set: 2048 } as const;

/** The name of a parameter's type. */
export function typeName(code: number): string {
  return (names.get(code & 0xff) ?? `type ${String(code & 0xff)}`) + ((code & 0x8000) === 0 ? '' : ' unsigned');
}

/** The name of a column's type: blobs and strings are told apart by their character set. */
export function columnType({ type: code, flags, charset }: ColumnFacts): string {
  if ((flags & flag.enum) !== 0) return 'enum';
  if ((flags & flag.set) !== 0) return 'set';
  const name = names.get(code) ?? `type ${String(code)}`;
  if (code >= 249 && code <= 252) return charset === BINARY ? name : name.replace('blob', 'text');
  if (code === 253 && charset === BINARY) return 'varbinary';
  if (code === 254 && charset === BINARY) return 'binary';
  const isNumber = code <= 9 && code !== 6 && code !== 7;
  return isNumber && (flags & flag.unsigned) !== 0 ? `${name} unsigned` : name;
}

export function isUnsigned({ flags }: ColumnFacts): boolean {
  return (flags & flag.unsigned) !== 0;
}

/** A value of the text protocol. */
export function textValue(bytes: Buffer | null): string | null {
  return bytes === null ? null : textOrHex(bytes);
}

/** A value of the binary protocol (https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html), as text. */
export function binaryValue(read: Content, code: number, unsigned: boolean): string | null {
  switch (code) {
    case type.null:
      return null;
    case type.tiny:
      return integer(read.take(1), unsigned);
    case type.short:
    case type.year:
      return integer(read.take(2), unsigned);
    case type.long:
    case type.int24:
      return integer(read.take(4), unsigned);
    case type.longlong: {
      const bytes = read.take(8);
      return bytes.length < 8 ? '' : String(unsigned ? bytes.readBigUInt64LE() : bytes.readBigInt64LE());
    }
    case type.float: {
      const bytes = read.take(4);
      return bytes.length < 4 ? '' : String(Number(bytes.readFloatLE().toPrecision(7)));
    }
    case type.double: {
      const bytes = read.take(8);
      return bytes.length < 8 ? '' : String(bytes.readDoubleLE());
    }
    case type.date:
    case type.datetime:
    case type.timestamp:
      return moment(read.take(read.byte()), code === type.date);
    case type.time:
      return duration(read.take(read.byte()));
    case type.bit: {
      const bytes = lengthEncodedBytes(read);
      return bytes === null ? null : `0x${bytes.subarray(0, 8).toString('hex')}`;
    }
    default: {
      const bytes = lengthEncodedBytes(read);
      return bytes === null ? null : textOrHex(bytes.subarray(0, limits.readingCellChars * 4));
    }
  }
}

function integer(bytes: Buffer, unsigned: boolean): string {
  if (bytes.length === 0) return '';
  return String(unsigned ? bytes.readUIntLE(0, bytes.length) : bytes.readIntLE(0, bytes.length));
}

function digits(value: number, count = 2): string {
  return String(value).padStart(count, '0');
}

function fraction(bytes: Buffer, from: number): string {
  return bytes.length < from + 4 ? '' : `.${digits(bytes.readUInt32LE(from), 6)}`;
}

/** As many bytes as are needed: none for zero, the date, the time, its fraction. */
function moment(bytes: Buffer, dateOnly: boolean): string {
  const year = bytes.length < 2 ? 0 : bytes.readUInt16LE(0);
  const date = `${digits(year, 4)}-${digits(bytes[2] ?? 0)}-${digits(bytes[3] ?? 0)}`;
  if (dateOnly) return date;
  return `${date} ${digits(bytes[4] ?? 0)}:${digits(bytes[5] ?? 0)}:${digits(bytes[6] ?? 0)}${fraction(bytes, 7)}`;
}

function duration(bytes: Buffer): string {
  if (bytes.length < 8) return '00:00:00';
  const hours = bytes.readUInt32LE(1) * 24 + (bytes[5] ?? 0);
  return `${bytes[0] === 1 ? '-' : ''}${digits(hours)}:${digits(bytes[6] ?? 0)}:${digits(bytes[7] ?? 0)}${fraction(bytes, 8)}`;
}
