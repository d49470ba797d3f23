import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Arrival } from '../../rrpair/arrivals.ts';
import type { Conversation } from '../../rrpair/conversation.ts';
import type { StoredStream } from '../conversation.ts';
import { type ParsedHeads, parseHeads } from '../http1/head.ts';
import { oneOf, pick, randomFrom } from '../http1/testing/random.ts';
import { conversationKind, conversationPage, streamReader } from '../streams.ts';
import { ProtoNames } from './names.ts';
import { plainMessages } from './plain.ts';
import { protobufJson, protobufText } from './protobuf.ts';
import { bodyStatus, callKind } from './status.ts';
import { all, answered, asked, envelope, heads, read, readerOf, streamOf } from './testing/calls.ts';

const ada = Buffer.from('\n\x03Ada\x10\x24');

function at(fromServer: boolean, bytes: number, ms: number): Arrival {
  return { fromServer, bytes, at: ms * 1000 };
}

function untimed({ messages, ...rest }: Conversation): unknown {
  return { ...rest, messages: messages.map((one) => ({ ...one, atMs: 0 })) };
}

test('messages are decompressed where they say so, and read by field numbers', () => {
  const page = read(streamOf({ request: Buffer.concat([envelope(gzipSync(ada), 1), envelope(ada)]), response: envelope(ada) }));
  expect(page.messages.map(({ from, preview }) => `${from} ${preview}`)).toEqual([
    'client 1: "Ada", 2: 36',
    'client 1: "Ada", 2: 36',
    'server 1: "Ada", 2: 36',
  ]);
  expect(page).toMatchObject({ total: 3, fromClient: 2, end: 'The server ended the call with OK.', problem: '' });
});

test('what comes live is listed in its order, with its times, before there is an answer', () => {
  const request = Buffer.concat([envelope(ada), envelope(ada)]);
  const response = envelope(ada);
  const arrivals = [at(false, 8, 1), at(false, 4, 2), at(true, 12, 3), at(false, 12, 4)];
  const reader = readerOf(asked, parseHeads(Buffer.alloc(0)));
  const seen = (open: StoredStream): string[] => {
    reader.readOn(open);
    return conversationPage(reader, open, all).messages.map(({ from, atMs }) => `${from} ${String(atMs)}`);
  };
  expect(seen(streamOf({ request: request.subarray(0, 8), arrivals: arrivals.slice(0, 1), open: true }, heads('')))).toEqual([]);
  expect(seen(streamOf({ request: request.subarray(0, 12), arrivals: arrivals.slice(0, 2), open: true }, heads('')))).toEqual([
    'client 1',
  ]);
  const order = ['client 1', 'server 3', 'client 4'];
  expect(seen(streamOf({ request, response, arrivals, open: true }))).toEqual(order);
  expect(seen(streamOf({ request, response, arrivals }))).toEqual(order);
});

test('what is cut off, broken or compressed in no known way is said', () => {
  expect(read(streamOf({ response: envelope(ada).subarray(0, 9) })).problem).toBe(
    'The server sent 9 bytes at the end that are no whole message.',
  );
  expect(read(streamOf({ response: envelope(ada).subarray(0, 9), responseCut: true })).problem).toBe(
    'What came later was not kept.',
  );
  expect(read(streamOf({ response: envelope(ada, 1) })).messages).toMatchObject([
    { problem: 'It is compressed, and nothing says how.', bad: true },
  ]);
  expect(read(streamOf({ request: envelope('no gzip', 1) })).messages).toMatchObject([{ bad: true, preview: 'no gzip' }]);
  const reset = { code: 'client-reset', detail: 'The client reset the stream (CANCEL).' } as const;
  expect(read(streamOf({ failure: reset }, heads('HTTP/2 200', 'content-type: application/grpc', ''))).end).toContain(
    'client reset',
  );
});

test('what is searched is what the messages say, up to a limit', () => {
  const headers = asked.final?.headers ?? [];
  const body = Buffer.concat([
    envelope(gzipSync('needle one'), 1),
    envelope('plain two'),
    envelope(gzipSync('x'.repeat(1_000)), 1),
  ]);
  expect(String(plainMessages(body, headers, 50))).toMatch(/^needle one\nplain two\nx+\n$/);
  expect(plainMessages(body, headers, 50).length).toBeLessThan(60);
});

