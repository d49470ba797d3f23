import { expect, test } from 'vitest';
import { isStreamHead } from './stream-type.ts';

const head = (...fields: string[]): Buffer => Buffer.from(`HTTP/1.1 200 OK\r\n${fields.join('\r\n')}\r\n\r\n`);

test.each([
  'Content-Type: text/event-stream',
  'content-type:application/x-ndjson; charset=utf-8',
  'CONTENT-TYPE: Application/JSONL',
  'Content-type: application/grpc+proto',
])('%s is a stream', (field) => {
  expect(isStreamHead(head('X-Type: a', field))).toBe(true);
});

function asked(line: string, field: string): Buffer {
  return Buffer.from(`${line} HTTP/2\r\n:scheme: https\r\n${field}\r\n\r\n`);
}

test('a WebSocket over HTTP/2 is a stream, and what only looks like one is none', () => {
  expect(isStreamHead(asked('CONNECT /chat', ':protocol: websocket'))).toBe(true);
  expect(isStreamHead(asked('CONNECT /chat', ':protocol: connect-udp'))).toBe(false);
  expect(isStreamHead(asked('POST /chat', ':protocol: websocket'))).toBe(false);
});

test.each(['Content-Type: application/json', 'X-Kind: text/event-stream', 'Server: x'])('%s is none', (field) => {
  expect(isStreamHead(head(field, 'Transfer-Encoding: chunked'))).toBe(false);
});
