import { describe, expect, test } from 'vitest';
import { limits } from '../../limits.ts';
import { client, ends, server } from '../testing/dialogue.ts';
import { dialogue, run } from './testing/dialogue.ts';
import {
  data,
  END_HEADERS,
  END_STREAM,
  fields,
  frame,
  get,
  goAway,
  headers,
  hello,
  ok,
  PADDED,
  PRIORITY,
  post,
  reset,
  settings,
  settingsAck,
} from './testing/frames.ts';

const getHead = 'GET / HTTP/2\r\n:scheme: http\r\n:authority: a\r\n\r\n';
const okHead = 'HTTP/2 200\r\n\r\n';

describe('messages', () => {
  dialogue(
    'a request without a body, and its answer',
    [server(settings), client(hello, get(1)), server(settingsAck, ok(1)), server(data(1, 'hel'), data(1, 'lo', END_STREAM))],
    [{ request: getHead, requestEnded: true, response: okHead, responseBody: 'hello', end: 'ended', times: [1, 2, 3] }],
  );

  dialogue(
    'fields stay in their order, with their duplicates; what the first line says is not said again',
    [
      client(hello, get(1, '/x?y=1', ['cookie', 'a=1'], ['x-b', ''], ['cookie', 'b=2'], ['x-a', ' sp '])),
      server(
        headers(
          1,
          [
            [':status', '204'],
            ['set-cookie', 'a'],
            ['set-cookie', 'b'],
          ],
          END_STREAM,
        ),
      ),
    ],
    [
      {
        request: 'GET /x?y=1 HTTP/2\r\n:scheme: http\r\n:authority: a\r\ncookie: a=1\r\nx-b: \r\ncookie: b=2\r\nx-a:  sp \r\n\r\n',
        response: 'HTTP/2 204\r\nset-cookie: a\r\nset-cookie: b\r\n\r\n',
        end: 'ended',
      },
    ],
  );

  dialogue(
    'streams that are told in turns, and end in another order',
    [
      client(hello, post(1, '/1'), get(3, '/3'), data(1, 'a')),
      server(ok(3), data(3, 'x')),
      client(data(1, 'b', END_STREAM)),
      server(ok(1), data(3, 'y', END_STREAM), data(1, '', END_STREAM)),
    ],
    [
      { requestBody: 'ab', response: okHead, responseBody: '', end: 'ended', times: [0, 3, 3] },
      { responseBody: 'xy', end: 'ended', times: [0, 1, 3] },
    ],
  );

  dialogue(
    'padding is no part of a body, nor priority of a head',
    [
      client(
        hello,
        frame(
          1,
          END_HEADERS | PADDED | PRIORITY,
          1,
          Buffer.concat([
            Buffer.of(3, 0, 0, 0, 0, 16),
            fields([':method', 'POST'], [':path', '/'], [':scheme', 'http']),
            Buffer.alloc(3),
          ]),
        ),
        data(1, '\x02body\0\0', PADDED),
        data(1, '\x01\0', PADDED | END_STREAM),
      ),
      server(ok(1, END_STREAM)),
    ],
    [{ request: 'POST / HTTP/2\r\n:scheme: http\r\n\r\n', requestBody: 'body', end: 'ended' }],
  );

  dialogue(
    'interim answers, a head in CONTINUATIONs, trailers of both sides',
    [
      client(hello, post(1), data(1, 'x'), headers(1, [['digest', 'q']], END_STREAM)),
      server(
        headers(1, [
          [':status', '103'],
          ['link', '</a>'],
        ]),
      ),
      server(
        frame(1, 0, 1, fields([':status', '200'])),
        frame(9, 0, 1, fields(['a', '1']).subarray(0, 3)),
        frame(9, 0, 1),
        frame(9, END_HEADERS, 1, fields(['a', '1']).subarray(3)),
      ),
      server(data(1, 'y'), headers(1, [['grpc-status', '0']], END_STREAM)),
    ],
    [
      {
        request: 'POST / HTTP/2\r\n:scheme: http\r\n:authority: a\r\n\r\ndigest: q\r\n\r\n',
        requestBody: 'x',
        response: 'HTTP/2 103\r\nlink: </a>\r\n\r\nHTTP/2 200\r\na: 1\r\n\r\ngrpc-status: 0\r\n\r\n',
        responseBody: 'y',
        end: 'ended',
        times: [0, 1, 3],
      },
    ],
  );

  dialogue(
    'a response that is complete before its request ends when that does',
    [client(hello, post(1), data(1, 'x')), server(ok(1, END_STREAM)), client(data(1, 'y', END_STREAM))],
    [{ requestBody: 'xy', response: okHead, end: 'ended', times: [0, 1, 1] }],
  );

  dialogue(
    'or when the server wants no more of it',
    [client(hello, post(1), data(1, 'x')), server(ok(1, END_STREAM), reset(1, 0)), client(data(1, 'y'))],
    [{ requestBody: 'x', requestEnded: false, end: 'ended' }],
  );

  dialogue(
    'what the server pushes is asked by its promise',
    [
      client(hello, get(1)),
      server(
        frame(5, END_HEADERS, 1, Buffer.concat([Buffer.of(0, 0, 0, 2), fields([':method', 'GET'], [':path', '/style.css'])])),
        ok(1, END_STREAM),
        ok(2),
        data(2, 'body', END_STREAM),
      ),
    ],
    [
      { end: 'ended' },
      {
        request: 'GET /style.css HTTP/2\r\n\r\n',
        requestEnded: true,
        response: okHead,
        responseBody: 'body',
        context: '{"promisedWith":{"method":"GET","path":"/"}}',
        end: 'ended',
      },
    ],
  );

  dialogue(
    'frames that nobody knows, and those that say nothing of messages, pass',
    [
      client(hello, frame(2, 0, 1, '12345'), get(1), frame(8, 0, 0, '\0\0\x10\0'), frame(0xfa, 0xff, 1, 'greasy')),
      server(frame(6, 0, 0, '12345678'), frame(10, 0, 0, 'altsvc'), ok(1), frame(6, 1, 0, '12345678'), data(1, '', END_STREAM)),
    ],
    [{ end: 'ended' }],
  );

  dialogue(
    'a tunnel',
    [
      client(
        hello,
        headers(1, [
          [':method', 'CONNECT'],
          [':authority', 'db:5432'],
        ]),
        data(1, 'ping'),
      ),
      server(ok(1), data(1, 'pong', END_STREAM)),
      client(data(1, '', END_STREAM)),
    ],
    [{ request: 'CONNECT db:5432 HTTP/2\r\n:authority: db:5432\r\n\r\n', requestBody: 'ping', responseBody: 'pong', end: 'ended' }],
  );
});