describe('forms of a call', () => {
  test('gRPC-Web tells its status behind the messages', () => {
    const response = heads('HTTP/1.1 200 OK', 'Content-Type: application/grpc-web+proto', 'Transfer-Encoding: chunked', '');
    const end = envelope('grpc-status: 5\r\ngrpc-message: no%20user\r\n', 0x80);
    const body = Buffer.concat([envelope(ada), end]);
    const wire = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);
    const page = read(
      streamOf({ response: wire }, response),
      heads('POST /a.B/C HTTP/1.1', 'Content-Type: application/grpc-web+proto', ''),
      response,
    );
    expect(page.messages.map(({ kind, label, preview }) => [kind, label, preview])).toMatchObject([
      ['message', '', '1: "Ada", 2: 36'],
      ['trailers', 'NOT_FOUND', expect.stringContaining('grpc-status: 5')],
    ]);
    expect(page.end).toBe('The server ended the call with NOT_FOUND: no user.');
    expect(bodyStatus('grpc-web', body, '')).toEqual({ name: 'NOT_FOUND', message: 'no user', details: '' });
  });

  test('gRPC-Web in base64 is read as it comes, however often it is padded', () => {
    const type = 'content-type: application/grpc-web-text+proto';
    const request = heads('POST /a.B/C HTTP/2', type, '');
    const response = heads('HTTP/2 200', type, '');
    const beda = Buffer.from('\n\x04Beda\x10\x24');
    const end = envelope('grpc-status: 5\r\n', 0x80);
    const first = Buffer.from(envelope(beda).toString('base64'));
    const second = Buffer.from(Buffer.concat([envelope(beda), end]).toString('base64'));
    const wire = Buffer.concat([first, second]);
    expect(first.includes('=')).toBe(true);
    const whole = read(streamOf({ request: first, response: wire }, response), request, response);
    expect(whole.messages.map(({ from, kind, preview }) => [from, kind, preview])).toEqual([
      ['client', 'message', '1: "Beda", 2: 36'],
      ['server', 'message', '1: "Beda", 2: 36'],
      ['server', 'message', '1: "Beda", 2: 36'],
      ['server', 'trailers', 'grpc-status: 5\r\n'],
    ]);
    expect(whole.end).toContain('NOT_FOUND');
    for (let cut = 1; cut < wire.length; cut++) {
      const arrivals = [at(true, cut, 1), at(true, wire.length - cut, 2)];
      const page = read(streamOf({ response: wire, arrivals }, response), request, response);
      expect(
        page.messages.map(({ kind }) => kind),
        String(cut),
      ).toEqual(['message', 'message', 'trailers']);
      expect(page.messages[0]?.atMs).toBe(1 + Number(cut < 4));
    }
    expect(String(plainMessages(wire, response.final?.headers ?? [], 100))).toContain('Beda');
    for (const broken of ['=', '====', '=====A', '*', 'AA=A', 'AAAAA'])
      expect(() => read(streamOf({ response: Buffer.from(broken.repeat(50)) }, response), request, response)).not.toThrow();
  });

  test('Connect ends its streams with JSON', () => {
    const response = heads('HTTP/2 200', 'content-type: application/connect+json', '');
    const body = Buffer.concat([envelope('{"a":1}'), envelope('{"error":{"code":"resource_exhausted","message":"later"}}', 2)]);
    const page = read(
      streamOf({ response: body }, response),
      heads('POST /a.B/C HTTP/2', 'content-type: application/connect+json', ''),
      response,
    );
    expect(page.messages.map(({ kind, label, preview }) => [kind, label, preview])).toMatchObject([
      ['message', '', '{"a":1}'],
      ['end', 'RESOURCE_EXHAUSTED', expect.stringContaining('later')],
    ]);
    expect(bodyStatus('connect', envelope('{}', 2), '')).toEqual({ name: 'OK', message: '', details: '' });
  });

  test('Connect may compress that JSON too, and what cannot be read of it is no status', () => {
    const response = heads('HTTP/2 200', 'content-type: application/connect+json', 'connect-content-encoding: gzip', '');
    const ended = gzipSync('{"error":{"code":"not_found","message":"no user"}}');
    const request = heads('POST /a.B/C HTTP/2', 'content-type: application/connect+json', '');
    const page = read(streamOf({ response: envelope(ended, 3) }, response), request, response);
    expect(page.messages).toMatchObject([
      { kind: 'end', label: 'NOT_FOUND', preview: expect.stringContaining('no user') as string },
    ]);
    expect(page.end).toContain('NOT_FOUND: no user');
    expect(bodyStatus('connect', envelope(ended, 3), 'gzip')).toMatchObject({ name: 'NOT_FOUND' });
    for (const coding of ['', 'br', 'nonsense']) expect(bodyStatus('connect', envelope(ended, 3), coding)).toBeNull();
  });

  test('what only looks like one is none', () => {
    for (const type of ['application/grpcx', 'application/json', 'application/grpc-web-texts', 'application/proto', ''])
      expect(callKind(type)).toBeNull();
    const refused = heads('HTTP/2 404', 'content-type: text/html', '');
    expect(conversationKind(refused.final, asked.final)).toBeNull();
  });
});

