import { describe, expect, it } from 'vitest';
import { BodyEnd, keepsAlive, ResponseEnd, requestFraming, responseFraming } from './framing.ts';
import { parseHead } from './head.ts';

const head = (fields: string): ReturnType<typeof parseHead> => parseHead(Buffer.from(`X\r\n${fields}\r\n`, 'latin1'));

describe('framing (RFC 9112 6.3)', () => {
  it.each([
    ['', { kind: 'none' }],
    ['Content-Length: 5\r\n', { kind: 'length', length: 5 }],
    ['Content-Length: 5\r\ncontent-length: 5\r\n', { kind: 'length', length: 5 }],
    ['Transfer-Encoding: chunked\r\n', { kind: 'chunked' }],
    ['Transfer-Encoding: gzip, Chunked\r\n', { kind: 'chunked' }],
    ['Transfer-Encoding: gzip\r\n', { kind: 'unknown' }],
    ['Content-Length: 5, 6\r\n', { kind: 'unknown' }],
    ['Content-Length: 5\r\nContent-Length: 6\r\n', { kind: 'unknown' }],
    ['Content-Length: +5\r\n', { kind: 'unknown' }],
    ['Content-Length:\r\n', { kind: 'unknown' }],
    ['Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', { kind: 'unknown' }],
    ['Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', { kind: 'unknown' }],
  ])('of a request with %j', (fields, expected) => {
    expect(requestFraming(head(fields), 'HTTP/1.1')).toEqual(expected);
  });

  it('of an HTTP/1.0 message with Transfer-Encoding is not guessed', () => {
    expect(requestFraming(head('Transfer-Encoding: chunked\r\n'), 'HTTP/1.0')).toEqual({ kind: 'unknown' });
  });

  it.each([
    ['GET', 200, '', { kind: 'until-close' }],
    ['GET', 200, 'Content-Length: 0\r\n', { kind: 'length', length: 0 }],
    ['HEAD', 200, 'Content-Length: 9\r\n', { kind: 'none' }],
    ['GET', 204, 'Content-Length: 9\r\n', { kind: 'none' }],
    ['GET', 304, 'Transfer-Encoding: chunked\r\n', { kind: 'none' }],
    ['GET', 200, 'Transfer-Encoding: gzip\r\n', { kind: 'until-close' }],
  ])('of a response to %s with %i and %j', (method, status, fields, expected) => {
    expect(responseFraming(head(fields), 'HTTP/1.1', status, method)).toEqual(expected);
  });

  it.each([
    ['HTTP/1.1', '', true],
    ['HTTP/1.1', 'Connection: X, Close\r\n', false],
    ['HTTP/1.0', '', false],
    ['HTTP/1.0', 'Connection: Keep-Alive\r\n', true],
    ['HTTP/1.0', 'Connection: keep-alive, close\r\n', false],
  ])('persistence of %s with %j is %s', (version, fields, expected) => {
    expect(keepsAlive(head(fields), version)).toBe(expected);
  });
});

describe('the end of a body', () => {
  it.each([
    [{ kind: 'length', length: 5 } as const, 'abcde'],
    [{ kind: 'chunked' } as const, '2;x="\\""\r\nab\r\n0A\r\n0123456789\r\n0\r\nT: 1\r\n\r\n'],
    [{ kind: 'none' } as const, ''],
  ])('of %j is found wherever the bytes are cut', (framing, body) => {
    const bytes = Buffer.from(`${body}next message`);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const end = new BodyEnd(framing);
      const taken = end.take(bytes.subarray(0, cut));
      expect(taken + end.take(bytes.subarray(taken < cut ? taken : cut))).toBe(body.length);
      expect(end.done).toBe(true);
    }
  });

  it.each(['zz\r\n', '5\r\nabcdefg', '-1\r\n', '1\nx\n0\n\n'])('is lost in %j', (body) => {
    const end = new BodyEnd({ kind: 'chunked' });
    expect(end.take(Buffer.from(body))).toBe(body.length);
    expect(end.lost).toBe(true);
    expect(end.done).toBe(false);
  });
});

describe('the end of a response', () => {
  it.each([
    ['HTTP/1.1 100 C\r\n\r\nHTTP/1.1 103 E\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi', 'GET', true],
    ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n', 'HEAD', true],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\nx\r\n0\r\n\r\n', 'GET', false],
    ['HTTP/1.0 304 N\r\n\r\n', 'GET', false],
  ])('%j to %s is found wherever the bytes are cut', (text, method, keepAlive) => {
    const bytes = Buffer.from(`${text}HTTP/1.1 200 OK`);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const end = new ResponseEnd(method);
      const first = end.take(bytes.subarray(0, cut));
      const taken = first < cut ? first : cut + end.take(bytes.subarray(cut));
      expect(taken).toBe(text.length);
      expect([end.done, end.keepAlive, end.raw]).toEqual([true, keepAlive, false]);
    }
  });

  it.each([
    'HTTP/1.1 101 S\r\n\r\n\x81',
    'ICY 200 OK\r\n\r\n',
    'HTTP/2 200\r\n\r\n',
    'HTTP/1.1 20 X\r\n\r\n',
    'HTTP/1.1 099 X\r\n\r\n',
  ])('after %j all bytes are raw', (text) => {
    const end = new ResponseEnd('GET');
    expect(end.take(Buffer.from(text, 'latin1'))).toBe(text.length);
    expect(end.raw).toBe(true);
    expect(end.take(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toBe(19);
  });
});
