import { deflateSync } from 'node:zlib';
import { serialize } from 'bson';
import { opcode } from '../messages.ts';

/** Messages as the two sides send them, for tests. */

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function framed(id: number, to: number, kind: number, content: Buffer): Buffer {
  return Buffer.concat([int32(content.length + 16), int32(id), int32(to), int32(kind), content]);
}

export type Fields = Readonly<Record<string, unknown>>;

export function bson(document: Fields): Buffer {
  return Buffer.from(serialize(document));
}

function body(document: Fields, flags: number, sequence: { name: string; documents: readonly Fields[] } | null): Buffer {
  const documents = sequence === null ? [] : sequence.documents.map(bson);
  const name = Buffer.from(`${sequence?.name ?? ''}\0`);
  const bytes = documents.reduce((sum, each) => sum + each.length, 4 + name.length);
  const second = sequence === null ? [] : [Buffer.of(1), int32(bytes), name, ...documents];
  return Buffer.concat([int32(flags), Buffer.of(0), bson(document), ...second]);
}

/** OP_MSG. */
export function message(
  id: number,
  to: number,
  document: Fields,
  flags = 0,
  sequence: { name: string; documents: readonly Fields[] } | null = null,
): Buffer {
  return framed(id, to, opcode.message, body(document, flags, sequence));
}

/** The same inside of OP_COMPRESSED, by zlib. */
export function compressedMessage(id: number, to: number, document: Fields): Buffer {
  const content = body(document, 0, null);
  return framed(
    id,
    to,
    opcode.compressed,
    Buffer.concat([int32(opcode.message), int32(content.length), Buffer.of(2), deflateSync(content)]),
  );
}

/** OP_QUERY, as clients greet with it. */
export function legacyQuery(id: number, document: Fields): Buffer {
  const content = Buffer.concat([int32(0), Buffer.from('admin.$cmd\0'), int32(0), int32(-1), bson(document)]);
  return framed(id, 0, opcode.query, content);
}

export function legacyReply(id: number, to: number, document: Fields): Buffer {
  const content = Buffer.concat([int32(8), Buffer.alloc(8), int32(0), int32(1), bson(document)]);
  return framed(id, to, opcode.reply, content);
}
