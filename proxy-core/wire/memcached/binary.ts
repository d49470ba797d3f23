import { Content } from '../content.ts';

/**
 * The binary protocol (https://github.com/memcached/memcached/wiki/BinaryProtocolRevamped): a header of 24 bytes before extras, key and value, in requests and answers alike.
 */

export const REQUEST = 0x80;
export const RESPONSE = 0x81;
export const HEADER_BYTES = 24;

/** Codes of commands that are not answered as others are. */
export const opcode = { quit: 0x07, version: 0x0b, stat: 0x10, quitQuiet: 0x17, saslAuth: 0x21, saslStep: 0x22 } as const;

/** As the text protocol calls them, by code. Those that end in `q` are quiet: success, of `get` a miss, is not answered. */
const names: Readonly<Record<number, string>> = Object.fromEntries(
  [
    ...'get set add replace delete incr decr quit flush_all getq noop version getk getkq append prepend'.split(' '),
    ...'stats setq addq replaceq deleteq incrq decrq quitq flush_allq appendq prependq verbosity touch gat gatq'.split(' '),
  ]
    .map((name, code): [number, string] => [code, name])
    .concat([
      [0x20, 'sasl_list_mechs'],
      [opcode.saslAuth, 'sasl_auth'],
      [opcode.saslStep, 'sasl_step'],
      [0x23, 'gatk'],
      [0x24, 'gatkq'],
    ]),
);

/** In hex where it has no name. */
export function commandName(code: number): string {
  return names[code] ?? `0x${code.toString(16).padStart(2, '0')}`;
}

export function isQuiet(code: number): boolean {
  return names[code]?.endsWith('q') === true;
}

/** It asks for a value, so that not to find one is a miss. */
export function findsValue(code: number): boolean {
  return /^(?:get|gat)/.test(commandName(code));
}

export interface Header {
  magic: number;
  code: number;
  keyBytes: number;
  extrasBytes: number;
  /** Of an answer. */
  status: number;
  bodyBytes: number;
  /** The client's, which comes back with the answer. */
  opaque: number;
  cas: bigint;
}

export function headerOf(bytes: Buffer): Header {
  const read = new Content(bytes);
  const magic = read.byte();
  const code = read.byte();
  const keyBytes = read.uint16();
  const extrasBytes = read.byte();
  read.byte();
  const status = read.uint16();
  return { magic, code, keyBytes, extrasBytes, status, bodyBytes: read.uint32(), opaque: read.uint32(), cas: read.uint64() };
}

const statuses: Readonly<Record<number, string>> = {
  0x00: 'OK',
  0x02: 'EXISTS',
  0x03: 'ERR:TOO_LARGE',
  0x04: 'ERR:INVALID',
  0x05: 'NOT_STORED',
  0x06: 'ERR:NO_NUMBER',
  0x20: 'ERR:AUTH',
  // SASL goes on.
  0x21: 'OK',
  0x81: 'ERR:UNKNOWN_COMMAND',
  0x82: 'ERR:OUT_OF_MEMORY',
};

/** As the list shows it. */
export function binaryStatus(code: number, status: number): string {
  if (status === 0x01) return findsValue(code) ? 'MISS' : 'NOT_FOUND';
  return statuses[status] ?? `ERR:0x${status.toString(16).padStart(2, '0')}`;
}
