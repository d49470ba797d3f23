import { describe } from 'vitest';
import { client, dialogue, ends, head, server } from './testing/dialogue.ts';

const get = head('GET / HTTP/1.1');
const request = 'GET / HTTP/1.1';
const response = 'HTTP/1.1 200 OK';
const ten = head('HTTP/1.1 200 OK', 'Content-Length: 10');
const chunked = head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked');
const upload = head('POST / HTTP/1.1', 'Content-Length: 10');

describe('the server ends', () => {
  const early = 'upstream-closed-early';
  dialogue(
    'before a response',
    [client(get), ends('server'), ends('client')],
    [{ request, end: early, detail: 'The server closed the connection before the response began.' }],
  );
  dialogue(
    'in a response head',
    [client(get), server('HTTP/1.1 200'), ends('server')],
    [{ request, end: early, detail: 'The server closed the connection after 12 bytes of the response head.' }],
  );
  dialogue(
    'after an interim response',
    [client(get), server(head('HTTP/1.1 103 Early Hints')), ends('server')],
    [
      {
        request,
        interim: ['HTTP/1.1 103 Early Hints'],
        end: early,
        detail: 'The server closed the connection after an interim response.',
      },
    ],
  );
  dialogue(
    'in a body of known length',
    [client(get), server(ten, 'abc'), ends('server')],
    [
      {
        request,
        response,
        responseBody: 'abc',
        end: early,
        detail: 'The server closed the connection after 3 of 10 bytes of the response body.',
      },
    ],
  );
  dialogue(
    'in a chunked body',
    [client(get), server(chunked, '3\r\nabc\r\n'), ends('server')],
    [
      {
        request,
        response,
        responseBody: '3\r\nabc\r\n',
        responsePayload: 3,
        end: early,
        detail: 'The server closed the connection after 3 bytes of the response body, whose length was not stated.',
      },
    ],
  );
  dialogue(
    'with several requests waiting',
    [client(get, get, get), server(ten, '0123456789', ten, 'a'), ends('server')],
    [
      { request, response, responseBody: '0123456789' },
      {
        request,
        response,
        responseBody: 'a',
        end: early,
        detail: 'The server closed the connection after 1 of 10 bytes of the response body.',
      },
      { request, end: early, detail: 'The server closed the connection before the response began.' },
    ],
  );
  dialogue(
    'while the request is being sent',
    [client(upload, 'abc'), ends('server'), client('defghij')],
    [
      {
        request: 'POST / HTTP/1.1',
        requestBody: 'abc',
        requestEnded: false,
        end: early,
        detail: 'The server closed the connection after 3 of 10 bytes of the request body.',
      },
    ],
    true,
  );
  dialogue(
    'just as the next request is sent',
    [client(get), server(ten, '0123456789'), ends('server'), client(get)],
    [
      { request, response, responseBody: '0123456789' },
      { request, end: early, detail: 'The server closed the connection before the response began.' },
    ],
  );
  dialogue(
    'just as the next request is begun',
    [client(get), server(ten, '0123456789'), ends('server'), client('GET'), ends('client')],
    [
      { request, response, responseBody: '0123456789' },
      { requestEnded: false, end: 'client-gone', detail: 'The client closed the connection after 3 bytes of the request head.' },
    ],
    true,
  );

  const reset = 'upstream-reset';
  dialogue(
    'by a reset before a response',
    [client(get), ends('server', 'reset')],
    [{ request, end: reset, detail: 'The server reset the connection before the response began.' }],
  );
  dialogue(
    'by a reset in a body that was to end with the connection',
    [client(get), server(head('HTTP/1.1 200 OK'), 'abc'), ends('server', 'reset'), ends('client', 'reset')],
    [
      {
        request,
        response,
        responseBody: 'abc',
        end: reset,
        detail: 'The server reset the connection after 3 bytes of the response body, whose length was not stated.',
      },
    ],
    true,
  );
  dialogue(
    'by a reset while idle',
    [client(get), server(ten, '0123456789'), ends('server', 'reset'), ends('client')],
    [{ request, response, responseBody: '0123456789' }],
  );
});

