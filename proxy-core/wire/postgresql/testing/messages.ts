/** Messages as the two sides send them, for tests. */

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}

export function message(type: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([Buffer.from(type), int32(content.length + 4), content]);
}

export function untyped(code: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([int32(content.length + 8), int32(code), content]);
}

export const startup = untyped(196_608, text('user'), text('ada'), text('database'), text('shop'), Buffer.of(0));
export const sslRequest = untyped(80_877_103);
export const ready = message('Z', 'I');
export const welcome = Buffer.concat([
  message('R', int32(0)),
  message('S', text('server_version'), text('15.18 (Debian 15.18-0)')),
  message('K', int32(7), int32(0x41_42_43_44)),
  ready,
]);

export function query(sql: string): Buffer {
  return message('Q', text(sql));
}

export function parse(name: string, sql: string, ...types: readonly number[]): Buffer {
  return message('P', text(name), text(sql), int16(types.length), ...types.map(int32));
}

export function bind(portal: string, statement: string, ...values: readonly (string | null)[]): Buffer {
  const given = values.flatMap((value) => (value === null ? [int32(-1)] : [int32(Buffer.byteLength(value)), Buffer.from(value)]));
  return message('B', text(portal), text(statement), int16(0), int16(values.length), ...given, int16(0));
}

export const describe = (kind: 'S' | 'P', name: string): Buffer => message('D', kind, text(name));
export const execute = (portal: string): Buffer => message('E', text(portal), int32(0));
export const sync = message('S');

export function columns(...names: readonly string[]): Buffer {
  const each = names.map((name) => Buffer.concat([text(name), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)]));
  return message('T', int16(names.length), ...each);
}

export function row(...values: readonly (string | null)[]): Buffer {
  const given = values.flatMap((value) => (value === null ? [int32(-1)] : [int32(Buffer.byteLength(value)), Buffer.from(value)]));
  return message('D', int16(values.length), ...given);
}

export const complete = (tag: string): Buffer => message('C', text(tag));

export function error(code: string, words: string): Buffer {
  return message('E', text('SERROR'), text(`C${code}`), text(`M${words}`), Buffer.of(0));
}
