import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { limits } from '../../limits.ts';
import type { Conversation, MessageRow } from '../../rrpair/conversation.ts';
import { type Piece, readAnyCut, readPieces } from '../testing/stream.ts';
import { opcode } from './frames.ts';
import { readFrames } from './read-frames.ts';
import { closing, type FrameParts, frame } from './testing/frames.ts';

const upgraded = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade';
const deflated = `${upgraded}\r\nSec-WebSocket-Extensions: permessage-deflate`;

function client(...frames: FrameParts[]): Piece {
  return ['client', Buffer.concat(frames.map((parts) => frame({ masked: true, ...parts })))];
}

function server(...frames: FrameParts[]): Piece {
  return ['server', Buffer.concat(frames.map((parts) => frame(parts)))];
}

function brief({ messages }: Conversation): string[] {
  return messages.map(({ from, kind, label, preview, problem }) =>
    [`${from} ${kind}`, label, preview, problem].filter((word) => word !== '').join('|'),
  );
}

function first(conversation: Conversation): MessageRow {
  const [message] = conversation.messages;
  if (message === undefined) throw new Error('there is no message');
  return message;
}

test('a conversation is read the same however its bytes are cut', () => {
  const said = readAnyCut(upgraded, [
    server({ payload: 'hello' }, { op: opcode.ping, payload: 'p' }),
    client({ payload: 'Hel', fin: false }, { op: opcode.pong, payload: 'p' }, { op: opcode.continuation, payload: 'lo ü' }),
    server({ op: opcode.binary, payload: Buffer.from([0, 255]) }, { payload: '' }),
    client({ op: opcode.close, payload: closing(1001, 'bye') }),
    server({ op: opcode.close, payload: closing(1001) }),
  ]);
  expect(brief(said)).toEqual([
    'server text|hello',
    'server ping|p',
    'client pong|p',
    'client text|Hello ü',
    'server binary|00 ff',
    'server text',
    'client close|1001|bye',
    'server close|1001',
  ]);
  expect(said).toMatchObject({ problem: '', end: 'The client closed it with 1001 (going away).', fromClient: 3, total: 8 });
  expect(said.messages[3]?.facts).toEqual([['Fragments', '2']]);
  expect(said.messages.map(({ atMs }) => atMs)).toEqual([0, 0, 1, 1, 2, 2, 3, 4]);
});

describe('Autobahn 1 and 9: every size of payload', () => {
  test.each([0, 1, 125, 126, 127, 128, 65_535, 65_536, 1_000_000])('%d bytes', (bytes) => {
    const payload = 'x'.repeat(bytes);
    const said = readPieces(upgraded, [client({ payload }), server({ op: opcode.binary, payload })]);
    expect(said.messages.map((message) => message.bytes)).toEqual([bytes, bytes]);
    expect(said.problem).toBe('');
  });

  test('1,000 fragments of one byte', () => {
    const fragments = Array.from({ length: 999 }, (): FrameParts => ({ op: opcode.continuation, fin: false, payload: 'y' }));
    const said = readPieces(upgraded, [
      server({ payload: 'y', fin: false }, ...fragments, { op: opcode.continuation, payload: '' }),
    ]);
    expect(first(said)).toMatchObject({ bytes: 1_000, facts: [['Fragments', '1001']], problem: '' });
  });
});

describe('Autobahn 2 to 5: what breaks the framing ends the reading of that side, and not of the other', () => {
  const broken: readonly [string, Piece][] = [
    ['a ping of 126 bytes', server({ op: opcode.ping, payload: 'x'.repeat(126) })],
    ['a fragmented ping', server({ op: opcode.ping, fin: false })],
    ['RSV1 without compression', server({ reserved: 4, payload: 'a' })],
    ['RSV2', server({ reserved: 2, payload: 'a' })],
    ['RSV3 of a ping', server({ reserved: 1, op: opcode.ping })],
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((op): [string, Piece] => [`opcode ${String(op)}`, server({ op })]),
    ['a continuation of nothing', server({ op: opcode.continuation, payload: 'a' })],
    ['a message within a message', server({ payload: 'a', fin: false }, { payload: 'b' })],
    ['a length with its highest bit set', ['server', Buffer.from([0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0])]],
  ];
  test.each(broken)('%s', (_name, piece) => {
    const said = readAnyCut(upgraded, [
      server({ payload: 'before' }),
      piece,
      server({ payload: 'after' }),
      client({ payload: 'other' }),
    ]);
    expect(said.messages.filter(({ problem }) => problem === '').map(({ preview }) => preview)).toEqual(['before', 'other']);
    expect(said.problem).toMatch(/^[^.]+\. What the server sent from byte \d+ on is not read\.$/);
  });
});

