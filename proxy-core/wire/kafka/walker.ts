import { assertNever } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { Field, Kind } from './schema.ts';

/** What is told of the content of a message, in its order. `at` is where a value begins behind the fixed numbers. */
export interface Visitor {
  /** A number; those of 64 bits and those in arrays only where `all` is set. */
  number(field: Field, value: number | bigint): void;
  /** A text as far as it is collected, in hex and dashes what identifies a topic; null where there is none. */
  text(field: Field, value: string | null): void;
  /** Bytes that are not collected; negative where there are none. */
  bytes(field: Field, at: number, length: number): void;
  /** What `open` and `close` enclose are `count` elements, each behind an `item`; negative where there is no array. */
  open?(field: Field, count: number): void;
  /** A tagged field, of which nothing else is told. */
  tagged?(field: Field, number: number, at: number, length: number): void;
  item?(): void;
  close?(field: Field): void;
  /** All numbers are wanted: for most there is nobody who looks at them. */
  readonly all: boolean;
}

/** Elements of an array, or the fields of one of them. */
interface Level {
  fields: readonly Field[];
  /** The field that comes next. */
  next: number;
  /** Elements that are to come behind this one. */
  more: number;
  /** The array; null for the message itself. */
  array: Field | null;
}

/** What comes next of a value. */
type Step = 'value' | 'length' | 'text' | 'skip' | 'tag' | 'tag size';

/** Bytes of the numbers. */
const widths: Readonly<Partial<Record<Kind, number>>> = { bool: 1, int8: 1, int16: 2, int32: 4, int64: 8, uuid: 16 };

const LONGEST_NUMBER = 16;

/** Bytes of the lengths that are not compact. */
const lengthWidths: Readonly<Partial<Record<Kind, number>>> = { string: 2, secret: 2, optional: 1 };

/**
 * Walks over the content of a message by its fields as it comes, in whatever pieces. Keeps a number that is not complete and the beginning of a text, no more:
 * records pass.
 */
export class Walker {
  readonly #visitor: Visitor;
  readonly #levels: Level[];
  /** A number that has come in pieces; most come whole. */
  #part: Buffer | null = null;
  #have = 0;
  #varint = 0;
  #shift = 0;
  #step: Step = 'value';
  #left = 0;
  #text: Buffer[] = [];
  #textBytes = 0;
  #tags = 0;
  #tag = 0;
  /** Bytes of the content that came before this piece. */
  #before: number;
  #field: Field | null;
  /** Why the content is none of these fields; nothing is told any more then. */
  problem = '';
  /** What follows is not described. */
  unread = false;

  /** `at` is where the content begins in what is told of it. */
  constructor(fields: readonly Field[], visitor: Visitor, at = 0) {
    this.#before = at;
    this.#visitor = visitor;
    this.#levels = [{ fields, next: 0, more: 0, array: null }];
    this.#field = null;
    this.#advance();
  }

  /** All fields have come. */
  get complete(): boolean {
    return this.#field === null && this.problem === '';
  }

  /** Nothing that comes is looked at. */
  stop(): void {
    this.unread = true;
    this.#field = null;
    this.#levels.length = 0;
  }

  push(bytes: Buffer): void {
    let at = 0;
    while (this.#field !== null && this.problem === '' && !this.unread) {
      const next = this.#read(this.#field, bytes, at);
      if (next < 0) break;
      at = next;
    }
    if (at < bytes.length && this.complete && !this.unread) this.problem = 'There is more than its fields.';
    this.#before += bytes.length;
  }

  /** Returns where the next one begins; negative when more bytes are needed. */
  #read(field: Field, bytes: Buffer, at: number): number {
    switch (this.#step) {
      case 'value':
        return this.#value(field, bytes, at);
      case 'length': {
        const end = this.#number(field, bytes, at, lengthWidths[field.kind] ?? 4);
        if (end >= 0) this.#sized(field, this.#before + end);
        return end;
      }
      case 'tag':
      case 'tag size': {
        const end = this.#variable(bytes, at);
        if (end >= 0) this.#tagHead(field, this.#before + end);
        return end;
      }
      case 'text':
      case 'skip':
        return this.#pass(field, bytes, at);
      default:
        return assertNever(this.#step);
    }
  }

