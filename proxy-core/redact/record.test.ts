import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { message, record } from '../../test/export/records.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import { parseHeads } from '../wire/http1/head.ts';
import { readBody } from '../wire/read-body.ts';
import { builtInMasker } from './mask.ts';
import { maskRecord } from './record.ts';

const head = (text: string): Buffer => Buffer.from(text.replaceAll('\n', '\r\n'));

function masked(pair: PairRecord): PairRecord {
  return maskRecord(pair, builtInMasker).record;
}

test('a pair without secrets stays byte for byte', () => {
  const body = gzipSync('{"a":1}');
  const pair = record(80, 'GET /x?page=2 HTTP/1.1\r\nhost:  a\r\n X: folded\r\n\r\n');
  const response = message(head('HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\nContent-Encoding: gzip\n\n'), body);
  const out = masked({ ...pair, response });
  expect(Buffer.from(out.request.head).equals(pair.request.head)).toBe(true);
  expect(out.response).toEqual(response);
});

test('a compressed, chunked body with a secret is written plain, and its head says so', () => {
  const zipped = gzipSync('{"password":"hunter22","other":"hunter22!"}');
  const chunked = Buffer.concat([Buffer.from(`${zipped.length.toString(16)}\r\n`), zipped, Buffer.from('\r\n0\r\nX-T: 1\r\n\r\n')]);
  const pair = {
    ...record(80, 'POST / HTTP/1.1\r\nHost: a\r\nX-Trace: hunter22\r\n\r\n'),
    response: message(
      head(
        'HTTP/1.1 103 Early Hints\nLink: x\n\nHTTP/1.1 200 OK\nContent-Encoding: gzip\nServer: s\nTransfer-Encoding: chunked\nTrailer: X-T\n\n',
      ),
      chunked,
    ),
  };
  const { request, response } = masked(pair);
  const { final, interim } = parseHeads(response.head);
  expect(final?.headers).toEqual([
    ['Server', 's'],
    ['Content-Length', String(response.body.length)],
  ]);
  expect(interim).toHaveLength(1);
  expect(Buffer.from(readBody(response.body, final?.headers ?? [], 'decoded').bytes).toString()).toBe(
    '{"password":"***","other":"***!"}',
  );
  expect(response.wireBytes).toBe(response.body.length);
  // The same value in the other message.
  expect(Buffer.from(request.head).toString()).toContain('X-Trace: ***');
});

test('only the values of a head change, however it is laid out', () => {
  const pair = record(80, 'GET /a?token=abc HTTP/1.1\nauthorization :\tBearer xyz\nX: 1\r\n y\r\ncookie:a=b;  c=d\r\n\r\n');
  expect(Buffer.from(masked(pair).request.head).toString()).toBe(
    'GET /a?token=*** HTTP/1.1\nauthorization :\tBearer ***\nX: 1\r\n y\r\ncookie:a=***;  c=***\r\n\r\n',
  );
});

test('rows without a head, failures, and what a file said are masked too', () => {
  const sql = "UPDATE users SET password = 'correct horse' WHERE id = 1";
  const text = JSON.stringify({
    msgType: 'rrpair',
    l7protocol: 'postgres',
    location: sql,
    signature: { 'postgres:query': Buffer.from(sql).toString('base64') },
    extra: { apiKey: 'k-123', note: 'correct horse', n: 1 },
  });
  const pair: PairRecord = {
    ...record(80, ''),
    summary: { command: 'Query', location: sql, status: 'OK' },
    failure: { code: 'upstream-reset', detail: 'at https://u:p@db/' },
    imported: { format: 'rrpair', text },
  };
  const out = masked(pair);
  expect(out.summary?.location).toBe("UPDATE users SET password = '***' WHERE id = 1");
  const read = JSON.parse(out.imported?.text ?? '') as { signature: Record<string, string>; extra: unknown };
  expect(read.extra).toEqual({ apiKey: '***', note: '***', n: 1 });
  expect(Buffer.from(read.signature['postgres:query'] ?? '', 'base64').toString()).toBe(
    "UPDATE users SET password = '***' WHERE id = 1",
  );
});

test('the checksum of a body that was cut off does not tell what was masked in it', () => {
  const pair = record(80, 'POST / HTTP/1.1\r\nHost: a\r\n\r\n');
  const request = {
    ...message(pair.request.head, Buffer.from('{"token":"abcdefgh","x":"')),
    truncated: true,
    wireBytes: 900,
    crc32: 77,
  };
  const out = masked({ ...pair, request });
  expect(out.request).toMatchObject({ truncated: true, wireBytes: 900, crc32: 0 });
});
