import { describe } from 'vitest';
import { client, dialogue, ends, head, server } from './testing/dialogue.ts';

const get = head('GET /a HTTP/1.1', 'Host: x');
const ok = (length: number) => head('HTTP/1.1 200 OK', `Content-Length: ${length}`);

describe('bodies (RFC 9112 6.3)', () => {
  dialogue(
    'a GET and its answer',
    [client(get), server(ok(5), 'hello')],
    [{ request: 'GET /a HTTP/1.1', response: 'HTTP/1.1 200 OK', responseBody: 'hello' }],
  );

  dialogue(
    'one exchange after the other on one connection',
    [client(get), server(ok(2), 'hi'), client(get), server(ok(0)), ends('client')],
    [
      { request: 'GET /a HTTP/1.1', response: 'HTTP/1.1 200 OK', responseBody: 'hi' },
      { request: 'GET /a HTTP/1.1', response: 'HTTP/1.1 200 OK' },
    ],
  );

  dialogue(
    'a POST with a length, and an answer without a reason or the space before it',
    [client(head('POST / HTTP/1.1', 'content-LENGTH:\t3 '), 'abc'), server(head('HTTP/1.1 204'))],
    [{ request: 'POST / HTTP/1.1', requestBody: 'abc', response: 'HTTP/1.1 204' }],
  );

  dialogue(
    'the same length given twice',
    [client(get), server(head('HTTP/1.1 200 OK', 'Content-Length: 2', 'Content-Length: 2, 2'), 'ab')],
    [{ request: 'GET /a HTTP/1.1', response: 'HTTP/1.1 200 OK', responseBody: 'ab' }],
  );

  const chunks = '5;name="a;b"\r\nhello\r\n00A  \r\n0123456789\r\n0\r\nDigest: x\r\nX-Folded: a\r\n\r\n';
  dialogue(
    'chunks with extensions and trailers, both ways',
    [
      client(head('POST / HTTP/1.1', 'TRANSFER-ENCODING: Chunked'), chunks),
      server(head('HTTP/1.1 200 OK', 'Transfer-Encoding: gzip', 'Transfer-Encoding: , chunked'), chunks),
      client(get),
    ],
    [
      {
        request: 'POST / HTTP/1.1',
        requestBody: chunks,
        requestPayload: 15,
        response: 'HTTP/1.1 200 OK',
        responseBody: chunks,
        responsePayload: 15,
      },
      { request: 'GET /a HTTP/1.1', end: 'open' },
    ],
  );

  dialogue(
    'HEAD, 204 and 304 have no body, whatever their fields say',
    [
      client(head('HEAD / HTTP/1.1')),
      server(head('HTTP/1.1 200 OK', 'Content-Length: 100', 'Transfer-Encoding: chunked')),
      client(get),
      server(head('HTTP/1.1 304 Not Modified', 'Content-Length: 100')),
      client(get),
      server(head('HTTP/1.1 204 No Content', 'Content-Length: 1', 'Content-Length: 2')),
    ],
    [
      { request: 'HEAD / HTTP/1.1', response: 'HTTP/1.1 200 OK' },
      { request: 'GET /a HTTP/1.1', response: 'HTTP/1.1 304 Not Modified' },
      { request: 'GET /a HTTP/1.1', response: 'HTTP/1.1 204 No Content' },
    ],
  );

  dialogue(
    'methods are case-sensitive: `head` has a body',
    [client('head / HTTP/1.1\r\n\r\n'), server(ok(1), 'x')],
    [{ request: 'head / HTTP/1.1', response: 'HTTP/1.1 200 OK', responseBody: 'x' }],
  );

  dialogue(
    'a body that ends with the connection',
    [client(get), server(head('HTTP/1.1 200 OK'), 'some'), server(' text\r\n\r\n'), ends('server')],
    [{ request: 'GET /a HTTP/1.1', response: 'HTTP/1.1 200 OK', responseBody: 'some text\r\n\r\n' }],
  );

  dialogue(
    'HTTP/1.0, closing its side before the answer',
    [client(head('GET / HTTP/1.0')), ends('client'), server(head('HTTP/1.0 200 OK', 'Server: old'), 'body'), ends('server')],
    [{ request: 'GET / HTTP/1.0', response: 'HTTP/1.0 200 OK', responseBody: 'body' }],
  );

  dialogue(
    'HTTP/1.0 with keep-alive',
    [
      client(head('GET /1 HTTP/1.0', 'Connection: keep-alive')),
      server(head('HTTP/1.0 200 OK', 'Connection: keep-alive', 'Content-Length: 1'), '1'),
      client(head('GET /2 HTTP/1.0', 'Connection: keep-alive')),
      server(head('HTTP/1.0 200 OK', 'Content-Length: 1'), '2'),
    ],
    [
      { request: 'GET /1 HTTP/1.0', response: 'HTTP/1.0 200 OK', responseBody: '1' },
      { request: 'GET /2 HTTP/1.0', response: 'HTTP/1.0 200 OK', responseBody: '2' },
    ],
  );

  dialogue(
    'a response whose last coding is not chunked ends with the connection',
    [client(get), server(head('HTTP/1.1 200 OK', 'Transfer-Encoding: gzip'), 'zz'), ends('server')],
    [{ request: 'GET /a HTTP/1.1', response: 'HTTP/1.1 200 OK', responseBody: 'zz' }],
  );
});

