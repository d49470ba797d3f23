import { describe, expect, test } from 'vitest';
import { limits } from '../../limits.ts';
import { client, dialogue, ends, head, run, server } from './testing/dialogue.ts';

const connect = head('CONNECT db:5432 HTTP/1.1', 'Host: db:5432');
const upgrade = head('GET /socket HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket');
const switched = head('HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket');

describe('the exchange ends where another protocol begins', () => {
  dialogue(
    'an upgrade',
    [client(upgrade), server(switched.replaceAll('websocket', 'other'), 'PRI'), client('raw'), ends('client'), ends('server')],
    [{ request: 'GET /socket HTTP/1.1', response: 'HTTP/1.1 101 Switching Protocols' }],
    true,
  );

  dialogue(
    'CONNECT',
    [
      client(connect),
      server(head('HTTP/1.1 200 Connection established', 'Content-Length: 5'), 'not HTTP'),
      client('nor this'),
      ends('server', 'reset'),
    ],
    [{ request: 'CONNECT db:5432 HTTP/1.1', response: 'HTTP/1.1 200 Connection established' }],
    true,
  );

  dialogue(
    'CONNECT with bytes sent ahead of the answer',
    [client(connect, '\x16\x03\x01'), client('GET / HTTP/1.1\r\n\r\n'), server(head('HTTP/1.1 204 Fine')), client('more')],
    [{ request: 'CONNECT db:5432 HTTP/1.1', response: 'HTTP/1.1 204 Fine' }],
    true,
  );

  dialogue(
    'an upgrade after requests before it',
    [
      client(head('GET /1 HTTP/1.1'), upgrade),
      server(head('HTTP/1.1 200 OK', 'Content-Length: 0'), switched, 'raw'),
      client('raw'),
    ],
    [
      { request: 'GET /1 HTTP/1.1', response: 'HTTP/1.1 200 OK' },
      {
        request: 'GET /socket HTTP/1.1',
        requestBody: 'raw',
        response: 'HTTP/1.1 101 Switching Protocols',
        responseBody: 'raw',
        end: 'open',
      },
    ],
  );

  dialogue(
    '101 while the request is still being sent',
    [client(head('POST / HTTP/1.1', 'Upgrade: x', 'Content-Length: 4'), 'ab'), server(switched, 'raw'), client('cdraw')],
    [{ request: 'POST / HTTP/1.1', requestBody: 'abcd', response: 'HTTP/1.1 101 Switching Protocols' }],
    true,
  );

  dialogue(
    '101 that nobody asked for, before other requests',
    [client(head('GET /1 HTTP/1.1'), head('GET /2 HTTP/1.1')), server(switched, 'raw')],
    [
      { request: 'GET /1 HTTP/1.1', response: 'HTTP/1.1 101 Switching Protocols' },
      {
        request: 'GET /2 HTTP/1.1',
        end: 'not-decoded',
        detail: 'Nothing after an earlier response on this connection could be decoded.',
      },
    ],
    true,
  );
});

describe('what a WebSocket says belongs to its upgrade', () => {
  const socket = { request: 'GET /socket HTTP/1.1', response: 'HTTP/1.1 101 Switching Protocols' };
  dialogue(
    'until the server ends the connection',
    [
      client(upgrade, 'early'),
      server(switched, '\x81\x05hello'),
      client('\x81\x85mask.....'),
      ends('client'),
      server('\x88\x00'),
      ends('server'),
    ],
    [{ ...socket, requestBody: 'early\x81\x85mask.....', responseBody: '\x81\x05hello\x88\x00' }],
    true,
  );
  dialogue(
    'until a side resets it',
    [client(upgrade), server(switched, 'a'), client('b'), ends('client', 'reset'), server('c'), ends('server', 'reset')],
    [
      {
        ...socket,
        requestBody: 'b',
        responseBody: 'a',
        end: 'client-reset',
        detail: 'The client reset the connection after it had become a WebSocket.',
      },
    ],
    true,
  );
  dialogue(
    'until capture stops',
    [client(upgrade), server(switched), ends('server', 'stopped'), ends('client', 'stopped')],
    [{ ...socket, end: 'capture-stopped', detail: 'Capture was stopped after it had become a WebSocket.' }],
    true,
  );

  test('but not what was sent too early to be kept', () => {
    const outcome = run([client(upgrade, 'x'.repeat(limits.heldClientBytes)), server(switched, 'a'), client('b')]);
    expect(outcome.exchanges).toMatchObject([{ end: 'not-decoded', requestBody: Buffer.alloc(0) }]);
    expect(outcome.passedThrough).toBe(true);
  });
});