describe('the client ends', () => {
  dialogue(
    'in a request head',
    [client('GET / HTT'), ends('client'), ends('server')],
    [{ requestEnded: false, end: 'client-gone', detail: 'The client closed the connection after 9 bytes of the request head.' }],
    true,
  );
  dialogue(
    'in a request body, and is answered all the same',
    [client(upload, 'abc'), ends('client'), server(head('HTTP/1.1 400 Bad Request', 'Content-Length: 0')), ends('server')],
    [
      {
        request: 'POST / HTTP/1.1',
        requestBody: 'abc',
        requestEnded: false,
        response: 'HTTP/1.1 400 Bad Request',
        end: 'client-gone',
        detail: 'The client closed the connection after 3 of 10 bytes of the request body.',
      },
    ],
    true,
  );
  dialogue(
    'before the response is complete, and then the server does',
    [client(get), server(ten, 'a'), ends('client'), ends('server')],
    [
      {
        request,
        response,
        responseBody: 'a',
        end: 'client-gone',
        detail: 'The client closed the connection, and then the server did, after 1 of 10 bytes of the response body.',
      },
    ],
  );
  dialogue(
    'its sending half only',
    [client(get), ends('client'), server(ten, '01234'), server('56789'), ends('server')],
    [{ request, response, responseBody: '0123456789' }],
  );
  dialogue(
    'by a reset',
    [client(get), server(ten, 'a'), ends('client', 'reset'), server('b'), ends('server', 'reset')],
    [
      {
        request,
        response,
        responseBody: 'a',
        end: 'client-reset',
        detail: 'The client reset the connection after 1 of 10 bytes of the response body.',
      },
    ],
    true,
  );
  dialogue(
    'by a close and then a reset',
    [client(get), ends('client'), server(ten, 'a'), ends('client', 'reset')],
    [
      {
        request,
        response,
        responseBody: 'a',
        end: 'client-reset',
        detail: 'The client reset the connection after 1 of 10 bytes of the response body.',
      },
    ],
    true,
  );
  dialogue(
    'having its answer, with no reason to send the rest',
    [client(upload, 'abc'), server(head('HTTP/1.1 413 Too Large', 'Content-Length: 0')), ends('client', 'reset')],
    [{ request: 'POST / HTTP/1.1', requestBody: 'abc', requestEnded: false, response: 'HTTP/1.1 413 Too Large' }],
    true,
  );
  dialogue(
    'having its answer from a server that closed',
    [client(upload, 'abc'), server(head('HTTP/1.1 413 Too Large'), 'no'), ends('server'), client('d'), ends('client')],
    [
      {
        request: 'POST / HTTP/1.1',
        requestBody: 'abcd',
        requestEnded: false,
        response: 'HTTP/1.1 413 Too Large',
        responseBody: 'no',
      },
    ],
    true,
  );
});

describe('capture stops', () => {
  const end = 'capture-stopped';
  dialogue(
    'in a response',
    [client(get, get), server(ten, 'a'), ends('client', 'stopped'), ends('server', 'stopped')],
    [
      { request, response, responseBody: 'a', end, detail: 'Capture was stopped after 1 of 10 bytes of the response body.' },
      { request, end, detail: 'Capture was stopped before the response began.' },
    ],
    true,
  );
  dialogue(
    'in a body that was to end with the connection',
    [client(get), server(head('HTTP/1.1 200 OK'), 'a'), ends('server', 'stopped')],
    [
      {
        request,
        response,
        responseBody: 'a',
        end,
        detail: 'Capture was stopped after 1 bytes of the response body, whose length was not stated.',
      },
    ],
  );
  dialogue(
    'in a request that was answered already',
    [
      client(upload, 'abc'),
      server(head('HTTP/1.1 413 Too Large', 'Content-Length: 0')),
      ends('server', 'stopped'),
      ends('client', 'stopped'),
    ],
    [
      {
        request: 'POST / HTTP/1.1',
        requestBody: 'abc',
        requestEnded: false,
        response: 'HTTP/1.1 413 Too Large',
        end,
        detail: 'Capture was stopped after 3 of 10 bytes of the request body.',
      },
    ],
    true,
  );
  dialogue(
    'while idle',
    [client(get), server(ten, '0123456789'), ends('client', 'stopped'), ends('server', 'stopped')],
    [{ request, response, responseBody: '0123456789' }],
    true,
  );
});

describe('a response that no request asked for', () => {
  const detail = 'No request asked for this response.';
  dialogue(
    'a 408 on an idle connection',
    [server(head('HTTP/1.1 408 Request Timeout', 'Content-Length: 3'), 'bye'), ends('server')],
    [{ requestEnded: false, response: 'HTTP/1.1 408 Request Timeout', responseBody: 'bye', end: 'malformed-message', detail }],
    true,
  );
  dialogue(
    'a 408 that ends with the connection',
    [client(get), server(ten, '0123456789', head('HTTP/1.1 408 Request Timeout'), 'bye'), ends('server')],
    [
      { request, response, responseBody: '0123456789' },
      { requestEnded: false, response: 'HTTP/1.1 408 Request Timeout', responseBody: 'bye', end: 'malformed-message', detail },
    ],
    true,
  );
  dialogue(
    'one that is not complete',
    [server('HTTP/1.1 2'), ends('server')],
    [{ requestEnded: false, end: 'malformed-message', detail }],
  );
  dialogue(
    'a second response to one request',
    [client(upload), server(ten, '0123456789', ten)],
    [
      {
        request: 'POST / HTTP/1.1',
        requestEnded: false,
        response,
        responseBody: '0123456789',
        end: 'malformed-message',
        detail: 'The server sent a second response to one request.',
      },
    ],
    true,
  );
});