describe('what breaks rules that can be read over is said of the message', () => {
  test.each<[string, Piece, string]>([
    ['a client that does not mask', ['client', frame({ payload: 'a' })], 'It is not masked, which a client must do.'],
    ['a server that masks', ['server', frame({ payload: 'a', masked: true })], 'It is masked, which a server must not do.'],
    ['text that is none', server({ payload: Buffer.from([0xce, 0xba, 0xff]) }), 'Its text is not valid UTF-8.'],
    ['text cut within a character', server({ payload: Buffer.from([0xce]) }), 'Its text is not valid UTF-8.'],
    ['a close code cut off', server({ op: opcode.close, payload: 'x' }), 'Its code is cut off.'],
    [
      'a close reason that is no text',
      server({ op: opcode.close, payload: closing(1000, Buffer.of(0xff)) }),
      'Its reason is not valid UTF-8.',
    ],
  ])('%s', (_name, piece, problem) => {
    expect(first(readPieces(upgraded, [piece]))).toMatchObject({ problem, bad: true });
  });

  test('characters may be cut by fragments', () => {
    const [one, two] = [Buffer.from('κό').subarray(0, 3), Buffer.from('κό').subarray(3)];
    const said = readPieces(upgraded, [server({ payload: one, fin: false }, { op: opcode.continuation, payload: two })]);
    expect(first(said)).toMatchObject({ preview: 'κό', problem: '' });
  });

  test.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65_535])('the close code %d', (code) => {
    expect(first(readPieces(upgraded, [server({ op: opcode.close, payload: closing(code) })])).problem).toBe(
      `The code ${String(code)} must not be sent.`,
    );
  });

  test.each([1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999])('the close code %d may be sent', (code) => {
    const said = readPieces(upgraded, [server({ op: opcode.close, payload: closing(code) })]);
    expect(first(said)).toMatchObject({ problem: '', label: String(code) });
    expect(said.end).toContain(`The server closed it with ${String(code)}`);
    expect(said.end).toContain('the client did not answer');
  });

  test('frames behind the Close frame', () => {
    const said = readPieces(upgraded, [server({ op: opcode.close }, { payload: 'more' })]);
    expect(said.messages[1]?.facts[0]?.[0]).toBe('After the Close frame');
    expect(said.end).toBe('The server closed it without a code; the client did not answer.');
  });
});

describe('ends', () => {
  test('within a message', () => {
    const bytes = frame({ payload: 'half' }).subarray(0, 4);
    expect(first(readPieces(upgraded, [['server', bytes]]))).toMatchObject({
      preview: 'ha',
      problem: 'The connection ended within it.',
    });
    const begun = readPieces(upgraded, [
      server({ payload: 'be', fin: false }),
      ['server', frame({ op: 0, payload: 'gun' }).subarray(0, 3)],
    ]);
    expect(first(begun)).toMatchObject({ kind: 'text', preview: 'beg', problem: 'The connection ended within it.' });
  });

  test('where no more was kept', () => {
    const said = readPieces(upgraded, [server({ payload: 'a' }), ['server', frame({ payload: 'half' }).subarray(0, 4)]], {
      responseCut: true,
    });
    expect(said.messages[1]).toMatchObject({ problem: 'Not all of it was kept.', bad: false });
    expect(said).toMatchObject({
      problem: 'What came later was not kept.',
      end: 'The connection was closed; what was said last was not kept.',
    });
  });

  test.each([
    [null, 'The connection was closed without a Close frame (1006, abnormal closure).'],
    ['client-reset', 'The client reset the connection.'],
    ['engine-died', 'Sidetap ended while it was open.'],
  ] as const)('%s', (code, end) => {
    expect(readPieces(upgraded, [server({ payload: 'a' })], { failure: code === null ? null : { code, detail: '' } }).end).toBe(
      end,
    );
  });

  test('without times the messages are there all the same', () => {
    const said = readPieces(upgraded, [client({ payload: 'a' }), server({ payload: 'b' })], { arrivals: [] });
    expect(said.messages.map(({ preview, atMs }) => [preview, atMs])).toEqual([
      ['a', null],
      ['b', null],
    ]);
  });
});

/** Deflates messages as RFC 7692 7.2.1 has it, all with one window or each with its own. */
function deflating(keepsContext: boolean): (text: string) => FrameParts {
  let before = Buffer.alloc(0);
  return (text) => {
    const dictionary = before.subarray(-32_768);
    const bytes = deflateRawSync(text, {
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(keepsContext && dictionary.length > 0 ? { dictionary } : {}),
    });
    before = Buffer.concat([before, Buffer.from(text)]);
    return { reserved: 4, payload: bytes.subarray(0, -4) };
  };
}

