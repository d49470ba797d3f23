import type { Content } from '../content.ts';
import type { FrameShape } from '../frame-reader.ts';
import { FRAME_HEADER_BYTES } from './method-frame.ts';
import { type Argument, methodId, methodOf } from './methods.ts';

/** What a connection begins with: the version in its last three bytes. */
export const PROTOCOL_HEADER = Buffer.from('AMQP\0\0\u0009\u0001', 'latin1');

/** First bytes of frames (AMQP 0-9-1, 4.2.3). */
export const frameType = { method: 1, header: 2, body: 3, heartbeat: 8 } as const;

/** Last byte of each frame. */
export const FRAME_END = 0xce;

/** Frames are agreed on to be smaller; RabbitMQ’s own limit is 128 KiB if nothing else is set. */
const MOST_BYTES = 128 * 1024 * 1024;

/** A type, a channel and a length, which does not count the byte at the end. */
export const amqpFrames: FrameShape = {
  most: 7,
  size: () => 7,
  type: (header) => header[0] as number,
  length(header) {
    const length = header.readUInt32BE(3);
    return length > MOST_BYTES ? -1 : length + 1;
  },
};

/** A frame among stored bytes. */
export interface StoredFrame {
  at: number;
  type: number;
  /** As much of it as was kept. */
  content: Buffer;
  /** Where the next one begins, which may be behind what was kept. */
  end: number;
}

/** Frames in the order in which they stand; the last may be cut short. */
export function* framesIn(bytes: Buffer, from: number): Generator<StoredFrame, void> {
  for (let at = from; at + FRAME_HEADER_BYTES <= bytes.length; ) {
    const behind = at + FRAME_HEADER_BYTES + bytes.readUInt32BE(at + 3);
    yield { at, type: bytes[at] as number, content: bytes.subarray(at + FRAME_HEADER_BYTES, behind), end: behind + 1 };
    at = behind + 1;
  }
}

export type Arguments = Readonly<Record<string, string>>;

/** A method as it was sent: its number and what it says. */
export interface Said {
  id: number;
  values: Arguments;
  /** Where the bytes of its arguments of the kind `longstr` are, by name. */
  places: Readonly<Record<string, readonly [from: number, to: number]>>;
}

export function shortString(content: Content): string {
  return content.take(content.byte()).toString('utf8');
}

export function longString(content: Content): Buffer {
  return content.take(content.uint32());
}

/** Reads the content of a method frame. */
export function saidOf(content: Content): Said {
  const id = methodId(content.uint16(), content.uint16());
  const values: Record<string, string> = {};
  const places: Record<string, readonly [number, number]> = {};
  for (const argument of methodOf(id)?.arguments ?? []) {
    if (argument.kind === 'bits') {
      const bits = content.byte();
      for (const [index, name] of argument.name.split(',').entries()) values[name] = (bits & (1 << index)) === 0 ? '' : 'yes';
    } else {
      const at = content.at + 4;
      const value = valueOf(content, argument);
      if (argument.kind === 'longstr')
        places[argument.name] = [Math.min(at, content.bytes.length), Math.min(content.at, content.bytes.length)];
      if (argument.kind !== 'reserved') values[argument.name] = value;
    }
  }
  return { id, values, places };
}

function valueOf(content: Content, { kind }: Argument): string {
  switch (kind) {
    case 'octet':
      return String(content.byte());
    case 'short':
    case 'reserved':
      return String(content.uint16());
    case 'long':
      return String(content.uint32());
    case 'longlong':
      return String(content.uint64());
    case 'shortstr':
      return shortString(content);
    case 'longstr':
      return longString(content).toString('utf8');
    default:
      return JSON.stringify(tableOf(content));
  }
}

/** Values of one table that are read. */
const MOST_VALUES = 1_000;

