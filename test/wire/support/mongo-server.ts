import type { Socket } from 'node:net';
import { deflateSync } from 'node:zlib';
import { type Document, deserialize, Long, serialize } from 'bson';
import { opcode, queryOf, sectionsOf, uncompressed } from '../../../proxy-core/wire/mongodb/messages.ts';
import { startServer } from '../../capture/support.ts';

/** As much of a MongoDB server as the official driver needs: it greets, lets `ada` in, and keeps documents in memory. */
export async function startMongoServer(): Promise<number> {
  const kept = new Map<string, Document[]>();
  const { port } = await startServer((socket) => {
    let bytes = Buffer.alloc(0);
    socket.on('end', () => socket.end());
    socket.on('data', (more) => {
      bytes = Buffer.concat([bytes, more]);
      while (bytes.length >= 16 && bytes.length >= bytes.readInt32LE(0)) {
        const length = bytes.readInt32LE(0);
        answer(socket, bytes.subarray(0, length), kept);
        bytes = bytes.subarray(length);
      }
    });
  });
  return port;
}

function answer(socket: Socket, message: Buffer, kept: Map<string, Document[]>): void {
  const compressed = message.readInt32LE(12) === opcode.compressed;
  const { kind, content } = compressed
    ? uncompressed(message.subarray(16))
    : { kind: message.readInt32LE(12), content: message.subarray(16) };
  if (content === null) throw new Error('the message cannot be uncompressed');
  const { body, sequences } = kind === opcode.query ? { body: queryOf(content).body, sequences: [] } : sectionsOf(content);
  const at = (from: number): Document => deserialize(content.subarray(from, from + content.readInt32LE(from)));
  const command = at(body);
  for (const { name, documents } of sequences) command[name] = documents.map(at);
  const document = Buffer.from(serialize(replyTo(command, kept)));
  const reply =
    kind === opcode.query
      ? Buffer.concat([Buffer.alloc(16), Buffer.from([1, 0, 0, 0]), document])
      : Buffer.concat([Buffer.alloc(5), document]);
  const inner = kind === opcode.query ? opcode.reply : opcode.message;
  socket.write(framed(message, inner, reply, compressed));
}

function framed(message: Buffer, kind: number, reply: Buffer, compressed: boolean): Buffer {
  const about = Buffer.alloc(9);
  about.writeInt32LE(kind, 0);
  about.writeInt32LE(reply.length, 4);
  about[8] = 2;
  const content = compressed ? Buffer.concat([about, deflateSync(reply)]) : reply;
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + content.length, 0);
  header.writeInt32LE(1, 4);
  message.copy(header, 8, 4, 8);
  header.writeInt32LE(compressed ? opcode.compressed : kind, 12);
  return Buffer.concat([header, content]);
}

function replyTo(command: Document, kept: Map<string, Document[]>): Document {
  const [name = ''] = Object.keys(command);
  const collection = String(command[name]);
  const documents = kept.get(collection) ?? [];
  switch (name) {
    case 'hello':
    case 'ismaster':
    case 'isMaster':
      return {
        ismaster: true,
        helloOk: true,
        maxBsonObjectSize: 16_777_216,
        maxMessageSizeBytes: 48_000_000,
        maxWriteBatchSize: 100_000,
        minWireVersion: 0,
        maxWireVersion: 21,
        compression: command['compression'] as unknown,
        ok: 1,
      };
    case 'buildInfo':
    case 'buildinfo':
      return { version: '7.0.5', ok: 1 };
    case 'saslStart': {
      const known = String(command['payload']) === '\0ada\0hunter2-secret';
      return known
        ? { conversationId: 1, done: true, payload: Buffer.alloc(0), ok: 1 }
        : { ok: 0, code: 18, codeName: 'AuthenticationFailed', errmsg: 'Authentication failed.' };
    }
    case 'insert':
      kept.set(collection, [...documents, ...(command['documents'] as Document[])]);
      return { n: (command['documents'] as Document[]).length, ok: 1 };
    case 'find':
      return {
        cursor: { firstBatch: documents.slice(0, 2), id: Long.fromNumber(documents.length > 2 ? 7 : 0), ns: `shop.${collection}` },
        ok: 1,
      };
    case 'getMore': {
      const rest = kept.get(String(command['collection'])) ?? [];
      return { cursor: { nextBatch: rest.slice(2), id: Long.ZERO, ns: `shop.${String(command['collection'])}` }, ok: 1 };
    }
    case 'ping':
    case 'endSessions':
      return { ok: 1 };
    default:
      return { ok: 0, code: 59, codeName: 'CommandNotFound', errmsg: `no such command: '${name}'` };
  }
}