describe('Protocol Buffers as text', () => {
  test.each([
    ['0896 01', '1: 150'],
    ['08ff ffff ffff ffff ffff 01', '1: 18446744073709551615'],
    ['1207 7465 7374 696e 67', '2: "testing"'],
    ['1a03 0896 01', '3: { 1: 150 }'],
    ['0d00 0020 41', '1: 10'],
    ['0918 2d44 54fb 2109 40', '1: 3.141592653589793'],
    ['2203 0000 80', '4: 0x000080'],
    ['0a00', '1: ""'],
    ['', ''],
  ])('%s', (hex, text) => {
    expect(protobufText(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 100)).toBe(text);
  });

  test.each(['08', '0a05 61', '00', '0b', '0f', 'ffff ffff ff0f'])('%s is none', (hex) => {
    expect(protobufText(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 100)).toBeNull();
  });

  test('messages within messages without end are bounded, and so is the text', () => {
    let nested = Buffer.from('0800', 'hex');
    for (let i = 0; i < 300; i++) nested = Buffer.concat([Buffer.of(0x0a), varint(nested.length), nested]);
    expect(protobufText(nested, 100)?.length).toBeLessThan(700);
    const wide = Buffer.concat(Array.from({ length: 100_000 }, () => Buffer.from('0896 01'.replace(' ', ''), 'hex')));
    expect(protobufText(wide, 300)?.length).toBeLessThan(350);
  });
});

function varint(value: number): Buffer {
  return value < 128 ? Buffer.of(value) : Buffer.of((value & 127) | 128, value >> 7);
}

test('broken bodies: nothing throws, the same whatever the pace', () => {
  const whole = Buffer.concat([envelope(ada), envelope(gzipSync(ada), 1), envelope('grpc-status: 0', 0x80), envelope('{}', 2)]);
  for (let seed = 1; seed <= 400; seed++) {
    const random = randomFrom(seed);
    const body = Buffer.from(whole);
    for (let times = pick(random, 5); times > 0; times--) body[pick(random, body.length)] = pick(random, 256);
    const type = oneOf(random, ['application/grpc', 'application/grpc-web', 'application/connect+proto']);
    const both = heads('POST / HTTP/2', `content-type: ${type}`, 'grpc-encoding: gzip', '');
    const response = heads('HTTP/2 200', `content-type: ${type}`, 'grpc-encoding: gzip', '');
    const arrivals: Arrival[] = [];
    for (let left = body.length; left > 0; ) {
      const bytes = Math.min(left, 1 + pick(random, 20));
      arrivals.push({ fromServer: true, bytes, at: 0 });
      left -= bytes;
    }
    const atOnce = read(streamOf({ response: body }, response), both, response);
    expect(untimed(read(streamOf({ response: body, arrivals }, response), both, response)), `seed ${seed}`).toEqual(
      untimed(atOnce),
    );
  }
});