/** A field table (AMQP 0-9-1, 4.2.5.5, with RabbitMQ's types). */
export function tableOf(content: Content, depth = 0): Record<string, unknown> {
  const length = content.uint32();
  const end = Math.min(content.bytes.length, content.at + length);
  const table: Record<string, unknown> = {};
  for (let left = MOST_VALUES; left > 0 && content.at < end; left -= 1) {
    const name = shortString(content);
    const value = fieldOf(content, depth);
    if (value === undefined) break;
    table[name] = value;
  }
  content.at = end;
  return table;
}

/** Undefined where its type is not known, so that nothing behind it can be read. */
function fieldOf(content: Content, depth: number): unknown {
  const kind = String.fromCharCode(content.byte());
  switch (kind) {
    case 't':
      return content.byte() !== 0;
    case 'b':
      return (content.byte() << 24) >> 24;
    case 'B':
      return content.byte();
    case 's':
    case 'U':
      return content.int16();
    case 'u':
      return content.uint16();
    case 'I':
      return content.int32();
    case 'i':
      return content.uint32();
    case 'l':
    case 'L':
      return String(BigInt.asIntN(64, content.uint64()));
    case 'T':
      return String(content.uint64());
    case 'f':
      return numberOf(content.take(4));
    case 'd':
      return numberOf(content.take(8));
    case 'D': {
      const scale = content.byte();
      return content.int32() / 10 ** scale;
    }
    case 'S':
      return longString(content).toString('utf8');
    case 'x':
      return `0x${longString(content).subarray(0, 1_000).toString('hex')}`;
    case 'V':
      return null;
    case 'F':
      return depth < 16 ? tableOf(content, depth + 1) : undefined;
    case 'A':
      return depth < 16 ? arrayOf(content, depth + 1) : undefined;
    default:
      return undefined;
  }
}

function numberOf(bytes: Buffer): number {
  if (bytes.length === 4) return bytes.readFloatBE();
  return bytes.length === 8 ? bytes.readDoubleBE() : 0;
}

function arrayOf(content: Content, depth: number): unknown[] {
  const length = content.uint32();
  const end = Math.min(content.bytes.length, content.at + length);
  const values: unknown[] = [];
  while (content.at < end && values.length < MOST_VALUES) {
    const value = fieldOf(content, depth);
    if (value === undefined) break;
    values.push(value);
  }
  content.at = end;
  return values;
}

/** Properties of a message in the order of their bits, from the highest on. */
const properties = [
  ['content type', 'short'],
  ['content encoding', 'short'],
  ['headers', 'table'],
  ['delivery mode', 'octet'],
  ['priority', 'octet'],
  ['correlation id', 'short'],
  ['reply to', 'short'],
  ['expiration', 'short'],
  ['message id', 'short'],
  ['timestamp', 'time'],
  ['type', 'short'],
  ['user', 'short'],
  ['application', 'short'],
  ['cluster', 'short'],
] as const;

export interface ContentHeader {
  bytes: number;
  properties: (readonly [name: string, value: string])[];
}

/** The content of a header frame. */
export function contentHeaderOf(content: Content): ContentHeader {
  content.at += 4;
  const bytes = Number(content.uint64());
  const flags = content.uint16();
  const found: (readonly [string, string])[] = [];
  for (const [index, [name, kind]] of properties.entries()) {
    if ((flags & (0x80_00 >> index)) === 0) continue;
    if (kind === 'short') found.push([name, shortString(content)]);
    else if (kind === 'octet') found.push([name, String(content.byte())]);
    else if (kind === 'time') found.push([name, timeText(Number(content.uint64()))]);
    else
      for (const [header, value] of Object.entries(tableOf(content)))
        found.push([header, typeof value === 'string' ? value : JSON.stringify(value)]);
  }
  return { bytes, properties: found };
}

function timeText(seconds: number): string {
  return seconds > 0 && seconds < 1e11 ? new Date(seconds * 1_000).toISOString() : String(seconds);
}

/** `exchange/routing.key`; the default exchange has no name. */
export function routeOf({ exchange = '', 'routing-key': key = '' }: Arguments): string {
  return exchange === '' ? key : `${exchange}/${key}`;
}
