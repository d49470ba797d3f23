import type { ProtoField } from '../../rrpair/protos.ts';
import { ProtoFields, type ProtoValue } from './values.ts';

/** https://protobuf.dev/reference/protobuf/google.protobuf/: messages that everybody has, and that say more than their fields do. */

function field(number: number, name: string, type: string, more: Partial<ProtoField> = {}): ProtoField {
  return { number, name, type, ...more };
}

const span = [field(1, 'seconds', 'int64'), field(2, 'nanos', 'int32')];
const wrapped: Readonly<Record<string, string>> = {
  DoubleValue: 'double',
  FloatValue: 'float',
  Int64Value: 'int64',
  UInt64Value: 'uint64',
  Int32Value: 'int32',
  UInt32Value: 'uint32',
  BoolValue: 'bool',
  StringValue: 'string',
  BytesValue: 'bytes',
};

const PREFIX = 'google.protobuf.';
const VALUE = `.${PREFIX}Value`;

/** Those that no file has to declare. */
export const wellKnownMessages: Record<string, ProtoField[]> = Object.fromEntries(
  Object.entries({
    Any: [field(1, 'type_url', 'string'), field(2, 'value', 'bytes')],
    Timestamp: span,
    Duration: span,
    Empty: [],
    FieldMask: [field(1, 'paths', 'string', { many: true })],
    Struct: [field(1, 'fields', VALUE, { key: 'string' })],
    ListValue: [field(1, 'values', VALUE, { many: true })],
    Value: [
      field(1, 'null_value', 'int32'),
      field(2, 'number_value', 'double'),
      field(3, 'string_value', 'string'),
      field(4, 'bool_value', 'bool'),
      field(5, 'struct_value', `.${PREFIX}Struct`),
      field(6, 'list_value', `.${PREFIX}ListValue`),
    ],
    ...Object.fromEntries(Object.entries(wrapped).map(([name, type]) => [name, [field(1, 'value', type)]])),
  }).map(([name, fields]) => [PREFIX + name, fields]),
);

/** A message in the form in which people write it (protobuf.dev/programming-guides/json); all others as they are. */
export function asPeopleWriteIt(name: string, fields: ProtoFields): ProtoValue {
  if (!name.startsWith(PREFIX)) return fields;
  const known = name.slice(PREFIX.length);
  switch (known) {
    case 'Timestamp':
      return timestamp(numberOf(fields, 'seconds'), numberOf(fields, 'nanos')) ?? fields;
    case 'Duration':
      return duration(numberOf(fields, 'seconds'), numberOf(fields, 'nanos')) ?? fields;
    case 'FieldMask':
      return paths(fields.get('paths')) ?? fields;
    case 'Struct':
      return fields.get('fields') ?? fields;
    case 'ListValue':
      return fields.get('values') ?? [];
    case 'Value': {
      const [first] = fields.entries;
      if (first === undefined) return fields;
      return first[0] === 'null_value' ? 'null' : first[1];
    }
    default:
      return Object.hasOwn(wrapped, known) ? (fields.get('value') ?? defaultOf(wrapped[known] ?? '')) : fields;
  }
}

/** What is not sent because it goes without saying. */
export function defaultOf(type: string): ProtoValue {
  if (type === 'string' || type === 'bytes') return '""';
  if (type === 'bool') return 'false';
  return type.startsWith('.') ? new ProtoFields() : '0';
}

function numberOf(fields: ProtoFields, name: string): number {
  const value = fields.get(name);
  return typeof value === 'string' ? Number(value) : 0;
}

function timestamp(seconds: number, nanos: number): string | null {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime()) || nanos < 0 || nanos > 999_999_999) return null;
  return JSON.stringify(`${date.toISOString().replace(/\.\d+Z$/, '')}${fraction(nanos)}Z`);
}

function duration(seconds: number, nanos: number): string | null {
  if (!Number.isSafeInteger(seconds) || Math.abs(nanos) > 999_999_999) return null;
  const sign = seconds < 0 || nanos < 0 ? '-' : '';
  return JSON.stringify(`${sign}${String(Math.abs(seconds))}${fraction(Math.abs(nanos))}s`);
}

/** In thousandths, millionths or billionths, whichever are enough. */
function fraction(nanos: number): string {
  if (nanos === 0) return '';
  return `.${String(nanos)
    .padStart(9, '0')
    .replace(/(?:000){1,2}$/, '')}`;
}

function paths(value: ProtoValue | undefined): string | null {
  if (value === undefined) return '""';
  if (!Array.isArray(value)) return null;
  return JSON.stringify(value.map((path) => (typeof path === 'string' ? String(JSON.parse(path)) : '')).join(','));
}
