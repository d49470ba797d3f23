import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { SidetapError } from '../../proxy-core/errors.ts';
import { harDocument, harEntryText } from '../../proxy-core/export/har.ts';
import { recordedRequest } from '../../proxy-core/export/request.ts';
import { limits } from '../../proxy-core/limits.ts';
import type { PairRecord } from '../../proxy-core/rrpair/pair.ts';
import { frame } from '../../proxy-core/wire/websocket/testing/frames.ts';
import { connectionTo, message, record } from './records.ts';

const entryHere = async (pair: PairRecord, reveal: boolean): Promise<Uint8Array> => harEntryText(pair, reveal);

/** HAR 1.2 as the specification has it: required members, types, and nothing unknown unless it begins with `_`. */
const custom = (name: string): boolean => name.startsWith('_');
function strict<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .object(shape)
    .loose()
    .refine((value) => Object.keys(value).every((key) => key in shape || custom(key)), { message: 'unknown member' });
}
const nameValue = strict({ name: z.string(), value: z.string() });
const cookie = strict({
  name: z.string(),
  value: z.string(),
  path: z.string().optional(),
  domain: z.string().optional(),
  expires: z.iso.datetime().optional(),
  httpOnly: z.boolean().optional(),
  secure: z.boolean().optional(),
});
const time = z.number().min(-1);
const har = strict({
  log: strict({
    version: z.literal('1.2'),
    creator: strict({ name: z.string(), version: z.string() }),
    pages: z.array(z.never()),
    entries: z.array(
      strict({
        startedDateTime: z.iso.datetime(),
        time: z.number().min(0),
        request: strict({
          method: z.string(),
          url: z.url(),
          httpVersion: z.string(),
          cookies: z.array(cookie),
          headers: z.array(nameValue),
          queryString: z.array(nameValue),
          postData: strict({ mimeType: z.string(), text: z.string().optional(), params: z.array(nameValue).optional() }).optional(),
          headersSize: z.number().int(),
          bodySize: z.number().int(),
        }),
        response: strict({
          status: z.number().int(),
          statusText: z.string(),
          httpVersion: z.string(),
          cookies: z.array(cookie),
          headers: z.array(nameValue),
          content: strict({
            size: z.number().int(),
            compression: z.number().int().optional(),
            mimeType: z.string(),
            text: z.string().optional(),
            encoding: z.literal('base64').optional(),
            comment: z.string().optional(),
          }),
          redirectURL: z.string(),
          headersSize: z.number().int(),
          bodySize: z.number().int(),
        }),
        cache: strict({}),
        timings: strict({
          blocked: time,
          dns: time,
          connect: time,
          send: z.number().min(0),
          wait: z.number().min(0),
          receive: z.number().min(0),
          ssl: time,
        }),
        serverIPAddress: z.string().optional(),
        connection: z.string().optional(),
      }),
    ),
  }),
});

async function exportHar(records: readonly PairRecord[], reveal = true): Promise<z.infer<typeof har>> {
  const byId = new Map(records.map((one) => [one.id, one]));
  const reader = {
    record: (id: number): Promise<PairRecord> => {
      const found = byId.get(id);
      return found === undefined ? Promise.reject(new Error(`no pair ${String(id)}`)) : Promise.resolve(found);
    },
  };
  let text = '';
  for await (const piece of harDocument(reader, [...byId.keys()], { reveal, total: records.length, version: '0.0.0' }, entryHere))
    text += piece.text;
  return har.parse(JSON.parse(text));
}

const get = 'GET /v1/users?limit=10&q=a%20b HTTP/1.1\r\nHost: api.example\r\nCookie: a=b; c=d\r\n\r\n';