describe('ends', () => {
  dialogue(
    'a stream that the client gives up, with its code; the others go on',
    [client(hello, get(1), get(3)), server(ok(1), data(1, 'x')), client(reset(1, 8)), server(data(1, 'late'), ok(3, END_STREAM))],
    [{ end: 'client-reset', detail: 'The client reset the stream (CANCEL).', responseBody: 'x' }, { end: 'ended' }],
  );

  dialogue(
    'a stream that the server refuses',
    [client(hello, get(1)), server(reset(1, 7))],
    [{ end: 'upstream-reset', detail: 'The server reset the stream (REFUSED_STREAM).', times: [0, -1, 1] }],
  );

  dialogue(
    'a header list for a stream that is gone still counts for the table',
    [
      client(hello, get(1), get(3), reset(1, 8)),
      server(
        // `x: y`, literal with indexing, and then by its index.
        frame(1, END_HEADERS, 1, Buffer.from('\x88\x40\x01x\x01y', 'latin1')),
        frame(1, END_HEADERS | END_STREAM, 3, Buffer.from('\x88\xbe', 'latin1')),
      ),
    ],
    [{ end: 'client-reset' }, { response: 'HTTP/2 200\r\nx: y\r\n\r\n', end: 'ended' }],
  );

  dialogue(
    'a server that goes away has not looked at what came last',
    [client(hello, get(1), get(3)), server(goAway(1, 11, 'too_many_pings')), server(ok(1)), ends('server')],
    [
      {
        end: 'upstream-closed-early',
        detail:
          'The server closed the connection before the answer was complete. Before that the server said GOAWAY: ENHANCE_YOUR_CALM, “too_many_pings”.',
        times: [0, 2, 3],
      },
      {
        end: 'upstream-closed-early',
        detail: 'The server went away (GOAWAY: ENHANCE_YOUR_CALM, “too_many_pings”) without having looked at this request.',
        times: [0, -1, 1],
      },
    ],
  );

  dialogue(
    'of the connection: what is answered is over, the rest is not',
    [client(hello, post(1), get(3), get(5)), server(ok(1, END_STREAM), ok(3)), ends('client', 'reset'), ends('server', 'reset')],
    [{ end: 'ended', times: [0, 1, 1] }, { end: 'client-reset' }, { end: 'client-reset' }],
  );

  dialogue(
    'of the client’s half: answers still come',
    [client(hello, get(1)), ends('client'), server(ok(1, END_STREAM)), ends('server')],
    [{ end: 'ended' }],
  );

  dialogue(
    'of the capture',
    [client(hello, get(1)), ends('client', 'stopped'), ends('server', 'stopped')],
    [{ end: 'capture-stopped' }],
  );
});

function bad(name: string, list: readonly (readonly [string, string])[], request: string): void {
  dialogue(
    name,
    [client(hello, headers(1, list, END_STREAM), get(3)), server(ok(1, END_STREAM), ok(3, END_STREAM))],
    [{ request, end: 'malformed-message' }, { end: 'ended' }],
  );
}

