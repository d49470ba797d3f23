/** OIDs of the types that come with every server (src/include/catalog/pg_type.dat); they never change. */
const names: Readonly<Record<number, string>> = {
  16: 'bool',
  17: 'bytea',
  18: 'char',
  19: 'name',
  20: 'int8',
  21: 'int2',
  23: 'int4',
  25: 'text',
  26: 'oid',
  114: 'json',
  142: 'xml',
  600: 'point',
  650: 'cidr',
  700: 'float4',
  701: 'float8',
  790: 'money',
  829: 'macaddr',
  869: 'inet',
  1000: 'bool[]',
  1005: 'int2[]',
  1007: 'int4[]',
  1009: 'text[]',
  1015: 'varchar[]',
  1016: 'int8[]',
  1042: 'bpchar',
  1043: 'varchar',
  1082: 'date',
  1083: 'time',
  1114: 'timestamp',
  1184: 'timestamptz',
  1186: 'interval',
  1266: 'timetz',
  1560: 'bit',
  1562: 'varbit',
  1700: 'numeric',
  2205: 'regclass',
  2249: 'record',
  2278: 'void',
  2950: 'uuid',
  2951: 'uuid[]',
  3802: 'jsonb',
  3904: 'int4range',
};

/** The name of a type; types of the user have a number only. */
export function typeName(oid: number): string {
  if (oid === 0) return '';
  return names[oid] ?? `oid ${String(oid)}`;
}

/** 2000-01-01, from which the server counts. */
const EPOCH_MILLIS = Date.UTC(2000, 0, 1);
const DAY_MILLIS = 86_400_000;

/** A value in the binary format as text; null where that is not known to be done. */
export function binaryText(oid: number, bytes: Buffer): string | null {
  switch (names[oid]) {
    case 'bool':
      return bytes.length === 1 ? (bytes[0] === 0 ? 'f' : 't') : null;
    case 'int2':
      return bytes.length === 2 ? String(bytes.readInt16BE()) : null;
    case 'int4':
      return bytes.length === 4 ? String(bytes.readInt32BE()) : null;
    case 'oid':
      return bytes.length === 4 ? String(bytes.readUInt32BE()) : null;
    case 'int8':
      return bytes.length === 8 ? String(bytes.readBigInt64BE()) : null;
    case 'float4':
      return bytes.length === 4 ? String(Math.fround(bytes.readFloatBE())) : null;
    case 'float8':
      return bytes.length === 8 ? String(bytes.readDoubleBE()) : null;
    case 'uuid':
      return bytes.length === 16 ? bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') : null;
    case 'date':
      return bytes.length === 4 ? (day(EPOCH_MILLIS + bytes.readInt32BE() * DAY_MILLIS)?.slice(0, 10) ?? null) : null;
    case 'timestamp':
    case 'timestamptz':
      return bytes.length === 8 ? moment(bytes.readBigInt64BE(), names[oid] === 'timestamptz') : null;
    case 'text':
    case 'varchar':
    case 'bpchar':
    case 'name':
    case 'char':
    case 'json':
    case 'xml':
      return bytes.toString('utf8');
    case 'jsonb':
      return bytes[0] === 1 ? bytes.toString('utf8', 1) : null;
    case 'numeric':
      return numeric(bytes);
    default:
      return null;
  }
}

function day(millis: number): string | null {
  const date = new Date(millis);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function moment(micros: bigint, zoned: boolean): string | null {
  const millis = Number(micros / 1_000n);
  const rest = String(Math.abs(Number(micros % 1_000_000n))).padStart(6, '0');
  const text = day(EPOCH_MILLIS + millis);
  return text === null ? null : `${text.slice(0, 19).replace('T', ' ')}${rest === '000000' ? '' : `.${rest}`}${zoned ? '+00' : ''}`;
}

/** Groups of four decimal digits with a weight (`numeric_send` in src/backend/utils/adt/numeric.c). */
function numeric(bytes: Buffer): string | null {
  if (bytes.length < 8) return null;
  const groups = bytes.readUInt16BE(0);
  const weight = bytes.readInt16BE(2);
  const sign = bytes.readUInt16BE(4);
  const scale = bytes.readUInt16BE(6);
  if (sign === 0xc000) return 'NaN';
  if (bytes.length !== 8 + groups * 2 || Math.abs(weight) > 1_000 || scale > 4_000) return null;
  const group = (index: number): string =>
    String(index >= 0 && index < groups ? bytes.readUInt16BE(8 + index * 2) : 0).padStart(4, '0');
  let whole = '';
  for (let at = 0; at <= weight; at += 1) whole += group(at);
  let fraction = '';
  for (let at = weight + 1; fraction.length < scale; at += 1) fraction += group(at);
  const text = (whole.replace(/^0+/, '') || '0') + (scale === 0 ? '' : `.${fraction.slice(0, scale)}`);
  return sign === 0x4000 ? `-${text}` : text;
}
