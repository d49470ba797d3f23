import { clientPreface } from '../detect.ts';
import { writeFields, writeFrame } from '../write.ts';

/** Frames as bytes, for conversations in tests. */

export const END_STREAM = 1;
export const END_HEADERS = 4;
export const PADDED = 8;
export const PRIORITY = 32;

export function frame(type: number, flags: number, stream: number, payload: Buffer | string = ''): Buffer {
  return writeFrame(type, flags, stream, typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload);
}

/** Literal fields without indexing (RFC 7541 6.2.2). */
export function fields(...list: readonly (readonly [string, string])[]): Buffer {
  // Without the change of the table that stands before them.
  return writeFields(list.map(([name, value]) => [name, value])).subarray(1);
}

export function headers(stream: number, list: readonly (readonly [string, string])[], flags = 0): Buffer {
  return frame(1, END_HEADERS | flags, stream, fields(...list));
}

export function data(stream: number, payload: Buffer | string, flags = 0): Buffer {
  return frame(0, flags, stream, payload);
}

export function get(stream: number, path = '/', ...more: readonly (readonly [string, string])[]): Buffer {
  const list = [[':method', 'GET'], [':scheme', 'http'], [':authority', 'a'], [':path', path], ...more] as const;
  return headers(stream, list, END_STREAM);
}

export function post(stream: number, path = '/'): Buffer {
  return headers(stream, [
    [':method', 'POST'],
    [':scheme', 'http'],
    [':authority', 'a'],
    [':path', path],
  ]);
}

export function ok(stream: number, flags = 0): Buffer {
  return headers(stream, [[':status', '200']], flags);
}

export function reset(stream: number, code: number): Buffer {
  return frame(3, 0, stream, Buffer.of(0, 0, 0, code));
}

export function goAway(last: number, code: number, why = ''): Buffer {
  return frame(7, 0, 0, Buffer.concat([Buffer.of(0, 0, 0, last, 0, 0, 0, code), Buffer.from(why)]));
}

export const settings = frame(4, 0, 0, Buffer.of(0, 3, 0, 0, 0, 100));
export const settingsAck = frame(4, 1, 0);

/** What a client begins with. */
export const hello = Buffer.concat([clientPreface, settings]);
