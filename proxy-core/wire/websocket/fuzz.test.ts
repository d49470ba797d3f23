import { expect, test } from 'vitest';
import { oneOf, pick, randomFrom } from '../http1/testing/random.ts';
import { type Piece, readGrowing, readPieces } from '../testing/stream.ts';
import { opcode } from './frames.ts';
import { closing, frame } from './testing/frames.ts';

const heads = [
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate',
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked',
  'HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Encoding: gzip',
];

const seeds = [
  frame({ payload: 'hello', masked: true }),
  frame({ payload: 'compressed?', reserved: 4, masked: true }),
  frame({ op: opcode.binary, payload: 'x'.repeat(300), fin: false }),
  frame({ op: opcode.continuation, payload: 'end' }),
  frame({ op: opcode.close, payload: closing(1000, 'bye') }),
  Buffer.from('1b\r\nevent: a\nid: 1\ndata: {"a":1}\n\r\n'),
  Buffer.from('{"a":1}\n{"b":2}\r\n'),
];

test('whatever comes, in whatever pieces: nothing throws, and looking while it grows says the same as looking once', () => {
  const random = randomFrom(20_261_120);
  for (let round = 0; round < 600; round++) {
    const head = oneOf(random, heads);
    const pieces = Array.from({ length: 1 + pick(random, 6) }, (): Piece => {
      const bytes = Buffer.from(oneOf(random, seeds));
      for (let broken = pick(random, 3); broken > 0; broken--) bytes[pick(random, bytes.length)] = pick(random, 256);
      return [random() < 0.5 ? 'client' : 'server', bytes.subarray(0, random() < 0.2 ? pick(random, bytes.length) : undefined)];
    });
    const failure = random() < 0.3 ? { code: 'client-reset' as const, detail: '' } : null;
    const once = readPieces(head, pieces, { failure });
    expect(readGrowing(head, pieces, { failure }), `round ${String(round)}`).toEqual(once);
    expect(JSON.stringify(once).length).toBeLessThan(100_000);
  }
});
