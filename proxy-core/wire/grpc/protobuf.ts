import { limits } from '../../limits.ts';
import type { ProtoField } from '../../rrpair/protos.ts';
import { textOf } from '../reading.ts';
import type { MessageType, ProtoNames } from './names.ts';
import { literalOf, packed } from './scalars.ts';
import { FIXED32, FIXED64, LENGTH, type SentField, scanFields, VARINT } from './scan.ts';
import { jsonOf, lineOf, ProtoFields, type ProtoValue } from './values.ts';
import { asPeopleWriteIt, defaultOf } from './well-known.ts';

/** The type of a message, and whoever knows the types within. */
export interface Named {
  type: MessageType;
  names: ProtoNames;
}

/**
 * A message of Protocol Buffers as a line of text, cut after about so many characters; null when the bytes are no message. Without names fields are called by their numbers.
 */
export function protobufText(bytes: Buffer, most: number, named: Named | null = null): string | null {
  const value = new MessageReader(bytes, named?.names ?? null, most).message(0, bytes.length, named?.type ?? null, 0);
  return value === null ? null : lineOf(value, most);
}

/** A message as JSON by the names of its type; null when the bytes are no message. `cut`: it has more than is shown. */
export function protobufJson(bytes: Buffer, { type, names }: Named): { json: string; cut: boolean } | null {
  const reader = new MessageReader(bytes, names, limits.namedMessageChars);
  const value = reader.message(0, bytes.length, type, 0);
  return value === null ? null : { json: jsonOf(value), cut: reader.cut };
}

/** Which one of each group of fields was sent of which there is one at most, as `contact: email`. */
export function oneofsOf(bytes: Buffer, { type }: Named): string[] {
  const chosen = new Map<string, string>();
  scanFields(bytes, 0, bytes.length, true, ({ number }) => {
    const { oneof, name } = type.fields.get(number) ?? {};
    if (oneof !== undefined && name !== undefined) chosen.set(oneof, name);
  });
  return [...chosen].map(([oneof, name]) => `${oneof}: ${name}`);
}

/** What a field with a length holds is not written in the bytes: where no type tells it, it is a message where it reads as one to its last byte and is no text, else text, else bytes. */
class MessageReader {
  readonly #bytes: Buffer;
  readonly #names: ProtoNames | null;
  /** Characters that may still be read. */
  #left: number;
  cut = false;

  constructor(bytes: Buffer, names: ProtoNames | null, most: number) {
    this.#bytes = bytes;
    this.#names = names;
    this.#left = most;
  }

  /** Null when the bytes from one place to another are no message. */
  message(from: number, end: number, type: MessageType | null, depth: number): ProtoValue | null {
    if (type?.name === 'google.protobuf.Any') {
      const inner = this.#any(from, end, depth);
      if (inner !== null) return inner;
    }
    const fields = new ProtoFields();
    const left = this.#left;
    const whole = scanFields(this.#bytes, from, end, type !== null, (sent) => {
      // What follows is not shown any more; that the fields within are well-formed need not be known.
      if (this.#left <= 0) this.cut = true;
      else this.#field(fields, sent, type?.fields.get(sent.number), depth);
    });
    if (!whole) {
      this.#left = left;
      return null;
    }
    return type === null ? fields : asPeopleWriteIt(type.name, fields);
  }

  #field(fields: ProtoFields, sent: SentField, declared: ProtoField | undefined, depth: number): void {
    this.#left -= declared?.name.length ?? 2;
    // A field of another shape than its type has: whoever sent it knows another version of the message.
    if (declared !== undefined && this.#named(fields, sent, declared, depth)) return;
    fields.add(String(sent.number), this.#guessed(sent, depth));
  }

  /** Returns false where it is not what was declared. */
  #named(fields: ProtoFields, sent: SentField, declared: ProtoField, depth: number): boolean {
    const { name, type, many, key } = declared;
    if (key !== undefined) return this.#entry(fields, sent, declared, key, depth);
    const items = many === true && sent.wire === LENGTH ? this.#packed(type, sent) : null;
    const value = items ?? this.#value(type, sent, depth);
    if (value === null) return false;
    if (many !== true) fields.set(name, value);
    else {
      const before = fields.get(name);
      const added = items ?? [value];
      if (Array.isArray(before)) for (const item of added) before.push(item);
      else fields.set(name, added);
    }
    return true;
  }