describe('messages by the names of their fields', () => {
  const names = new ProtoNames([
    {
      messages: {
        'shop.User': [
          { number: 1, name: 'name', type: 'string' },
          { number: 2, name: 'kind', type: '.shop.Kind' },
          { number: 3, name: 'self', type: '.shop.User' },
          { number: 4, name: 'sizes', type: 'sint32', many: true },
          { number: 5, name: 'gone', type: '.shop.Gone' },
          { number: 6, name: 'any', type: '.google.protobuf.Any' },
          { number: 7, name: 'counts', type: '.shop.Kind', key: 'bool' },
          { number: 8, name: 'part', type: '.shop.User' },
        ],
      },
      enums: { 'shop.Kind': { '0': 'NONE', '1': 'SOME', '-1': 'LESS' } },
      methods: { 'shop.Users/Get': ['shop.User', 'shop.User'] },
    },
  ]);
  const type = names.message('shop.User');
  if (type === null) throw new Error('the type is not there');

  test.each([
    ['0a03 4164 61', 'name: "Ada"'],
    ['1001 1063', 'kind: 99'],
    ['10ff ffff ffff ffff ffff 01', 'kind: "LESS"'],
    ['1a05 0a03 4164 61', 'self: { name: "Ada" }'],
    ['2201 01 2003 2202 0402', 'sizes: [-1, -2, 2, 1]'],
    // Another version of the message: the type, or the field, is not that which was declared.
    ['0805 4a02 6869', '1: 5, 9: "hi"'],
    ['2a03 0896 01', 'gone: { 1: 150 }'],
    ['3a02 0801 3a00', 'counts: { true: "NONE", false: "NONE" }'],
    ['4b08 014c', '9: 0x0801'],
    ['430a 0141 44', 'part: { name: "A" }'],
    ['3206 0a02 2f78 1200', 'any: { type_url: "/x", value: "" }'],
    ['320c 0a0a 2f73 686f 702e 5573 6572', 'any: { @type: "/shop.User" }'],
  ])('%s', (hex, text) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    expect(protobufText(bytes, 200, { type, names })).toBe(text);
  });

  test('bytes that are no message are shown as they are', () => {
    const reader = streamReader('grpc', answered.final, asked.final, names);
    reader.readOn(streamOf({ request: envelope(Buffer.from('0b', 'hex')), response: envelope(ada) }));
    expect(reader.nameless).toBe(false);
    const read = reader.messages.map(({ facts, text, named }) => [facts, text, named?.()?.json]);
    expect(read).toEqual([
      [[], undefined, undefined],
      [[['Type', 'shop.User']], 'name: "Ada", kind: 36', '{"name":"Ada","kind":36}'],
    ]);
  });

  test('broken bytes: nothing throws, and what is shown stays bounded', () => {
    const whole = Buffer.from('0a034164611a050a034164612203010203320d0a0b2f73686f702e557365723a020801430a014144', 'hex');
    for (let seed = 1; seed <= 2_000; seed++) {
      const random = randomFrom(seed);
      const body = Buffer.from(whole);
      for (let times = 1 + pick(random, 4); times > 0; times--) body[pick(random, body.length)] = pick(random, 256);
      const json = protobufJson(body, { type, names })?.json;
      if (json !== undefined) expect(() => JSON.parse(json) as unknown, `seed ${String(seed)}`).not.toThrow();
      expect((protobufText(body, 100, { type, names }) ?? '').length).toBeLessThan(700);
    }
    let nested = Buffer.from('0a01', 'hex');
    for (let i = 0; i < 300; i++) nested = Buffer.concat([Buffer.of(0x1a), varint(nested.length), nested]);
    expect(() => protobufJson(nested, { type, names })).not.toThrow();
  });
});

