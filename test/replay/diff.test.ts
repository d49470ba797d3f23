import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { diffRecords } from '../../proxy-core/replay/diff.ts';
import type { PairRecord } from '../../proxy-core/rrpair/pair.ts';
import { message, record } from '../export/records.ts';

const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const answer = (head: string, body = ''): PairRecord => record(80, get, Buffer.alloc(0), `HTTP/1.1 ${head}\r\n\r\n${body}`);
const json = (body: unknown, status = '200 OK'): PairRecord =>
  answer(`${status}\r\nContent-Type: application/json`, JSON.stringify(body));

function request(target: string, trace: string, body: string): PairRecord {
  return record(80, `POST ${target} HTTP/1.1\r\nHost: x\r\nX-Trace: ${trace}\r\n\r\n`, Buffer.from(body));
}

describe('diffRecords', () => {
  test('equal answers are equal, whatever the case and order of their fields', () => {
    const diff = diffRecords(answer('200 OK\r\nA: 1\r\nB: 2', 'x'), answer('200 OK\r\nb: 2\r\na: 1', 'x'));
    expect(diff).toMatchObject({ equal: true, status: null, headers: [], body: [], bodyKind: 'text' });
  });

  test('a status that changed', () => {
    expect(diffRecords(json({}), json({}, '500 Oops'))).toMatchObject({
      equal: false,
      status: { before: '200', after: '500', kind: 'changed' },
    });
  });

  test('header fields: changed, added, removed, and Date is noise', () => {
    const diff = diffRecords(answer('200 OK\r\nDate: a\r\nX-Old: 1\r\nVia: a'), answer('200 OK\r\nDate: b\r\nX-New: 1\r\nVia: b'));
    expect(diff.headers).toEqual([
      { path: 'date', kind: 'changed', before: 'a', after: 'b', noise: true },
      { path: 'x-old', kind: 'removed', before: '1', after: null, noise: false },
      { path: 'via', kind: 'changed', before: 'a', after: 'b', noise: false },
      { path: 'x-new', kind: 'added', before: null, after: '1', noise: false },
    ]);
  });

  test('JSON by path, with types', () => {
    const diff = diffRecords(
      json({ items: [{ id: 1, n: 'a' }], 'odd key': null, gone: 1 }),
      json({ items: [{ id: '1', n: 'a' }], 'odd key': 0, more: [] }),
    );
    expect(diff.bodyKind).toBe('json');
    expect(diff.body).toEqual([
      { path: '$.items[0].id', kind: 'changed', before: '1', after: '"1"', noise: false },
      { path: '$["odd key"]', kind: 'changed', before: 'null', after: '0', noise: false },
      { path: '$.gone', kind: 'removed', before: '1', after: null, noise: false },
      { path: '$.more', kind: 'added', before: null, after: '[]', noise: false },
    ]);
  });

  test('an element put at the front of a list is one difference', () => {
    const diff = diffRecords(json([1, 2, 3]), json([0, 1, 2, 3]));
    expect(diff.body).toEqual([{ path: '$[0]', kind: 'added', before: null, after: '0', noise: false }]);
    expect(diffRecords(json([1, 2, 3]), json([1, 3])).body).toEqual([
      { path: '$[1]', kind: 'removed', before: '2', after: null, noise: false },
    ]);
  });

  test('dates, times and ids are shown as noise, and noise alone leaves two answers equal', () => {
    const one = {
      at: '2026-11-20T09:00:00Z',
      epoch: 1_795_165_200,
      id: '0b4e7a4e-64a9-4d0c-9a3e-7a3c1a2b3c4d',
      trace: '4bf92f3577b34da6a3ce929d0e0e4736',
      n: 1,
    };
    const two = {
      at: '2026-11-20T09:00:01Z',
      epoch: 1_795_165_201,
      id: '1b4e7a4e-64a9-4d0c-9a3e-7a3c1a2b3c4d',
      trace: '5bf92f3577b34da6a3ce929d0e0e4736',
      n: 1,
    };
    const diff = diffRecords(json(one), json(two));
    expect(diff.body.map((difference) => [difference.path, difference.noise])).toEqual([
      ['$.at', true],
      ['$.epoch', true],
      ['$.id', true],
      ['$.trace', true],
    ]);
    expect(diff.equal).toBe(true);
    expect(diffRecords(json({ ...one, n: 2 }), json(two)).equal).toBe(false);
  });

  test('compares what was meant, not how it was packed', () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\r\n';
    const packed: PairRecord = { ...record(80, get), response: message(Buffer.from(head), gzipSync('{"a":1}')) };
    expect(diffRecords(json({ a: 1 }), packed).body).toEqual([]);
  });

  test('text by lines', () => {
    const diff = diffRecords(answer('200 OK', 'a\nb\nc'), answer('200 OK', 'a\nB\nc'));
    expect(diff.body).toEqual([
      { path: 'line 2', kind: 'removed', before: 'b', after: null, noise: false },
      { path: 'line 2', kind: 'added', before: null, after: 'B', noise: false },
    ]);
  });

  test('binary by its first differing byte, and a missing answer by its reason', () => {
    expect(diffRecords(answer('200 OK', '\0ab'), answer('200 OK', '\0axy')).body).toEqual([
      { path: 'byte 2', kind: 'changed', before: '3 bytes, 62 at 2', after: '4 bytes, 7879 at 2', noise: false },
    ]);
    const refused: PairRecord = { ...record(80, get), failure: { code: 'upstream-refused', detail: '' } };
    expect(diffRecords(answer('200 OK'), refused).status?.after).toBe('upstream-refused');
  });

  test('requests by start line, fields and body, when those are asked for', () => {
    expect(diffRecords(request('/a', '1', '{"n":1}'), request('/b', '2', '{"n":2}'), 'request')).toMatchObject({
      equal: false,
      status: { path: 'start line', before: 'POST /a HTTP/1.1', after: 'POST /b HTTP/1.1' },
      headers: [{ path: 'x-trace', before: '1', after: '2' }],
      body: [{ path: '$.n', before: '1', after: '2' }],
    });
    expect(diffRecords(request('/a', '1', 'x'), request('/a', '1', 'x'), 'request').equal).toBe(true);
  });

  test('lists a bounded number of differences and says that there are more', () => {
    const diff = diffRecords(json(Array.from({ length: 5_000 }, () => 1)), json(Array.from({ length: 5_000 }, () => 2)));
    expect(diff.truncated).toBe(true);
    expect(diff.body).toHaveLength(500);
  });
});
