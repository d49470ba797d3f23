import { describe, expect, test } from 'vitest';
import { headerValue, headerValues, parseFields, parseHead, parseHeads } from './head.ts';

const head = (text: string) => parseHead(Buffer.from(text, 'latin1'));

describe('a request', () => {
  test('its parts, with order, case and duplicates kept', () => {
    expect(head('GET /a?b=c HTTP/1.1\r\nHost: x\r\naccept: 1\r\nX-Dup:a\r\nACCEPT:\t 2 \t\r\nx-dup:\r\n\r\n')).toEqual({
      kind: 'request',
      startLine: 'GET /a?b=c HTTP/1.1',
      method: 'GET',
      target: '/a?b=c',
      version: 'HTTP/1.1',
      statusCode: 0,
      reason: '',
      headers: [
        ['Host', 'x'],
        ['accept', '1'],
        ['X-Dup', 'a'],
        ['ACCEPT', '2'],
        ['x-dup', ''],
      ],
    });
  });

  test.each<[string, string, string, string]>([
    ['GET /a b c HTTP/1.0', 'GET', '/a b c', 'HTTP/1.0'],
    ['GET /old', 'GET', '/old', ''],
    ['GET /with spaces but no version', 'GET', '/with spaces but no version', ''],
    ['OPTIONS * HTTP/1.1', 'OPTIONS', '*', 'HTTP/1.1'],
    ['CONNECT [::1]:443 HTTP/1.1', 'CONNECT', '[::1]:443', 'HTTP/1.1'],
    ['nothing-else', 'nothing-else', '', ''],
    ['', '', '', ''],
  ])('%j', (startLine, method, target, version) => {
    expect(head(`${startLine}\r\n\r\n`)).toMatchObject({ startLine, method, target, version, headers: [] });
  });
});

describe('a response', () => {
  test.each<[string, string, number, string]>([
    ['HTTP/1.1 200 OK', 'HTTP/1.1', 200, 'OK'],
    ['HTTP/1.1 404 Not Found Here', 'HTTP/1.1', 404, 'Not Found Here'],
    ['HTTP/1.0 200 ', 'HTTP/1.0', 200, ''],
    ['HTTP/1.1 200', 'HTTP/1.1', 200, ''],
    ['HTTP/1.1 2000 x', 'HTTP/1.1', 0, '2000 x'],
    ['HTTP/1.1 abc', 'HTTP/1.1', 0, 'abc'],
    ['HTTP/1.1', 'HTTP/1.1', 0, ''],
  ])('%j', (startLine, version, statusCode, reason) => {
    expect(head(`${startLine}\r\nA: b\r\n\r\n`)).toMatchObject({
      kind: 'response',
      startLine,
      version,
      statusCode,
      reason,
      headers: [['A', 'b']],
    });
  });

  test('interim heads and the final one', () => {
    const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n';
    const read = parseHeads(Buffer.from(`${interim}HTTP/1.1 200 OK\r\nB: c\r\n\r\n`));
    expect(read.interim.map((each) => [each.statusCode, each.headers])).toEqual([
      [100, []],
      [103, [['Link', 'a']]],
    ]);
    expect(read.final).toMatchObject({ statusCode: 200, headers: [['B', 'c']] });
    expect(parseHeads(Buffer.from(interim)).final).toBeNull();
    expect(parseHeads(Buffer.from('HTTP/1.1 101 Switching Protocols\r\n\r\n')).final).toMatchObject({ statusCode: 101 });
    expect(parseHeads(Buffer.from('GET / HTTP/1.1\r\n\r\n')).final).toMatchObject({ method: 'GET' });
    expect(parseHeads(Buffer.alloc(0))).toEqual({ interim: [], final: null, trailers: [] });
  });
});

describe('lines as they are', () => {
  test.each<[string, string, [string, string][]]>([
    [
      'LF alone',
      'A: b\nC: d\n\n',
      [
        ['A', 'b'],
        ['C', 'd'],
      ],
    ],
    [
      'a fold is part of the value',
      'A: b\r\n c\r\n\td \r\nE: f\r\n\r\n',
      [
        ['A', 'b\r\n c\r\n\td'],
        ['E', 'f'],
      ],
    ],
    [
      'a line without a colon',
      'nonsense\r\nA: b\r\n\r\n',
      [
        ['nonsense', ''],
        ['A', 'b'],
      ],
    ],
    ['a space before the colon stays', 'A : b\r\n\r\n', [['A ', 'b']]],
    ['a value with colons', 'A: b:c:d\r\n\r\n', [['A', 'b:c:d']]],
    ['bytes as latin-1', 'A: \xe9\xff\r\n\r\n', [['A', '\xe9\xff']]],
    [
      'a head that was cut off',
      'A: b\r\nC: d',
      [
        ['A', 'b'],
        ['C', 'd'],
      ],
    ],
    ['a name alone', ': b\r\n\r\n', [['', 'b']]],
  ])('%s', (_name, lines, expected) => {
    expect(head(`GET / HTTP/1.1\r\n${lines}`).headers).toEqual(expected);
    expect(parseFields(Buffer.from(lines, 'latin1'))).toEqual(expected);
  });

  test('a view of a larger buffer is read from its own first byte', () => {
    const larger = Buffer.from('xxxxGET / HTTP/1.1\r\nA: b\r\n\r\nyyyy');
    expect(parseHead(new Uint8Array(larger.buffer, larger.byteOffset + 4, larger.length - 8))).toMatchObject({
      method: 'GET',
      headers: [['A', 'b']],
    });
  });
});

test('lookup, whatever the case', () => {
  const { headers } = head('GET / HTTP/1.1\r\nSet-Cookie: a\r\nset-cookie: b\r\n\r\n');
  expect(headerValue(headers, 'SET-COOKIE')).toBe('a');
  expect(headerValues(headers, 'set-cookie')).toEqual(['a', 'b']);
  expect(headerValue(headers, 'cookie')).toBeUndefined();
  expect(headerValues(headers, 'cookie')).toEqual([]);
});