describe('an offer that is not taken', () => {
  const ok = head('HTTP/1.1 200 OK', 'Content-Length: 1');
  dialogue(
    'an upgrade that the server ignores, with requests behind it',
    [
      client(upgrade, upgrade, head('GET /2 HTTP/1.1')),
      client(head('GET /3 HTTP/1.1')),
      server(ok, '0', ok),
      server('1', ok, '2', ok, '3'),
    ],
    [
      { request: 'GET /socket HTTP/1.1', response: 'HTTP/1.1 200 OK', responseBody: '0' },
      { request: 'GET /socket HTTP/1.1', response: 'HTTP/1.1 200 OK', responseBody: '1' },
      { request: 'GET /2 HTTP/1.1', response: 'HTTP/1.1 200 OK', responseBody: '2' },
      { request: 'GET /3 HTTP/1.1', response: 'HTTP/1.1 200 OK', responseBody: '3' },
    ],
  );

  dialogue(
    'CONNECT that is refused, and asked again with a password',
    [
      client(connect),
      server(head('HTTP/1.1 407 Proxy Authentication Required', 'Content-Length: 2'), 'no'),
      client(connect),
      server(head('HTTP/1.1 200 OK'), 'raw'),
    ],
    [
      { request: 'CONNECT db:5432 HTTP/1.1', response: 'HTTP/1.1 407 Proxy Authentication Required', responseBody: 'no' },
      { request: 'CONNECT db:5432 HTTP/1.1', response: 'HTTP/1.1 200 OK' },
    ],
    true,
  );

  dialogue(
    'a request held back, cut off before the offer is declined',
    [client(upgrade, 'POST /2 HTTP/1.1\r\nContent-Length: 4\r\n\r\nab'), ends('client'), server(ok, '0'), ends('server')],
    [
      { request: 'GET /socket HTTP/1.1', response: 'HTTP/1.1 200 OK', responseBody: '0' },
      {
        request: 'POST /2 HTTP/1.1',
        requestBody: 'ab',
        requestEnded: false,
        end: 'client-gone',
        detail: 'The client closed the connection after 2 of 4 bytes of the request body.',
      },
    ],
    true,
  );

  dialogue(
    'a request held back, cut off, and answered all the same in one breath',
    [client(upgrade, 'GET /2'), ends('client'), server(ok, '0', ok, '2'), ends('server')],
    [
      { request: 'GET /socket HTTP/1.1', response: 'HTTP/1.1 200 OK', responseBody: '0' },
      {
        requestEnded: false,
        response: 'HTTP/1.1 200 OK',
        responseBody: '2',
        end: 'client-gone',
        detail: 'The client closed the connection after 6 bytes of the request head.',
      },
    ],
    true,
  );

  test('more bytes than are held back are given up with a word', () => {
    const flood = 'x'.repeat(limits.heldClientBytes);
    const { exchanges, passedThrough } = run([client(upgrade), client(flood), client(flood), server(ok, '0')]);
    expect(exchanges.map((exchange) => [exchange.startedAt, exchange.end, exchange.endedAt])).toEqual([
      [0, 'ended', 3],
      [1, 'not-decoded', 2],
    ]);
    expect(passedThrough).toBe(true);
  });
});
