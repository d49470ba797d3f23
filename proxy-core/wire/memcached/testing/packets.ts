/** Packets of the binary protocol, for tests. */

export interface PacketParts {
  extras?: Buffer;
  key?: string;
  value?: Buffer | string;
  opaque?: number;
  cas?: bigint;
}

export function binaryRequest(code: number, parts: PacketParts = {}): Buffer {
  return packet(0x80, code, 0, parts);
}

export function binaryAnswer(code: number, status = 0, parts: PacketParts = {}): Buffer {
  return packet(0x81, code, status, parts);
}

function packet(magic: number, code: number, status: number, parts: PacketParts): Buffer {
  const { extras = Buffer.alloc(0), key = '', value = '', opaque = 0, cas = 0n } = parts;
  const body = Buffer.concat([extras, Buffer.from(key), Buffer.from(value as string)]);
  const header = Buffer.alloc(24);
  header[0] = magic;
  header[1] = code;
  header.writeUInt16BE(Buffer.byteLength(key), 2);
  header[4] = extras.length;
  header.writeUInt16BE(status, 6);
  header.writeUInt32BE(body.length, 8);
  header.writeUInt32BE(opaque, 12);
  header.writeBigUInt64BE(cas, 16);
  return Buffer.concat([header, body]);
}
