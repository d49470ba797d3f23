import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { message, record } from '../../test/export/records.ts';
import { builtInMasker } from '../redact/mask.ts';
import { maskRecord } from '../redact/record.ts';
import { parseExact } from '../rrpair/exact-json.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import { Malformed } from './malformed.ts';
import { readMarkdown, rrpairMarkdown } from './rrpair-markdown.ts';
import { fromRRPair } from './rrpair-read.ts';
import { rrpairJson, toRRPair } from './rrpair-write.ts';

const context = { id: 1, source: 'import:test' };

/** As another tool may have written it: unknown fields everywhere, an order of its own, numbers that no double holds. */
const foreign = `{
  "msgType": "rrpair",
  "zeta": {"big": 12345678901234567890, "precise": 1.10, "list": [1.0, null, "x"]},
  "ts": "2024-01-15T14:31:25.250965123Z",
  "direction": "OUT",
  "uuid": "ulmIlm2UQPGyS9mPeN9+1w==",
  "duration": 42,
  "l7protocol": "http",
  "network_address": "internal-api.company.com:80",
  "command": "GET",
  "location": "/v1/users?limit=10&offset=0",
  "status": "200",
  "http": {
    "unknown": true,
    "req": {
      "method": "GET", "url": "/v1/users", "uri": "/v1/users?limit=10&offset=0", "version": "1.1",
      "host": "internal-api.company.com",
      "headers": {"Accept": ["a, b", "c\\\\d"], "Host": ["internal-api.company.com"], "authorization": ["Bearer token-1234567"]},
      "mystery": 1
    },
    "res": {
      "contentType": "application/json", "statusCode": 200, "statusMessage": "200 OK",
      "headers": {"Content-Type": ["application/json"], "Content-Length": ["16"]},
      "bodyBase64": "eyAgInRvdGFsIjogMiB9Cg=="
    }
  },
  "signature": {"http:host": "aW50ZXJuYWwtYXBpLmNvbXBhbnkuY29t", "http:url": "L3YxL3VzZXJz", "http:empty": ""},
  "tags": {"captureMode": "proxy", "n": "1"},
  "netinfo": {"id": "7", "downstream": {"bytesSent": "99999999999999999999"}},
  "session": "s", "notes": ["n"], "events": [{"e": 1}]
}`;

function compact(text: string): string {
  return JSON.stringify(parseExact(text));
}

function throughMarkdown(pair: ReturnType<typeof toRRPair>): string {
  return JSON.stringify(readMarkdown(rrpairMarkdown(pair)));
}

describe('an RRPair of another tool', () => {
  const read = fromRRPair(parseExact(foreign), context);

  test('is a pair like any other', () => {
    expect(Buffer.from(read.request.head).toString()).toBe(
      'GET /v1/users?limit=10&offset=0 HTTP/1.1\r\nAccept: a, b\r\nAccept: c\\\\d\r\nHost: internal-api.company.com\r\nauthorization: Bearer token-1234567\r\n\r\n'.replace(
        '\\\\',
        '\\',
      ),
    );
    expect(Buffer.from(read.response.head).toString()).toBe(
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n',
    );
    expect(Buffer.from(read.response.body).toString()).toBe('{  "total": 2 }\n');
    expect(read).toMatchObject({
      startedAtMicros: 1_705_329_085_250_965,
      timing: { responseEnd: 42_000 },
      connection: { direction: 'out', upstreamHost: 'internal-api.company.com', upstreamPort: 80, source: 'import:test' },
    });
  });

  test('comes out as it went in, byte for byte, as JSON and through Markdown', () => {
    expect(JSON.stringify(toRRPair(read, false))).toBe(compact(foreign));
    expect(throughMarkdown(toRRPair(read, false))).toBe(compact(foreign));
    const markdown = rrpairMarkdown(toRRPair(read, false));
    expect(rrpairMarkdown(toRRPair(fromRRPair(readMarkdown(markdown), context), false))).toBe(markdown);
  });

  test('loses its secrets and nothing else when it is masked', () => {
    const masked = toRRPair(maskRecord(read, builtInMasker).record, true);
    const expected = compact(foreign).replace('Bearer token-1234567', 'Bearer ***');
    const { signature, ...rest } = JSON.parse(JSON.stringify(masked)) as Record<string, unknown>;
    const { signature: before, ...others } = JSON.parse(expected) as Record<string, unknown>;
    expect(rest).toEqual(others);
    // Made anew from what is masked.
    expect(Object.keys(signature as object)).toEqual(expect.arrayContaining(['http:host', 'http:url']));
    expect(before).toBeDefined();
    expect(JSON.stringify(masked)).not.toContain('token-1234567');
  });

  test('for which we know no protocol is kept as it is', () => {
    const postgres =
      '{"msgType":"rrpair","ts":"2024-01-15T14:31:25Z","l7protocol":"postgres","direction":"OUT","network_address":"db:5432","command":"Query","location":"SELECT 1","status":"OK","postgres":{"rows":[[1.50]]}}';
    const pair = fromRRPair(parseExact(postgres), context);
    expect(pair).toMatchObject({
      summary: { command: 'Query', location: 'SELECT 1', status: 'OK' },
      connection: { protocol: 'tcp', upstreamPort: 5432 },
    });
    expect(JSON.stringify(toRRPair(pair, false))).toBe(postgres);
  });
});

