import { limits } from '../../limits.ts';
import type { Reading, ReadSide } from '../../rrpair/reading.ts';
import type { StoredExchange } from '../protocol.ts';
import { SideReading, textOrHex } from '../reading.ts';
import { binaryStatus, commandName, HEADER_BYTES, type Header, headerOf, opcode, REQUEST } from './binary.ts';

/** Whether stored bytes are those of the binary protocol: no line of text begins so. */
export function isBinary({ request, response }: StoredExchange): boolean {
  return ((request[0] ?? response[0] ?? 0) & 0xfe) === REQUEST;
}

/** What a command of the binary protocol and its answer say. */
export function readBinary(exchange: StoredExchange): Reading {
  return { request: readRequest(exchange), response: readResponse(exchange) };
}

interface Packet {
  header: Header;
  extras: Buffer;
  key: Buffer;
  value: Buffer;
  /** Bytes that the value has; less are here when it was cut. */
  valueBytes: number;
  /** Where the next one begins. */
  end: number;
}

/** The packet at an offset, as far as it was kept; null when its header is not there. */
function packetAt(bytes: Buffer, offset: number, side: SideReading): Packet | null {
  if (bytes.length - offset < HEADER_BYTES) return null;
  const header = headerOf(bytes.subarray(offset));
  const extrasAt = offset + HEADER_BYTES;
  const keyAt = extrasAt + header.extrasBytes;
  const valueAt = keyAt + header.keyBytes;
  const end = extrasAt + header.bodyBytes;
  const extras = bytes.subarray(extrasAt, keyAt);
  const key = bytes.subarray(keyAt, valueAt);
  const value = bytes.subarray(valueAt, Math.max(valueAt, end));
  const name = commandName(header.code);
  side.frame({ offset, length: HEADER_BYTES, depth: 0, name: 'Header', text: `${name}, opaque ${String(header.opaque)}` });
  for (const [part, at, content] of [
    ['Extras', extrasAt, extras],
    ['Key', keyAt, key],
    ['Value', valueAt, value],
  ] as const) {
    if (content.length > 0)
      side.frame({ offset: at, length: content.length, depth: 1, name: part, text: textOrHex(content.subarray(0, 100)) });
  }
  return { header, extras, key, value, valueBytes: Math.max(0, end - valueAt), end };
}

/** Numbers of a request that stand before its key, by how long they are together and what is asked. */
function extrasFields(code: number, extras: Buffer): [string, string][] {
  const name = commandName(code);
  if (extras.length === 20) {
    const [by, initial] = [extras.readBigUInt64BE(0), extras.readBigUInt64BE(8)];
    return [
      ['By', String(by)],
      ['Initial value', String(initial)],
      ['Expires', String(extras.readUInt32BE(16))],
    ];
  }
  if (extras.length === 8) {
    return [
      ['Flags', String(extras.readUInt32BE(0))],
      ['Expires', String(extras.readUInt32BE(4))],
    ];
  }
  if (extras.length === 4) return [[/^(?:touch|gat|flush_all)/.test(name) ? 'Expires' : 'Flags', String(extras.readUInt32BE(0))]];
  return [];
}

function readRequest({ request, requestCut }: StoredExchange): ReadSide {
  const side = new SideReading();
  const packet = packetAt(request, 0, side);
  if (packet !== null) {
    const { header, extras, key, value, valueBytes } = packet;
    side.text('Command', `${commandName(header.code)} ${textOrHex(key)}`.replace(/ (?:0x)?$/, ''), 'command');
    const cas: [string, string][] = header.cas === 0n ? [] : [['CAS', String(header.cas)]];
    side.fields('Parameters', [...extrasFields(header.code, extras), ...cas]);
    if (valueBytes > 0) side.value('Value', value, valueBytes);
  }
  if (requestCut) side.problem = 'Not all of the command was kept.';
  return side.done();
}

function readResponse({ response, responseCut, firstRow }: StoredExchange): ReadSide {
  const side = new SideReading();
  const stats: [string, string][] = [];
  let at = 0;
  for (let packet = packetAt(response, at, side); packet !== null; packet = packetAt(response, at, side)) {
    at = packet.end;
    if (packet.header.code === opcode.stat && packet.header.keyBytes > 0)
      stats.push([textOrHex(packet.key), textOrHex(packet.value)]);
    else showAnswer(side, packet, stats.length > 0);
  }
  if (stats.length > 0) {
    const rows = stats.slice(firstRow, firstRow + limits.readingRows);
    side.table(
      'Statistics',
      ['Name', 'Value'].map((name) => ({ name, type: '' })),
      rows,
      firstRow,
      stats.length,
    );
  }
  if (responseCut) side.problem = 'Not all of the answer was kept.';
  else if (at !== response.length) side.problem = 'The answer is not complete.';
  return side.done();
}

function showAnswer(side: SideReading, { header, extras, key, value, valueBytes }: Packet, endsList: boolean): void {
  const status = binaryStatus(header.code, header.status);
  const isNumber = /^(?:incr|decr)/.test(commandName(header.code)) && value.length === 8;
  if (header.status !== 0) {
    side.text('Error', `${status} ${textOrHex(value)}`.trim(), status.startsWith('ERR') ? 'error' : 'plain');
    return;
  }
  if (endsList) return;
  side.text('Answer', isNumber ? String(value.readBigUInt64BE(0)) : status);
  side.fields('Of the value', [
    ...(key.length === 0 ? [] : [['Key', textOrHex(key)] as [string, string]]),
    ...(extras.length === 4 ? [['Flags', String(extras.readUInt32BE(0))] as [string, string]] : []),
    ...(header.cas === 0n ? [] : [['CAS', String(header.cas)] as [string, string]]),
  ]);
  if (valueBytes > 0 && !isNumber) side.value('Value', value, valueBytes);
}
