import { expect, describe as group, test } from 'vitest';
import { client, dialogue as dialogueOf, type Expected, ends, run, type Step, server, storedOf } from '../testing/dialogue.ts';
import { nats } from './nats.ts';

const dialogue = (name: string, steps: readonly Step[], expected: readonly Expected[], raw = false): void =>
  dialogueOf(nats, name, steps, expected, raw);

const info = 'INFO {"server_id":"X","version":"2.9.10","headers":true}\r\n';
const connect = 'CONNECT {"verbose":false,"user":"ada","pass":"hunter2","name":"shop","lang":"node","version":"2.1"}\r\n';
const begin: readonly Step[] = [server(info), client(connect, 'PING\r\n'), server('PONG\r\n')];
const connected: Expected = { command: 'Connect', location: 'ada', status: 'OK' };
const pinged: Expected = { command: 'Ping', status: 'OK' };

group('a session', () => {
  dialogue('begins, without its password', begin, [
    { ...connected, request: connect.replace('hunter2', '*******'), response: info },
    { ...pinged, request: 'PING\r\n', response: 'PONG\r\n' },
  ]);
  test('tells the version, and who it is', () => {
    expect(run(nats, begin).spoken).toEqual({
      server: 'NATS 2.9.10',
      evidence: 'INFO of the server: version 2.9.10',
      facts: [
        ['User', 'ada'],
        ['Client', 'shop'],
        ['Library', 'node 2.1'],
      ],
    });
  });
  dialogue(
    'is refused',
    [
      server(info),
      client('CONNECT {"auth_token":"a\\"b","jwt":"x.y"}\r\nPING\r\n'),
      server("-ERR 'Authorization Violation'\r\n"),
      ends('server'),
    ],
    [
      {
        command: 'Connect',
        status: 'ERR',
        request: 'CONNECT {"auth_token":"****","jwt":"***"}\r\n',
        response: `${info}-ERR 'Authorization Violation'\r\n`,
      },
      { command: 'Ping', end: 'upstream-closed-early' },
    ],
  );
  dialogue('goes on with TLS that nobody opens', [server('INFO {"tls_required":true}\r\n'), client('\x16\x03\x01')], [], true);
  dialogue(
    'inside of TLS begins with the client',
    [client(connect), server('+OK\r\n'.replace('+OK', 'PING')), client('PONG\r\n')],
    [connected, { command: 'Ping', status: 'PUSH', request: 'PONG\r\n', response: 'PING\r\n' }],
  );
});

group('messages', () => {
  dialogue(
    'are published, asked for and delivered',
    [
      ...begin,
      client('SUB shop.* workers 1\r\nPUB shop.a 5\r\nhello\r\nHPUB shop.b 22 24\r\nNATS/1.0\r\nTrace: 1\r\n\r\nhi\r\nUNSUB 1\r\n'),
      server('MSG shop.a 1 5\r\na\r\nb\n\r\n', 'HMSG shop.b 1 22 24\r\nNATS/1.0\r\nTrace: 1\r\n\r\nhi\r\n'),
    ],
    [
      connected,
      pinged,
      { command: 'Subscribe', location: 'shop.*', status: 'NO REPLY' },
      { command: 'Publish', location: 'shop.a', status: 'NO REPLY', request: 'PUB shop.a 5\r\nhello\r\n' },
      { command: 'Publish', location: 'shop.b', status: 'NO REPLY' },
      { command: 'Unsubscribe', location: 'shop.*', status: 'NO REPLY' },
      { command: 'Deliver', location: 'shop.a', status: 'PUSH', response: 'MSG shop.a 1 5\r\na\r\nb\n\r\n' },
      { command: 'Deliver', location: 'shop.b', status: 'PUSH' },
    ],
  );
  dialogue(
    'that want an answer are joined to it',
    [
      ...begin,
      client('PUB price _INBOX.1 1\r\nx\r\n', 'PUB price _INBOX.2 1\r\ny\r\n', 'PUB price _INBOX.3 0\r\n\r\n'),
      server('MSG _INBOX.2 9 2\r\n42\r\n', 'HMSG _INBOX.1 9 16 16\r\nNATS/1.0 503\r\n\r\n\r\n'),
      ends('client'),
      ends('server'),
    ],
    [
      connected,
      pinged,
      { command: 'Request', location: 'price', status: 'ERR:503' },
      { command: 'Request', location: 'price', status: 'OK', response: 'MSG _INBOX.2 9 2\r\n42\r\n' },
      { command: 'Request', location: 'price', status: 'NO REPLY' },
    ],
  );
  dialogue(
    'are confirmed where the client wants it',
    [
      server(info),
      client('connect {}\r\nsub a 1\r\npub b 0\r\n\r\n'),
      server("+OK\r\n+OK\r\n-ERR 'Permissions Violation'\r\n", 'INFO {"x":1}\r\n', "-ERR 'Stale Connection'\r\n"),
    ],
    [
      { command: 'Connect', status: 'OK', response: `${info}+OK\r\n` },
      { command: 'Subscribe', location: 'a', status: 'OK' },
      { command: 'Publish', location: 'b', status: 'ERR' },
      { command: 'Info', status: 'PUSH' },
      { command: 'Error', status: 'ERR' },
    ],
  );
});

group('endings', () => {
  dialogue(
    'with half a message',
    [...begin, client('PUB a 10\r\nab'), ends('client', 'reset')],
    [connected, pinged, { command: 'Publish', end: 'client-reset' }],
  );
  dialogue('what is no line', [...begin, client('HELLO\r\n')], [connected, pinged], true);
  dialogue('what nobody asked', [...begin, server('PONG\r\n')], [connected, pinged], true);
});

test('messages are read', () => {
  const { exchanges } = run(nats, [
    ...begin,
    client('HPUB price _INBOX.1 22 24\r\nNATS/1.0\r\nTrace: 1\r\n\r\nhi\r\n'),
    server('MSG _INBOX.1 9 2\r\n42\r\n'),
  ]);
  const reading = (index: number): ReturnType<typeof nats.read> => nats.read(storedOf(exchanges[index]));
  expect(reading(0).request.sections).toMatchObject([{ title: 'Session' }]);
  expect(reading(2).request.sections).toMatchObject([
    {
      fields: [
        ['subject', 'price'],
        ['answer to', '_INBOX.1'],
        ['Trace', '1'],
      ],
    },
    { kind: 'value', bytes: 2 },
  ]);
  expect(reading(2).response.sections).toMatchObject([{ title: 'Message' }, { kind: 'value', bytes: 2 }]);
});

test('messages carry their headers, whoever sends them', () => {
  const { exchanges } = run(nats, [
    ...begin,
    client('HPUB price _INBOX.1 22 24\r\nNATS/1.0\r\nTrace: 1\r\n\r\nhi\r\nPUB price 2\r\nhi\r\n'),
    server('HMSG _INBOX.1 9 22 24\r\nNATS/1.0\r\nTrace: 2\r\n\r\nhi\r\n'),
  ]);
  const carried = (index: number): unknown => {
    const { request, response, summary, context } = storedOf(exchanges[index]);
    expect(nats.carrier?.commands).toContain(summary.command);
    return nats.carrier?.fields(request, response, context);
  };
  expect(carried(2)).toEqual([[['Trace', '1']], [['Trace', '2']]]);
  expect(carried(3)).toEqual([]);
});