const bodies: [string, Buffer][] = [
  ['compact JSON', Buffer.from('{"a":1.0,"b":[{"c":"é"}]}')],
  ['JSON with white space', Buffer.from('{ "a" : 1 }\n')],
  ['text with a fence', Buffer.from('a\n```\nb')],
  ['text', Buffer.from('line one\n\n\nline two\n')],
  ['text with carriage returns', Buffer.from('a\r\nb\rc')],
  ['a heading', Buffer.from('### RESPONSE ###\nx')],
  ['bytes', Buffer.from([0, 255, 254, 10, 96, 96, 96])],
  ['a byte order mark', Buffer.from('\uFEFF{"a":1}')],
  ['deeply nested JSON', Buffer.from('['.repeat(2_000) + ']'.repeat(2_000))],
  ['nothing', Buffer.alloc(0)],
];

describe('a captured pair', () => {
  test.each(bodies)('with %s survives JSON and Markdown', (_, body) => {
    const captured: PairRecord = {
      ...record(80, 'POST /x HTTP/1.1\r\nHost: a.example\r\nX-Odd`: 1\r\nX-Same: a\r\nx-same: b\r\nX-Same: c, d\r\n\r\n', body),
      response: message(Buffer.from('HTTP/1.1 200 Fine and: well\r\nX: \\,\r\n\r\n'), body),
    };
    const pair = toRRPair(captured, false);
    expect(throughMarkdown(pair)).toBe(JSON.stringify(pair));
    const back = fromRRPair(parseExact(rrpairJson(pair)), context);
    expect(Buffer.from(back.request.body).equals(body)).toBe(true);
    expect(Buffer.from(back.response.body).equals(body)).toBe(true);
    expect(back).toMatchObject({ startedAtMicros: captured.startedAtMicros, timing: captured.timing, failure: null });
    expect(rrpairJson(toRRPair(back, false))).toBe(rrpairJson(pair));
  });

  test('that is compressed is written decoded, without the header that says otherwise', () => {
    const captured: PairRecord = {
      ...record(80, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
      response: message(Buffer.from('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n'), gzipSync('hello')),
    };
    expect(toRRPair(captured, false)).toMatchObject({ http: { res: { body: 'hello', headers: {} } } });
  });
});

test('what a person changes in the sections overrides INTERNAL', () => {
  const markdown = rrpairMarkdown(toRRPair(fromRRPair(parseExact(foreign), context), false));
  const changed = readMarkdown(
    markdown
      .replace('GET http://internal-api.company.com/v1/users?limit=10&offset=0', 'POST http://internal-api.company.com/v2')
      .replace('200 OK', '503 Oh no')
      .replace('"total": 2', '"total": 3')
      .replace('duration: 42ms', 'duration: 7ms')
      .replace('direction: OUT', 'direction: IN'),
  );
  expect(changed).toMatchObject({
    command: 'POST',
    location: '/v2',
    status: '503',
    duration: 7,
    direction: 'IN',
    http: { unknown: true, req: { method: 'POST', uri: '/v2', url: '/v2', mystery: 1 }, res: { statusCode: 503 } },
  });
  const res = fromRRPair(changed, context).response;
  expect(Buffer.from(res.body).toString()).toBe('{"total":3}');
});

describe('malformed files are refused with the reason', () => {
  const broken: [string, string][] = [
    ['[]', 'no JSON object'],
    ['{"msgType":"other"}', 'msgType'],
    ['{"msgType":"rrpair"}', 'ts is no time'],
    ['{"msgType":"rrpair","ts":"2024-13-99T99:99:99Z"}', 'ts is no time'],
    ['{"msgType":"rrpair","ts":"2024-01-01T00:00:00Z","http":{"req":{"method":"G T"}}}', 'no method'],
    ['{"msgType":"rrpair","ts":"2024-01-01T00:00:00Z","http":{"req":{"method":"GET","headers":[1]}}}', 'headers'],
    ['{"msgType":"rrpair","ts":"2024-01-01T00:00:00Z","http":{"req":{"method":"GET","bodyBase64":"***"}}}', 'base64'],
    ['{"msgType":"rrpair","ts":"2024-01-01T00:00:00Z","http":{"req":{"method":"GET"},"res":{"statusCode":"x1"}}}', 'status code'],
  ];
  test.each(broken)('%s', (text, reason) => {
    expect(() => fromRRPair(parseExact(text), context)).toThrow(Malformed);
    expect(() => fromRRPair(parseExact(text), context)).toThrow(reason);
  });

  test.each([
    ['# readme', 'REQUEST'],
    ['### REQUEST ###\n```\nGET http://a/ HTTP/1.1\n', 'no end'],
    ['### REQUEST ###\n```\nnonsense\n```\n', 'request line'],
    ['### REQUEST ###\n```\nGET http://a/ HTTP/1.1\nno colon\n```\n', 'colon'],
    ['### REQUEST ###\n```\nGET http://a/ HTTP/1.1\n```\n### INTERNAL - DO NOT MODIFY ###\n```\njson: {"a":\n```\n', 'INTERNAL'],
  ])('%j', (text, reason) => {
    expect(() => readMarkdown(text)).toThrow(reason);
  });
});

test('a head cannot be broken out of', () => {
  const hostile = {
    msgType: 'rrpair',
    ts: '2024-01-01T00:00:00Z',
    http: {
      req: {
        method: 'GET',
        uri: '/a b\r\nX: 1',
        host: 'h\r\nEvil: 1',
        headers: { 'A\r\nB: 1': ['v\r\nC: 2'], ['__proto__']: ['x'] },
      },
      res: { statusCode: 200, statusMessage: 'OK\r\n\r\nbody', headers: {} },
    },
  };
  const { request, response } = fromRRPair(parseExact(JSON.stringify(hostile)), context);
  const lines = Buffer.from(request.head).toString().split('\r\n');
  expect(lines[0]).toBe('GET /a%20b%0D%0AX:%201 HTTP/1.1');
  expect(lines.filter((line) => /^(?:X|B): 1/.test(line))).toEqual([]);
  expect(Buffer.from(response.head).toString().split('\r\n\r\n')).toHaveLength(2);
});