  #value(field: Field, bytes: Buffer, at: number): number {
    const width = widths[field.kind];
    if (width !== undefined) {
      const from = this.#gather(bytes, at, width);
      if (from === null) return -1;
      const end = at + width - this.#have;
      this.#have = 0;
      this.#tell(field, from.bytes, from.at);
      this.#advance();
      return end;
    }
    if (field.kind === 'rest') {
      this.stop();
      return at;
    }
    if (field.kind === 'struct') {
      this.#enter(field, 1);
      return at;
    }
    this.#step = field.kind === 'tags' ? 'tag' : 'length';
    this.#tags = -1;
    return at;
  }

  #tell(field: Field, bytes: Buffer, at: number): void {
    const visitor = this.#visitor;
    if (field.kind === 'uuid') visitor.text(field, uuidText(bytes.subarray(at, at + 16)));
    else if (field.kind === 'int64') {
      if (visitor.all) visitor.number(field, bytes.readBigInt64BE(at));
    } else visitor.number(field, bytes.readIntBE(at, widths[field.kind] as number));
  }

  /** The length of a text, of bytes or of an array. */
  #number(field: Field, bytes: Buffer, at: number, width: number): number {
    if (field.compact) {
      const end = this.#variable(bytes, at);
      this.#left = this.#varint - 1;
      return end;
    }
    const from = this.#gather(bytes, at, width);
    if (from === null) return -1;
    this.#left = from.bytes.readIntBE(from.at, width);
    const end = at + width - this.#have;
    this.#have = 0;
    return end;
  }

  /** A number of so many bytes, which may have come in pieces; null when it has not come whole. */
  #gather(bytes: Buffer, at: number, width: number): { bytes: Buffer; at: number } | null {
    if (this.#have === 0 && at + width <= bytes.length) return { bytes, at };
    const take = Math.min(width - this.#have, bytes.length - at);
    this.#part ??= Buffer.alloc(LONGEST_NUMBER);
    bytes.copy(this.#part, this.#have, at, at + take);
    if (this.#have + take === width) return { bytes: this.#part, at: 0 };
    this.#have += take;
    return null;
  }

  /** Seven bits a byte, the least first. */
  #variable(bytes: Buffer, at: number): number {
    if (this.#shift === 0) this.#varint = 0;
    for (let place = at; place < bytes.length; place += 1) {
      const byte = bytes[place] as number;
      this.#varint += (byte & 0x7f) * 2 ** this.#shift;
      this.#shift += 7;
      if (byte < 0x80) {
        this.#shift = 0;
        return place + 1;
      }
      if (this.#shift > 28) {
        this.problem = 'A length is none.';
        break;
      }
    }
    return -1;
  }

  #sized(field: Field, at: number): void {
    const visitor = this.#visitor;
    const length = this.#left;
    if (length < -1) {
      this.problem = 'A length is less than nothing.';
    } else if (widthInside(field) > 0 && !visitor.all) {
      this.#left = Math.max(0, length) * widthInside(field);
      this.#step = 'skip';
      if (this.#left === 0) this.#advance();
    } else if (field.kind === 'array' || field.kind === 'optional') {
      this.#enter(field, length);
    } else if (field.kind === 'string') {
      this.#step = 'text';
      if (length <= 0) this.#texted(field, length < 0 ? null : '');
    } else {
      visitor.bytes(field, at, length);
      this.#step = 'skip';
      if (length <= 0) this.#advance();
    }
  }

  #enter(array: Field, count: number): void {
    this.#visitor.open?.(array, count);
    this.#levels.push({ fields: array.of, next: array.of.length, more: count, array });
    this.#advance();
  }

  #pass(field: Field, bytes: Buffer, at: number): number {
    const take = Math.min(this.#left, bytes.length - at);
    if (take === 0) return -1;
    this.#left -= take;
    if (this.#step === 'text') this.#collect(bytes.subarray(at, at + take));
    if (this.#left > 0) return -1;
    if (this.#step === 'text') this.#texted(field, Buffer.concat(this.#text).toString());
    else if (field.kind === 'tags') this.#tagged();
    else this.#advance();
    return at + take;
  }

  #collect(bytes: Buffer): void {
    const some = bytes.subarray(0, limits.wireTextBytes - this.#textBytes);
    if (some.length > 0) this.#text.push(Buffer.from(some));
    this.#textBytes += some.length;
  }

  #texted(field: Field, value: string | null): void {
    this.#text = [];
    this.#textBytes = 0;
    this.#visitor.text(field, value);
    this.#advance();
  }

  /** How many tagged fields there are, then the number of each, then its size. */
  #tagHead(field: Field, at: number): void {
    if (this.#tags < 0) {
      this.#tags = this.#varint;
      if (this.#tags === 0) this.#advance();
    } else if (this.#step === 'tag') {
      this.#tag = this.#varint;
      this.#step = 'tag size';
    } else {
      this.#left = this.#varint;
      this.#visitor.tagged?.(field, this.#tag, at, this.#left);
      this.#step = 'skip';
      if (this.#left === 0) this.#tagged();
    }
  }

  #tagged(): void {
    this.#tags -= 1;
    this.#step = 'tag';
    if (this.#tags === 0) this.#advance();
  }

  /** To the next field: of this element, of the next one, or behind the array. */
  #advance(): void {
    this.#step = 'value';
    for (;;) {
      const level = this.#levels.at(-1);
      if (level === undefined) break;
      const field = level.fields[level.next];
      if (field !== undefined) {
        level.next += 1;
        this.#field = field;
        return;
      }
      if (level.more > 0 && level.fields.length > 0) {
        level.more -= 1;
        level.next = 0;
        this.#visitor.item?.();
        continue;
      }
      this.#levels.pop();
      if (level.array !== null) this.#visitor.close?.(level.array);
    }
    this.#field = null;
  }
}

/** Bytes of each element of an array of numbers; 0 for everything else. */
function widthInside({ kind, of: [first] }: Field): number {
  return kind === 'array' && first?.name === '' ? (widths[first.kind] ?? 0) : 0;
}

/** As Kafka writes the identity of a topic: 16 bytes in base64 for URLs. Empty where there is none. */
function uuidText(bytes: Buffer): string {
  return bytes.every((byte) => byte === 0) ? '' : bytes.toString('base64url');
}
