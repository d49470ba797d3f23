import { assertNever } from '../../../errors.ts';
import { messageFields } from '../apis.ts';
import type { Field } from '../schema.ts';

/** Messages as the two sides send them, for tests. */
export type Members = Readonly<Record<string, unknown>>;

/** A request; what is left out is 0, empty or none. */
export function request(
  key: number,
  version: number,
  number: number,
  members: Members = {},
  clientId: string | null = 'shop',
): Buffer {
  const body = encoded(messageFields('request', key, version), { clientId, ...members });
  return framed(Buffer.concat([int(key, 2), int(version, 2), int(number, 4), body]));
}

/** The answer to the request with that number. */
export function answer(key: number, version: number, number: number, members: Members = {}): Buffer {
  return framed(Buffer.concat([int(number, 4), encoded(messageFields('response', key, version), members)]));
}

/** With its size in front, as SASL’s tokens are sent too. */
export function framed(content: Buffer): Buffer {
  return Buffer.concat([int(content.length, 4), content]);
}

function int(value: number, bytes: number): Buffer {
  const out = Buffer.alloc(bytes);
  out.writeIntBE(value, 0, bytes);
  return out;
}

function encoded(fields: readonly Field[], members: Members): Buffer {
  return Buffer.concat(
    fields.map((field) => (field.kind === 'tags' ? taggedFields(field, members) : encodedField(field, members[field.name]))),
  );
}

function encodedField(field: Field, value: unknown): Buffer {
  switch (field.kind) {
    case 'bool':
    case 'int8':
      return int(Number(value ?? 0), 1);
    case 'int16':
      return int(Number(value ?? 0), 2);
    case 'int32':
      return int(Number(value ?? 0), 4);
    case 'int64': {
      const out = Buffer.alloc(8);
      out.writeBigInt64BE(BigInt((value ?? 0) as number));
      return out;
    }
    case 'uuid':
      return value === undefined ? Buffer.alloc(16) : Buffer.from(value as string, 'base64url');
    case 'string':
    case 'secret':
    case 'bytes':
    case 'proof':
    case 'records': {
      const bytes = value === null ? null : Buffer.from((value ?? '') as string);
      return Buffer.concat([length(field, bytes?.length ?? -1), bytes ?? Buffer.alloc(0)]);
    }
    case 'struct':
      return encoded(field.of, (value ?? {}) as Members);
    case 'array':
    case 'optional': {
      const elements = value === null ? null : ((value ?? []) as readonly unknown[]);
      const isValue = field.of[0]?.name === '' && field.of[0].kind !== 'tags';
      const parts = elements?.map((each) => encoded(field.of, isValue ? { '': each } : (each as Members))) ?? [];
      return Buffer.concat([length(field, elements?.length ?? -1), ...parts]);
    }
    case 'tags':
      throw new TypeError('Tagged fields stand beside others.');
    case 'rest':
      return (value as Buffer | undefined) ?? Buffer.alloc(0);
    default:
      return assertNever(field.kind);
  }
}

/** Those that are given by their names; or all of them as bytes, without a name. */
function taggedFields({ of }: Field, members: Members): Buffer {
  const all = members[''];
  if (all !== undefined) return all as Buffer;
  const parts = of
    .filter(({ name }) => name in members)
    .map((field) => ({ tag: field.tag, bytes: encodedField(field, members[field.name]) }));
  return Buffer.concat([varint(parts.length), ...parts.flatMap(({ tag, bytes }) => [varint(tag), varint(bytes.length), bytes])]);
}

function length({ compact, kind }: Field, value: number): Buffer {
  if (!compact) return int(value, kind === 'optional' ? 1 : kind === 'string' || kind === 'secret' ? 2 : 4);
  return varint(value + 1);
}

function varint(value: number): Buffer {
  const out: number[] = [];
  let left = value;
  for (; left > 0x7f; left = Math.floor(left / 128)) out.push((left & 0x7f) | 0x80);
  return Buffer.from([...out, left]);
}