describe('interim responses', () => {
  dialogue(
    'Expect: 100-continue',
    [
      client(head('PUT / HTTP/1.1', 'Expect: 100-continue', 'Content-Length: 4')),
      server(head('HTTP/1.1 100 Continue')),
      client('data'),
      server(head('HTTP/1.1 201 Created', 'Content-Length: 0')),
    ],
    [{ request: 'PUT / HTTP/1.1', requestBody: 'data', interim: ['HTTP/1.1 100 Continue'], response: 'HTTP/1.1 201 Created' }],
  );

  dialogue(
    'several 1xx, with fields that would have a body were they final',
    [
      client(get),
      server(head('HTTP/1.1 103 Early Hints', 'Link: </a>', 'Content-Length: 7'), head('HTTP/1.1 102 Processing')),
      server(head('HTTP/1.1 103 Early Hints'), ok(1), '!'),
    ],
    [
      {
        request: 'GET /a HTTP/1.1',
        interim: ['HTTP/1.1 103 Early Hints', 'HTTP/1.1 102 Processing', 'HTTP/1.1 103 Early Hints'],
        response: 'HTTP/1.1 200 OK',
        responseBody: '!',
      },
    ],
  );

  dialogue(
    'Expect without a body',
    [client(head('GET / HTTP/1.1', 'Expect: 100-continue')), server(ok(0)), client(get)],
    [
      { request: 'GET / HTTP/1.1', response: 'HTTP/1.1 200 OK' },
      { request: 'GET /a HTTP/1.1', end: 'open' },
    ],
  );

  dialogue(
    'a final answer instead of 100, and the body all the same',
    [
      client(head('PUT / HTTP/1.1', 'Expect: 100-continue', 'Content-Length: 4')),
      server(head('HTTP/1.1 417 Expectation Failed', 'Content-Length: 0')),
      client('data', get),
      server(ok(0)),
    ],
    [
      { request: 'PUT / HTTP/1.1', requestBody: 'data', response: 'HTTP/1.1 417 Expectation Failed' },
      { request: 'GET /a HTTP/1.1', response: 'HTTP/1.1 200 OK' },
    ],
  );
});

