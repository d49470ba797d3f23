/** Frames as the two sides send them, for tests. */

export function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}

export function uint32(value: number): Buffer {
  return Buffer.concat([uint16(value >>> 16), uint16(value & 0xff_ff)]);
}

export function uint64(value: number): Buffer {
  return Buffer.concat([uint32(0), uint32(value)]);
}

export function short(value: string): Buffer {
  return Buffer.concat([Buffer.of(Buffer.byteLength(value)), Buffer.from(value)]);
}

export function long(value: string | Buffer): Buffer {
  return Buffer.concat([uint32(Buffer.byteLength(value)), Buffer.from(value as string)]);
}

/** A table of texts. */
export function table(values: Readonly<Record<string, string>> = {}): Buffer {
  const fields = Object.entries(values).map(([name, value]) => Buffer.concat([short(name), Buffer.from('S'), long(value)]));
  return long(Buffer.concat(fields));
}

type Part = Buffer | number;

function joined(parts: readonly Part[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : part)));
}

export function frame(type: number, channel: number, ...parts: readonly Part[]): Buffer {
  const content = joined(parts);
  return Buffer.concat([Buffer.of(type), uint16(channel), uint32(content.length), content, Buffer.of(0xce)]);
}

export function method(channel: number, classId: number, number: number, ...parts: readonly Part[]): Buffer {
  return frame(1, channel, uint16(classId), uint16(number), ...parts);
}

/** The header of a message, with its content type. */
export function header(channel: number, bytes: number, type = 'text/plain'): Buffer {
  return frame(2, channel, uint16(60), uint16(0), uint64(bytes), uint16(0x80_00), short(type));
}

/** The same with a field among its headers instead of a content type. */
export function headerWith(channel: number, bytes: number, fields: Readonly<Record<string, string>>): Buffer {
  return frame(2, channel, uint16(60), uint16(0), uint64(bytes), uint16(0x20_00), table(fields));
}

export function body(channel: number, text: string): Buffer {
  return frame(3, channel, Buffer.from(text));
}

export const start = method(0, 10, 10, 0, 9, table({ product: 'RabbitMQ', version: '3.10.8' }), long('PLAIN'), long('en_US'));
export const startOk = (response = '\0ada\0hunter2'): Buffer =>
  method(0, 10, 11, table({ product: 'shop' }), short('PLAIN'), long(response), short('en_US'));
export const tune = method(0, 10, 30, uint16(0), uint32(131_072), uint16(60));
export const tuneOk = method(0, 10, 31, uint16(0), uint32(131_072), uint16(60));
export const open = method(0, 10, 40, short('/'), 0, 0);
export const openOk = method(0, 10, 41, 0);
export const publish = (channel: number, exchange: string, key: string): Buffer =>
  method(channel, 60, 40, uint16(0), short(exchange), short(key), 0);
export const deliver = (channel: number, tag: number, key: string): Buffer =>
  method(channel, 60, 60, short('me'), uint64(tag), 0, short(''), short(key));
export const ack = (channel: number, tag: number, multiple = 0): Buffer => method(channel, 60, 80, uint64(tag), multiple);
export const close = (channel: number, code: number): Buffer =>
  method(channel, channel === 0 ? 10 : 20, channel === 0 ? 50 : 40, uint16(code), short('NO'), uint16(0), uint16(0));
export const closeOk = (channel: number): Buffer => method(channel, channel === 0 ? 10 : 20, channel === 0 ? 51 : 41);
