import { expect } from 'vitest';
import type { Conversation } from '../../rrpair/conversation.ts';
import type { StoredStream, StreamReader } from '../conversation.ts';
import { parseHead } from '../http1/head.ts';
import { conversationKind, conversationPage, streamReader } from '../streams.ts';

/** A piece of a stream: who sent it, and its bytes. */
export type Piece = readonly [from: 'client' | 'server', bytes: Buffer];

/** What is read of a stream that came in such pieces, a millisecond after one another. `open`: it has not ended. */
export function readPieces(head: string, pieces: readonly Piece[], but: Partial<StoredStream> = {}): Conversation {
  const reader = readerOf(head);
  const stream = streamOf(pieces, but);
  reader.readOn(stream);
  return pageOf(reader, stream);
}

/** The same, looked at after each piece while it grows. */
export function readGrowing(head: string, pieces: readonly Piece[], but: Partial<StoredStream> = {}): Conversation {
  const reader = readerOf(head);
  for (let count = 0; count <= pieces.length; count++) reader.readOn({ ...streamOf(pieces.slice(0, count), but), open: true });
  const stream = streamOf(pieces, but);
  reader.readOn(stream);
  return pageOf(reader, stream);
}

/** Reads a stream whole, cut at every position (while it grows, too), and byte by byte: it must say the same. Returns what it says; the times are those of the whole. */
export function readAnyCut(head: string, pieces: readonly Piece[], but: Partial<StoredStream> = {}): Conversation {
  const whole = readPieces(head, pieces, but);
  const plain = untimed(whole);
  for (const [index, [from, bytes]] of pieces.entries()) {
    for (let at = 1; at < bytes.length; at++) {
      const cut: Piece[] = [
        ...pieces.slice(0, index),
        [from, bytes.subarray(0, at)],
        [from, bytes.subarray(at)],
        ...pieces.slice(index + 1),
      ];
      expect(untimed(readPieces(head, cut, but)), `cut at byte ${String(at)} of piece ${String(index)}`).toEqual(plain);
      expect(untimed(readGrowing(head, cut, but)), `growing, cut at byte ${String(at)} of piece ${String(index)}`).toEqual(plain);
    }
  }
  const single = pieces.flatMap(([from, bytes]) => Array.from(bytes, (byte): Piece => [from, Buffer.of(byte)]));
  expect(untimed(readGrowing(head, single, but)), 'byte by byte').toEqual(plain);
  return whole;
}

function readerOf(head: string): StreamReader {
  const response = parseHead(Buffer.from(`${head}\r\n\r\n`, 'latin1'));
  const kind = conversationKind(response);
  if (kind === null) throw new Error('the head is that of no stream of messages');
  return streamReader(kind, response);
}

export function streamOf(pieces: readonly Piece[], but: Partial<StoredStream> = {}): StoredStream {
  const of = (side: 'client' | 'server'): Buffer =>
    Buffer.concat(pieces.flatMap(([from, bytes]) => (from === side ? [bytes] : [])));
  return {
    request: of('client'),
    requestCut: false,
    response: of('server'),
    responseCut: false,
    arrivals: pieces.map(([from, bytes], index) => ({ fromServer: from === 'server', bytes: bytes.length, at: index * 1_000 })),
    arrivalsFull: false,
    open: false,
    failure: null,
    ...but,
  };
}

function pageOf(reader: StreamReader, stream: StoredStream): Conversation {
  return conversationPage(reader, stream, { offset: 0, limit: 500, text: '', from: 'both' });
}

function untimed(conversation: Conversation): Conversation {
  return { ...conversation, messages: conversation.messages.map((message) => ({ ...message, atMs: 0 })) };
}