describe('order', () => {
  dialogue(
    'pipelined requests are answered in their order',
    [
      client(head('GET /1 HTTP/1.1'), head('HEAD /2 HTTP/1.1'), head('POST /3 HTTP/1.1', 'Content-Length: 1'), '3', get),
      server(ok(1), '1', ok(9), head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'), '1\r\n3\r\n0\r\n\r\n'),
      server(ok(0)),
    ],
    [
      { request: 'GET /1 HTTP/1.1', response: 'HTTP/1.1 200 OK', responseBody: '1' },
      { request: 'HEAD /2 HTTP/1.1', response: 'HTTP/1.1 200 OK' },
      {
        request: 'POST /3 HTTP/1.1',
        requestBody: '3',
        response: 'HTTP/1.1 200 OK',
        responseBody: '1\r\n3\r\n0\r\n\r\n',
        responsePayload: 1,
      },
      { request: 'GET /a HTTP/1.1', response: 'HTTP/1.1 200 OK' },
    ],
  );

  dialogue(
    'an answer that is complete while the request is still being sent',
    [
      client(head('POST / HTTP/1.1', 'Content-Length: 6'), 'abc'),
      server(head('HTTP/1.1 413 Too Large', 'Content-Length: 2'), 'no'),
      client('def', get),
      server(ok(0)),
    ],
    [
      { request: 'POST / HTTP/1.1', requestBody: 'abcdef', response: 'HTTP/1.1 413 Too Large', responseBody: 'no' },
      { request: 'GET /a HTTP/1.1', response: 'HTTP/1.1 200 OK' },
    ],
  );

  dialogue(
    'an answer that streams while the request does',
    [
      client(head('POST / HTTP/1.1', 'Content-Length: 4'), 'a'),
      server(ok(4), 'A'),
      client('b'),
      server('B'),
      client('cd'),
      server('CD'),
    ],
    [{ request: 'POST / HTTP/1.1', requestBody: 'abcd', response: 'HTTP/1.1 200 OK', responseBody: 'ABCD' }],
  );

  dialogue(
    'an answer to a request whose head is not complete',
    [
      client('HEAD /slow HTTP/1.1\r\nHost: '),
      server(head('HTTP/1.1 408 Request Timeout', 'Content-Length: 9')),
      ends('server'),
      ends('client'),
    ],
    [{ request: null, requestEnded: false, response: 'HTTP/1.1 408 Request Timeout' }],
    true,
  );
});

describe('lines', () => {
  dialogue(
    'empty lines before a request and after a body',
    [client('\r\n\n\r\n', get), server(ok(1), 'x\r\n'), client('\r\n', get), server(ok(0))],
    [
      { request: 'GET /a HTTP/1.1', response: 'HTTP/1.1 200 OK', responseBody: 'x' },
      { request: 'GET /a HTTP/1.1', response: 'HTTP/1.1 200 OK' },
    ],
  );

  dialogue(
    'heads with LF alone',
    [client('GET / HTTP/1.1\nHost: x\nContent-Length: 1\n\nb'), server('HTTP/1.1 200 OK\nContent-Length: 3\r\n\nabc'), client(get)],
    [
      { request: 'GET / HTTP/1.1', requestBody: 'b', response: 'HTTP/1.1 200 OK', responseBody: 'abc' },
      { request: 'GET /a HTTP/1.1', end: 'open' },
    ],
  );

  dialogue(
    'odd but harmless heads',
    [
      client(
        head(
          'PROPFIND http://u:p@host:1/a b?c=\xe9 HTTP/1.1',
          'X-Empty:',
          'X-Fold: a',
          '\tb',
          'x-bytes: \x01\xff',
          'X-ABCDEFGHIJK: 5',
        ),
      ),
      server(head('HTTP/1.1 799 \xfcber', 'Content-Lengt: 5', 'Content-Length: 0')),
    ],
    [{ request: 'PROPFIND http://u:p@host:1/a b?c=\xe9 HTTP/1.1', response: 'HTTP/1.1 799 \xfcber' }],
  );

  dialogue(
    'asterisk-form and authority-form',
    [
      client(head('OPTIONS * HTTP/1.1'), head('CONNECT [::1]:443 HTTP/1.1')),
      server(ok(0), head('HTTP/1.1 502 Bad Gateway', 'Content-Length: 0')),
    ],
    [
      { request: 'OPTIONS * HTTP/1.1', response: 'HTTP/1.1 200 OK' },
      { request: 'CONNECT [::1]:443 HTTP/1.1', response: 'HTTP/1.1 502 Bad Gateway' },
    ],
  );
});
