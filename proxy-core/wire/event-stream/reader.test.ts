import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Conversation } from '../../rrpair/conversation.ts';
import { type Piece, readAnyCut, readPieces } from '../testing/stream.ts';

const events = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8';
const chunked = `${events}\r\nTransfer-Encoding: chunked`;
const lines = 'HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson';

function server(...texts: string[]): Piece[] {
  return texts.map((text): Piece => ['server', Buffer.from(text)]);
}

function brief({ messages }: Conversation): string[] {
  return messages.map(({ kind, label, preview, problem }) =>
    [kind, label, preview, problem].filter((word) => word !== '').join('|'),
  );
}

function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

test('events with every field, every line end, comments and what a browser passes over', () => {
  const said = readAnyCut(
    events,
    server(
      '\uFEFF: welcome\n\n',
      'data: one\n\ndata:two\ndata: lines\r\n\r\nid: 7\rev',
      'ent: tick\rdata: {"n":1}\r\r',
      ':keep alive\n\nevent: empty\n\nretry: 3000\n\ndata\n\n',
      'id\ndata: ünï\nfoo: bar\n\ndata: cut',
    ),
  );
  expect(brief(said)).toEqual([
    'comment|welcome',
    'message|one',
    'message|two\nlines',
    'tick|#7|{"n":1}',
    'comment|keep alive',
    'empty',
    'setting',
    'message',
    'message|ünï',
    'message|cut|The stream ended within it, so that nobody was told of it.',
  ]);
  expect(said.messages[5]?.facts).toEqual([['Without data', 'a browser passes it over']]);
  expect(said.messages[6]?.facts).toEqual([['Retry after', '3000 ms']]);
  expect(said.messages[8]?.facts).toEqual([
    ['Id', ''],
    ['Unknown fields', 'foo'],
  ]);
  expect(said).toMatchObject({ kind: 'events', end: 'The server ended the stream.', total: 10, fromClient: 0, problem: '' });
});

test('events in chunks have the time at which their last byte came', () => {
  const pieces = server(chunk('data: a\n\nda'), chunk('ta: b\n'), chunk('\ndata: c\n\n'), '0\r\n\r\n');
  const said = readAnyCut(chunked, pieces);
  expect(said.messages.map(({ preview, atMs }) => [preview, atMs])).toEqual([
    ['a', 0],
    ['b', 2],
    ['c', 2],
  ]);
});

test('a stream that is open shows what came, and waits for the rest', () => {
  const said = readPieces(events, server('data: a\n\nda'), { open: true });
  expect(said).toMatchObject({ open: true, end: '', total: 1 });
});

test.each([
  ['client-gone', 'The client closed the connection.'],
  ['client-reset', 'The client reset the connection.'],
  ['upstream-reset', 'The server reset the connection.'],
  ['upstream-closed-early', 'The server closed the connection before the stream was complete.'],
  ['capture-stopped', 'Capture was stopped while it was open.'],
] as const)('an end by %s is told apart', (code, end) => {
  const said = readPieces(chunked, server(chunk('data: a\n\n')), { failure: { code, detail: '' } });
  expect(said).toMatchObject({ end, total: 1 });
});

test('a compressed stream is read, without times', () => {
  const bytes = gzipSync('data: a\n\ndata: b\n\n');
  const head = `${events}\r\nContent-Encoding: gzip`;
  const said = readAnyCut(head, [['server', bytes]]);
  expect(said.messages.map(({ preview, atMs }) => [preview, atMs])).toEqual([
    ['a', null],
    ['b', null],
  ]);
});

test('what was not kept is said', () => {
  expect(readPieces(events, server('data: a\n\nda'), { responseCut: true })).toMatchObject({
    total: 1,
    problem: 'What came later was not kept.',
  });
});

test('broken chunks end the reading', () => {
  const said = readPieces(chunked, server(chunk('data: a\n\n'), 'zz\r\n'));
  expect(said.total).toBe(1);
  expect(said.problem).toContain('A chunk does not begin with its size.');
});

test('JSON lines', () => {
  const said = readAnyCut(lines, server('{"a":1}\r\n\n[1,2]\n"x"\nnot json\n', '\u001e{"b":2}\n{"c":'));
  expect(brief(said)).toEqual([
    'line|{"a":1}',
    'line|[1,2]',
    'line|"x"',
    'line|not json|It is not JSON.',
    'line|{"b":2}',
    'line|{"c":|The stream ended within it.',
  ]);
  expect(said.kind).toBe('lines');
  expect(brief(readPieces(lines, server('{"a":1}\n{"b":2}')))).toEqual(['line|{"a":1}', 'line|{"b":2}']);
});