describe('messages that are none cost their stream, and no other', () => {
  bad('no method', [[':path', '/']], ' / HTTP/2\r\n\r\n');
  bad('no path', [[':method', 'GET']], 'GET  HTTP/2\r\n\r\n');
  bad(
    'two paths',
    [
      [':method', 'GET'],
      [':path', '/a'],
      [':path', '/b'],
    ],
    'GET /a HTTP/2\r\n:path: /b\r\n\r\n',
  );
  bad(
    'a pseudo-header field behind others',
    [
      [':method', 'GET'],
      ['a', 'b'],
      [':path', '/'],
    ],
    'GET / HTTP/2\r\na: b\r\n\r\n',
  );
  bad(
    'lines smuggled into a value, a name and the path',
    [
      [':method', 'GET'],
      [':path', '/\r\nx: y'],
      ['a', '1\r\nb: 2\r\n\r\nGET /'],
      ['c: d\r\ne', 'f'],
    ],
    'GET /  x: y HTTP/2\r\na: 1  b: 2    GET /\r\nc_ d__e: f\r\n\r\n',
  );

  dialogue(
    'a body before the head, an answer without a status, an end without an answer, a second end',
    [
      client(hello, get(1), get(3), get(5), get(7)),
      server(data(1, 'x'), headers(3, [['a', 'b']]), data(5, '', END_STREAM), headers(7, [[':status', '100']], END_STREAM)),
    ],
    [1, 3, 5, 7].map(() => ({ end: 'malformed-message' as const })),
  );

  test('a head that is too large', () => {
    const large = Array.from({ length: 9 }, (_, i): [string, string] => [`x${i}`, 'v'.repeat(120_000)]);
    const list = fields([':method', 'GET'], [':path', '/'], ...large);
    const sent = [frame(1, END_STREAM, 1, list.subarray(0, 900_000)), frame(9, END_HEADERS, 1, list.subarray(900_000))];
    const { told, problem } = run([client(hello, ...sent, get(3)), server(ok(3, END_STREAM))]);
    expect(told).toMatchObject([{ end: 'head-too-large' }, { end: 'ended' }]);
    expect(problem).toBe('');
  });

  test('a head that is small on the wire, and large when it is unpacked', () => {
    // One entry of 4,000 bytes, and 1,000 times its index.
    const bomb = Buffer.concat([
      fields([':method', 'GET'], [':path', '/']),
      Buffer.of(0x40, 1, 0x78, 0x7f, 0xa1, 0x1e),
      Buffer.alloc(4_000, 0x79),
      Buffer.alloc(1_000, 0xbe),
    ]);
    const { told, problem } = run([client(hello, frame(1, END_HEADERS | END_STREAM, 1, bomb), get(3)), server(ok(3, END_STREAM))]);
    expect(told).toMatchObject([{ end: 'head-too-large' }, { end: 'ended' }]);
    expect((told[0]?.request.length ?? 0) <= limits.headBytes + 100).toBe(true);
    expect(problem).toBe('');
  });
});

function broken(name: string, steps: Parameters<typeof dialogue>[1], problem: string): void {
  dialogue(name, [client(hello, get(1)), ...steps], [{ end: 'not-decoded', detail: problem }], problem);
}

describe('what breaks the connection ends what is open, and is read no further', () => {
  broken(
    'fields that are not coded as they must be',
    [server(frame(1, END_HEADERS, 1, '\xff\xff\xff\xff\xff\xff'))],
    'A number in a header block is cut off or too large.',
  );
  broken(
    'a frame inside of a header list',
    [server(frame(1, 0, 1, '\x88'), data(1, 'x'))],
    'A frame stands in the middle of a header list.',
  );
  broken('a CONTINUATION of nothing', [server(frame(9, END_HEADERS, 1, '\x88'))], 'A CONTINUATION frame continues nothing.');
  broken('an answer to nothing', [server(ok(3))], 'The server answers on a stream that was never opened.');
  broken('a body of nothing', [client(data(3, 'x'))], 'A frame belongs to a stream that was never opened.');
  broken('more padding than there is frame', [client(data(1, '\x09x', PADDED))], 'A frame has more padding than it is long.');
  broken('a stream of the other side', [client(get(2))], 'The client opens a stream with a number of the server’s.');
  broken(
    'a promise that nobody can keep',
    [server(frame(5, END_HEADERS, 1, '\0\0\0\x03'))],
    'The server promises a response on a stream that it cannot be on.',
  );

  test('no preface', () => {
    expect(run([client('PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n')])).toMatchObject({
      told: [],
      problem: 'The client does not begin as one of HTTP/2 does.',
    });
  });

  test('a flood of CONTINUATIONs, with or without a byte in them', () => {
    for (const payload of ['', 'x'.repeat(1_000)]) {
      const flood = Buffer.concat(Array.from({ length: 3_000 }, () => frame(9, 0, 1, payload)));
      const steps = [client(hello, frame(1, 0, 1))];
      for (let i = 0; i < (payload === '' ? 400 : 1); i++) steps.push(client(flood));
      expect(run(steps).problem).toContain('longer than');
    }
  });

  test('more streams than are kept', () => {
    const many = Array.from({ length: limits.http2Streams + 1 }, (_, i) => get(2 * i + 1));
    const { told, problem } = run([client(hello, ...many)]);
    expect(problem).toContain('streams are open at once');
    expect(told).toHaveLength(limits.http2Streams);
  });
});