describe('Autobahn 12 and 13: permessage-deflate', () => {
  const texts = ['{"a":1,"b":"hello hello hello"}', '{"a":2,"b":"hello hello hello"}', '', 'hello '.repeat(20_000), '{"a":3}'];

  test.each([true, false])('context kept: %s', (kept) => {
    const head = kept ? deflated : `${deflated}; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=15`;
    const [one, two] = [deflating(kept), deflating(kept)];
    const said = readPieces(head, [server(...texts.map(one)), client(...texts.map(two)), server({ payload: 'plain' })]);
    expect(said.messages.map(({ bytes, problem }) => [bytes, problem])).toEqual(
      [...texts, ...texts, 'plain'].map((text) => [text.length, '']),
    );
    expect(said.facts[0]?.[1]).toContain(kept ? 'context kept by client and server' : 'each message by itself');
  });

  test('at every cut, with a fragmented message and a ping inside it', () => {
    const next = deflating(true);
    const whole = Buffer.from(next('compressed, and then in two fragments').payload ?? '');
    const said = readAnyCut(deflated, [
      server({ reserved: 4, fin: false, payload: whole.subarray(0, 7) }, { op: opcode.ping }),
      server({ op: opcode.continuation, payload: whole.subarray(7) }, next('compressed, and then again')),
    ]);
    expect(brief(said)).toEqual([
      'server ping',
      'server text|compressed, and then in two fragments',
      'server text|compressed, and then again',
    ]);
  });

  test('RSV1 of a continuation or of a ping breaks the framing', () => {
    const next = deflating(true);
    expect(readPieces(deflated, [server({ ...next('a'), op: opcode.ping })]).problem).toContain('reserved bits');
    const begun = server({ ...next('a'), fin: false }, { op: opcode.continuation, reserved: 4 });
    expect(readPieces(deflated, [begun]).problem).toContain('reserved bits');
  });

  test('a damaged message costs those that build on it, and none of the other side', () => {
    const [one, two] = [deflating(true), deflating(true)];
    const said = readPieces(deflated, [
      server(one('first'), { reserved: 4, payload: Buffer.from([0xff, 0xff, 0xff]) }, one('third')),
      client(two('other')),
    ]);
    expect(said.messages.map(({ problem }) => problem.slice(0, 30))).toEqual([
      '',
      'Its compressed bytes are damag',
      'It is compressed against an ea',
      '',
    ]);
    const alone = deflating(false);
    const none = readPieces(`${deflated}; server_no_context_takeover`, [
      server({ reserved: 4, payload: Buffer.from([0xff, 0xff, 0xff]) }, alone('second')),
    ]);
    expect(none.messages.map(({ problem }) => problem === '')).toEqual([false, true]);
  });

  test('a bomb is shown compressed', () => {
    const next = deflating(false);
    const bomb = next('\0'.repeat(limits.messageBytes + 1));
    const said = readPieces(`${deflated}; server_no_context_takeover`, [server(bomb, next('after'))]);
    expect(first(said).problem).toContain('too much to be read');
    expect(first(said).bytes).toBeLessThan(100_000);
    expect(said.messages[1]).toMatchObject({ preview: 'after', problem: '' });
  });
});

test('an extension that is not known is named', () => {
  const said = readPieces(`${upgraded}\r\nSec-WebSocket-Extensions: x-rot13; n=13\r\nSec-WebSocket-Protocol: chat.v2`, [
    server({ payload: 'a' }),
  ]);
  expect(said.facts).toEqual([
    ['Subprotocol', 'chat.v2'],
    ['Extensions', 'x-rot13'],
  ]);
  expect(said.problem).toContain('x-rot13 is not known');
});

test('a flood of empty messages is listed up to the limit', () => {
  const flood = Buffer.alloc(2 * (limits.conversationMessages + 10));
  for (let at = 0; at < flood.length; at += 2) flood[at] = 0x81;
  const said = readPieces(upgraded, [['server', flood]]);
  expect(said.total).toBe(limits.conversationMessages);
  expect(said.problem).toContain('Only the first');
});

test('frames are listed where they lie, also those behind which something is broken', () => {
  const frames = [
    frame({ payload: 'hello', masked: true }),
    frame({ op: opcode.binary, payload: Buffer.from([0, 255]), fin: false }),
    frame({ op: opcode.continuation, payload: '', reserved: 4 }),
  ];
  const { frames: read, problem } = readFrames(Buffer.concat([...frames, Buffer.from([0x83, 0]), Buffer.from('x')]));
  expect(read.map(({ offset, length, name, text }) => [offset, length, name, text])).toEqual([
    [0, 11, 'text (masked)', 'hello'],
    [11, 4, 'binary (goes on)', '0x00ff'],
    [15, 2, 'continuation (compressed)', '0 bytes'],
  ]);
  expect(problem).toContain('unknown opcode 3');
});