describe('calls whose bodies are one message each', () => {
  const call = heads('POST /api/shop.Users/Get HTTP/1.1', 'Content-Type: application/proto', 'Content-Encoding: gzip', '');
  const names = new ProtoNames([
    {
      messages: { 'shop.User': [{ number: 1, name: 'name', type: 'string' }] },
      enums: {},
      methods: { 'shop.Users/Get': ['shop.User', 'shop.User'] },
    },
  ]);

  function readUnary(response: ParsedHeads, stream: Partial<StoredStream>): Conversation & { nameless: boolean } {
    expect(conversationKind(response.final, call.final)).toBe('grpc');
    const reader = streamReader('grpc', response.final, call.final, names);
    const stored = streamOf({ request: gzipSync(ada), ...stream }, response);
    reader.readOn({ ...stored, open: true, heads: { response: null, trailers: [] } });
    expect(reader.messages).toEqual([]);
    reader.readOn(stored);
    return conversationPage(reader, stored, all);
  }

  test('are read by name', () => {
    const page = readUnary(heads('HTTP/1.1 200 OK', 'Content-Type: application/proto', ''), { response: Buffer.from('\n\x02Bo') });
    expect(page.messages.map(({ from, preview }) => [from, preview])).toEqual([
      ['client', 'name: "Ada", 2: 36'],
      ['server', 'name: "Bo"'],
    ]);
    expect(page).toMatchObject({ nameless: false, end: 'The server answered with 200.', problem: '' });
  });

  test('errors are JSON, or anything else', () => {
    const json = readUnary(heads('HTTP/1.1 404 Not Found', 'Content-Type: application/json', ''), {
      response: Buffer.from('{"code":"not_found"}'),
    });
    expect(json.messages[1]).toMatchObject({ preview: '{"code":"not_found"}', facts: [] });
    const html = readUnary(heads('HTTP/1.1 502 Bad Gateway', 'Content-Type: text/html', ''), { response: Buffer.from('<html>') });
    expect(html.messages[1]).toMatchObject({ preview: '<html>', bad: false });
    const none = readUnary(parseHeads(Buffer.alloc(0)), { failure: { code: 'upstream-reset', detail: '' } });
    expect(none.messages).toHaveLength(1);
  });

  test.each(['POST /upload HTTP/1.1', 'GET /shop.Users/Get HTTP/1.1', 'POST /shop/Get HTTP/1.1'])('%s is none', (line) => {
    expect(conversationKind(null, heads(line, 'Content-Type: application/proto', '').final)).toBeNull();
  });
});

describe('bodies that say themselves which message they are', () => {
  const names = new ProtoNames([
    { messages: { 'shop.User': [{ number: 1, name: 'name', type: 'string' }] }, enums: {}, methods: {} },
  ]);
  const get = heads('GET /metrics HTTP/1.1', 'Host: a', '');

  function readDeclared(type: string, response: Buffer, known: ProtoNames | null = names): Conversation {
    const answer = heads('HTTP/1.1 200 OK', `Content-Type: ${type}`, '');
    expect(conversationKind(answer.final, get.final)).toBe('grpc');
    const reader = streamReader('grpc', answer.final, get.final, known);
    const stream = streamOf({ response }, answer);
    reader.readOn(stream);
    return conversationPage(reader, stream, all);
  }

  test.each([
    'application/x-protobuf; messageType="shop.User"',
    'application/protobuf;proto=.shop.User',
    'application/vnd.google.protobuf; charset=x; proto=shop.User; q=1',
    'application/x-google-protobuf; message=shop.User',
    'application/x-protobuf;charset=UTF-8\r\nX-Protobuf-Message: shop.User',
  ])('%s', (type) => {
    const page = readDeclared(type, ada);
    expect(page.messages.map(({ from, preview, facts }) => [from, preview, facts])).toEqual([
      ['server', 'name: "Ada", 2: 36', [['Type', 'shop.User']]],
    ]);
    expect(page).toMatchObject({ nameless: false, end: 'The server answered with 200.' });
  });

  test('several with their lengths in front are one each, and what is behind the last is said to be none', () => {
    const type = 'application/vnd.google.protobuf; proto=shop.User; encoding=delimited';
    const one = Buffer.concat([varint(ada.length), ada]);
    expect(readDeclared(type, Buffer.concat([one, one])).messages.map(({ preview }) => preview)).toEqual(
      Array(2).fill('name: "Ada", 2: 36'),
    );
    const broken = readDeclared(type, Buffer.concat([one, Buffer.of(9, 0xff)])).messages;
    expect(broken.map(({ preview }) => preview)).toEqual(['name: "Ada", 2: 36', '09 ff']);
    expect(readDeclared(type, Buffer.alloc(0)).total).toBe(0);
  });

  test('a message that nobody knows is read by numbers, and said to be without names', () => {
    for (const known of [names, null]) {
      const page = readDeclared('application/x-protobuf; messageType=shop.Order', ada, known);
      expect(page).toMatchObject({
        nameless: true,
        messages: [{ preview: '1: "Ada", 2: 36', facts: [['Declared', 'shop.Order']] }],
      });
    }
  });

  test.each(['application/x-protobuf', 'application/json; proto=shop.User', 'application/protobuf; proto=no/name'])(
    '%s is none',
    (type) => {
      expect(conversationKind(heads('HTTP/1.1 200 OK', `Content-Type: ${type}`, '').final, get.final)).toBeNull();
    },
  );
});