  #entry(fields: ProtoFields, { wire, from, to }: SentField, { name, type }: ProtoField, keyType: string, depth: number): boolean {
    if (wire !== LENGTH) return false;
    const entry = new Map([
      [1, { number: 1, name: 'key', type: keyType }],
      [2, { number: 2, name: 'value', type }],
    ]);
    const read = this.message(from, to, { name: '', fields: entry }, depth + 1);
    if (!(read instanceof ProtoFields)) return false;
    const key = read.get('key') ?? defaultOf(keyType);
    const map = fields.get(name);
    const target = map instanceof ProtoFields ? map : new ProtoFields();
    target.set(
      typeof key !== 'string' ? '' : key.startsWith('"') ? String(JSON.parse(key)) : key,
      read.get('value') ?? this.#unsent(type),
    );
    if (target !== map) fields.set(name, target);
    return true;
  }

  #unsent(type: string): ProtoValue {
    const first = this.#names?.enumOf(type.slice(1))?.['0'];
    return first === undefined ? defaultOf(type) : JSON.stringify(first);
  }

  #packed(type: string, { from, to }: SentField): ProtoValue[] | null {
    const values = type.startsWith('.') ? this.#names?.enumOf(type.slice(1)) : undefined;
    const items: ProtoValue[] = [];
    const whole = packed(this.#bytes, from, to, values === undefined ? type : 'int32', (item) => {
      if (this.#left <= 0) this.cut = true;
      else items.push(this.#spend(values === undefined ? (literalOf(this.#bytes, type, item) ?? '0') : enumName(values, item)));
    });
    return whole ? items : null;
  }

  /** Null where it is not of that type. */
  #value(type: string, sent: SentField, depth: number): ProtoValue | null {
    if (!type.startsWith('.')) {
      if (sent.wire !== LENGTH) {
        const literal = literalOf(this.#bytes, type, sent);
        return literal === null ? null : this.#spend(literal);
      }
      const content = this.#bytes.subarray(sent.from, sent.to);
      if (type === 'bytes') return this.#spend(JSON.stringify(this.#start(content).toString('base64')));
      return type === 'string' ? this.#text(content) : null;
    }
    const values = this.#names?.enumOf(type.slice(1));
    if (values !== undefined) return sent.wire === VARINT ? this.#spend(enumName(values, sent)) : null;
    const message = this.#names?.message(type.slice(1)) ?? null;
    // Nobody has told what it is.
    if (message === null) return this.#guessed(sent, depth);
    if (sent.wire === VARINT || sent.wire === FIXED32 || sent.wire === FIXED64 || depth >= limits.wireNesting) return null;
    return this.message(sent.from, sent.to, message, depth + 1);
  }

  #text(content: Buffer): string | null {
    const most = Math.max(1, this.#left);
    const text = startOfText(content, most);
    if (text === null) return null;
    if (content.length > most) this.cut = true;
    return this.#spend(JSON.stringify(text.slice(0, most).toWellFormed()));
  }

  #any(from: number, end: number, depth: number): ProtoValue | null {
    let url = '';
    let content: SentField | null = null;
    scanFields(this.#bytes, from, end, false, (sent) => {
      if (sent.wire !== LENGTH) return;
      if (sent.number === 1) url = this.#bytes.toString('utf8', sent.from, Math.min(sent.to, sent.from + limits.wireTextBytes));
      else if (sent.number === 2) content = sent;
    });
    const type = this.#names?.message(url.slice(url.lastIndexOf('/') + 1)) ?? null;
    const { from: start, to } = (content as SentField | null) ?? { from: end, to: end };
    // What nobody knows is read by its numbers, if it says anything.
    if (url === '' || (type === null && start === to) || depth >= limits.wireNesting) return null;
    const value = this.message(start, to, type, depth + 1);
    if (value === null) return null;
    const shown = new ProtoFields();
    shown.set('@type', this.#spend(JSON.stringify(url)));
    if (value instanceof ProtoFields) for (const [name, each] of value.entries) shown.add(name, each);
    else shown.set('value', value);
    return shown;
  }

  #guessed(sent: SentField, depth: number): ProtoValue {
    const { wire, from, to } = sent;
    if (wire !== LENGTH) {
      return this.#spend(wire === VARINT ? String(sent.value) : (guessedNumber(this.#bytes, sent) ?? this.#hex(sent)));
    }
    const content = this.#bytes.subarray(from, to);
    const text = this.#text(content);
    if (text !== null) return text;
    const message = depth < limits.wireNesting ? this.message(from, to, null, depth + 1) : null;
    return message ?? this.#spend(this.#hex(sent));
  }

  #hex({ from, to }: SentField): string {
    return `0x${this.#start(this.#bytes.subarray(from, to)).toString('hex')}`;
  }

  /** As much as may still be shown. */
  #start(content: Buffer): Buffer {
    const most = Math.max(1, this.#left);
    if (content.length > most) this.cut = true;
    return content.subarray(0, most);
  }

  #spend(literal: string): string {
    this.#left -= literal.length + 2;
    return literal;
  }
}

function enumName(values: Readonly<Record<string, string>>, { value }: SentField): string {
  const number = String(BigInt.asIntN(32, value));
  return Object.hasOwn(values, number) ? JSON.stringify(values[number]) : number;
}

/** A beginning of the bytes as text; null when they are none. */
function startOfText(bytes: Buffer, most: number): string | null {
  const start = bytes.subarray(0, most * 4);
  // A character may have been cut in its middle.
  for (const less of start.length < bytes.length ? [0, 1, 2, 3] : [0]) {
    const text = textOf(start.subarray(0, start.length - less));
    if (text !== null) return text;
  }
  return null;
}

/** A fixed field may be a floating-point number or none: what no person would write as one is none. */
function guessedNumber(bytes: Buffer, { wire, from }: SentField): string | null {
  if (wire === FIXED64) return double(bytes.readDoubleLE(from), `0x${bytes.readBigUInt64LE(from).toString(16)}`);
  if (wire === FIXED32) return double(Number(bytes.readFloatLE(from).toPrecision(7)), `0x${bytes.readUInt32LE(from).toString(16)}`);
  return null;
}

function double(value: number, hex: string): string {
  const size = Math.abs(value);
  return value === 0 || (size > 1e-9 && size < 1e15) ? String(value) : hex;
}
