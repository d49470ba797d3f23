import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeadCollector, listOf, parseHead, parseRequestLine } from './head.ts';

/** Pushes the pieces; returns every head that came out, and what followed the last one. */
function collect(pieces: readonly Buffer[], limit = 1_000): { heads: string[]; rest: string; tooLarge: boolean } {
  const collector = new HeadCollector(limit);
  const heads: string[] = [];
  let rest = '';
  for (const piece of pieces) {
    let left = piece;
    while (left.length > 0) {
      const step = collector.push(left);
      if (step.state === 'too-large') return { heads, rest, tooLarge: true };
      if (step.state === 'more') break;
      heads.push(step.head.toString('latin1'));
      left = step.rest;
    }
  }
  rest = collector.collected.toString('latin1');
  return { heads, rest, tooLarge: false };
}

describe('HeadCollector', () => {
  const wire = '\r\n\nGET http://a/ HTTP/1.1\r\nA: 1\r\n b\r\n\r\n\r\nPOST /b HTTP/1.0\nB: 2\n\nGET /c HTTP/1.1\r\nC';
  const heads = ['GET http://a/ HTTP/1.1\r\nA: 1\r\n b\r\n\r\n', 'POST /b HTTP/1.0\nB: 2\n\n'];

  it('finds the same heads however the bytes are cut', () => {
    const bytes = Buffer.from(wire, 'latin1');
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(collect([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual({
        heads,
        rest: 'GET /c HTTP/1.1\r\nC',
        tooLarge: false,
      });
    }
    expect(collect(Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual({
      heads,
      rest: 'GET /c HTTP/1.1\r\nC',
      tooLarge: false,
    });
  });

  it('stops at its limit, wherever the head is cut', () => {
    const head = Buffer.from(`GET / HTTP/1.1\r\nX: ${'x'.repeat(100)}\r\n\r\n`);
    for (let cut = 0; cut <= head.length; cut += 1) {
      const pieces = [head.subarray(0, cut), head.subarray(cut)];
      expect(collect(pieces, head.length).heads).toEqual([head.toString()]);
      expect(collect(pieces, head.length - 1)).toMatchObject({ heads: [], tooLarge: true });
    }
  });

  it('keeps the bytes that it was given, even when their memory is used again', () => {
    const memory = Buffer.from('GET / HTTP/1.1\r\n');
    const collector = new HeadCollector(100);
    collector.push(memory);
    memory.fill('x');
    expect(collector.push(Buffer.from('\r\n'))).toMatchObject({ head: Buffer.from('GET / HTTP/1.1\r\n\r\n') });
  });
});

describe('parseHead', () => {
  it('loses no byte', () => {
    const line = fc.stringMatching(/^[\x21-\x39\x3b-\x7e\x80-\xff]{1,8}:[\x20-\x7e\x80-\xff]{0,12}$/);
    const fold = fc.constantFrom('', '\r\n folded', '\n\ttwice\r\n \r\n  x');
    const fields = fc.array(fc.tuple(line, fold, fc.constantFrom('\r\n', '\n')), { maxLength: 6 });
    fc.assert(
      fc.property(fields, (sent) => {
        const lines = sent.map((parts) => parts.join(''));
        const head = parseHead(Buffer.from(`GET / HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'));
        expect(head.startLine).toBe('GET / HTTP/1.1');
        expect(head.fields.map((field) => field.raw)).toEqual(lines);
      }),
    );
  });

  it('reads lists over all lines of a field', () => {
    const head = parseHead(Buffer.from('GET / HTTP/1.1\r\nConnection: A,, b\r\nX: 1\r\nconnection:C\r\n\r\n'));
    expect(listOf(head.fields, 'connection')).toEqual(['a', 'b', 'c']);
  });
});

describe('parseRequestLine', () => {
  it.each([
    ['GET http://a/ HTTP/1.1', { method: 'GET', target: 'http://a/', version: 'HTTP/1.1' }],
    ['M-SEARCH  *  HTTP/1.0', { method: 'M-SEARCH', target: '*', version: 'HTTP/1.0' }],
    ['GET /a b HTTP/1.1', { method: 'GET', target: '/a b', version: 'HTTP/1.1' }],
  ])('%s', (line, expected) => {
    expect(parseRequestLine(line)).toEqual(expected);
  });

  it.each(['', 'GET', 'GET /', 'GET / HTTP/2.0', 'GET / HTTP/1.10', 'G(T / HTTP/1.1', 'HTTP/1.1 200 OK', ' GET / HTTP/1.1'])(
    '%j is none',
    (line) => {
      expect(parseRequestLine(line)).toBeNull();
    },
  );
});