describe('a HAR document', () => {
  test('without pairs is valid', async () => {
    expect((await exportHar([])).log.entries).toEqual([]);
  });

  test('shows request and response, bodies decoded', async () => {
    const zipped = gzipSync('{"total":2,"text":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}');
    const head =
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nSet-Cookie: s=1; Path=/; HttpOnly; Expires=Fri, 20 Nov 2026 09:00:00 GMT\r\n\r\n';
    const one = record(80, get, Buffer.alloc(0), head);
    const { log } = await exportHar([{ ...one, response: message(Buffer.from(head), zipped) }]);
    const entry = log.entries[0];
    expect(entry?.request.url).toBe('http://api.example/v1/users?limit=10&q=a%20b');
    expect(entry?.request.queryString).toEqual([
      { name: 'limit', value: '10' },
      { name: 'q', value: 'a b' },
    ]);
    expect(entry?.request.cookies).toHaveLength(2);
    expect(entry?.response.content).toMatchObject({ size: 71, text: expect.stringContaining('"total":2') });
    expect(entry?.response.cookies).toEqual([
      { name: 's', value: '1', path: '/', httpOnly: true, expires: '2026-11-20T09:00:00.000Z' },
    ]);
    expect(entry?.startedDateTime).toBe('2026-11-20T09:00:00.000Z');
    expect(entry?.timings).toMatchObject({ send: 0.01, wait: 0.99, receive: 1 });
  });

  test('holds chunked and binary bodies, forms, failures, and leaves connections out', async () => {
    const chunked = record(
      80,
      'POST /f HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n',
      Buffer.from('7\r\na=1&b=2\r\n0\r\n\r\n'),
    );
    const binary = {
      ...record(80, get, Buffer.alloc(0)),
      id: 8,
      response: message(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), Buffer.from([0xff, 0xfe])),
    };
    const failed: PairRecord = {
      ...record(80, get),
      id: 9,
      failure: { code: 'upstream-refused', detail: 'ECONNREFUSED' },
      timing: { requestEnd: 5, responseStart: -1, responseEnd: -1 },
    };
    const connection: PairRecord = {
      ...record(80, ''),
      id: 10,
      summary: { command: 'CONNECTION', location: 'x', status: 'closed' },
    };
    const { log } = await exportHar([chunked, binary, failed, connection]);
    expect(log.entries.map((entry) => entry['_id'])).toEqual([7, 8, 9]);
    expect(log.entries[0]?.request.postData).toEqual({
      mimeType: 'application/x-www-form-urlencoded',
      text: 'a=1&b=2',
      params: [
        { name: 'a', value: '1' },
        { name: 'b', value: '2' },
      ],
    });
    expect(log.entries[1]?.response.content).toMatchObject({ text: '//4=', encoding: 'base64' });
    expect(log.entries[2]?.response).toMatchObject({ status: 0, _error: 'upstream-refused' });
  });

  test('holds the messages of a WebSocket, and no bodies for it', async () => {
    const upgrade = record(
      80,
      'GET /chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n',
      frame({ payload: 'hi', masked: true }),
    );
    const response = message(
      Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'),
      frame({ op: 2, payload: Buffer.from([0, 255]) }),
    );
    const { log } = await exportHar([{ ...upgrade, response }]);
    const [entry] = log.entries;
    expect(entry?.request.postData).toBeUndefined();
    expect(entry?.response).toMatchObject({ bodySize: 0, content: { size: 0 } });
    expect(entry?.['_webSocketMessages']).toMatchObject([
      { type: 'send', opcode: 1, data: 'hi' },
      { type: 'receive', opcode: 2, data: 'AP8=' },
    ]);
    expect(recordedRequest({ ...upgrade, response }).body).toHaveLength(0);
  });

  test('leaves out pairs that are deleted while it is made', async () => {
    const gone = new SidetapError('pair-not-found', 'There is no pair 2.');
    const reader = { record: (id: number) => (id === 2 ? Promise.reject(gone) : Promise.resolve({ ...record(80, get), id })) };
    let text = '';
    let done = 0;
    const options = { reveal: true, total: 3, version: '0.0.0' };
    for await (const piece of harDocument(reader, [1, 2, 3], options, entryHere)) {
      text += piece.text;
      ({ done } = piece);
    }
    expect(har.parse(JSON.parse(text)).log.entries).toHaveLength(2);
    expect(done).toBe(3);
  });

  test('comes in pieces that a message can carry, and no character is cut in two', async () => {
    const text = `x${'\u{1f600}'.repeat(limits.exportPieceChars)}`;
    const large = {
      ...record(80, get),
      response: message(Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n'), Buffer.from(text)),
    };
    const bytes: Buffer[] = [];
    const reader = { record: () => Promise.resolve(large) };
    for await (const piece of harDocument(reader, [7], { reveal: true, total: 1, version: '0.0.0' }, entryHere)) {
      expect(piece.text.length).toBeLessThanOrEqual(limits.exportPieceChars);
      bytes.push(Buffer.from(piece.text));
    }
    const { log } = har.parse(JSON.parse(Buffer.concat(bytes).toString()));
    expect(log.entries[0]?.response.content.text).toBe(text);
  });

  test('holds the beginning of a bomb, and says so', async () => {
    const bomb = {
      ...record(80, get),
      response: message(
        Buffer.from('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n'),
        gzipSync(Buffer.alloc(2 * limits.exportedBodyBytes)),
      ),
    };
    const { log } = await exportHar([bomb]);
    expect(log.entries[0]).toMatchObject({
      _bodyTruncated: true,
      response: { content: { comment: expect.stringMatching(/left out/) as string } },
    });
    expect(log.entries[0]?.response.content.size).toBeLessThanOrEqual(limits.exportedBodyBytes);
  });

  test('masks secrets unless they are asked for', async () => {
    const secret = record(
      443,
      'GET /?token=tok_123456789 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer abcdefgh12345\r\n\r\n',
      Buffer.alloc(0),
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"access_token":"zzzzzzzzzzzz"}',
      {
        connection: connectionTo(443, { protocol: 'https' }),
      },
    );
    expect(JSON.stringify(await exportHar([secret], false))).not.toMatch(/tok_123456789|abcdefgh12345|zzzzzzzzzzzz/);
    expect(JSON.stringify(await exportHar([secret], true))).toMatch(/tok_123456789.*abcdefgh12345.*zzzzzzzzzzzz/);
  });
});
