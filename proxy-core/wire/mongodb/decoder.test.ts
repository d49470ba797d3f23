import { Binary, Long, ObjectId } from 'bson';
import { expect, describe as group, test } from 'vitest';
import { client, dialogue as dialogueOf, type Expected, ends, run, type Step, server, storedOf } from '../testing/dialogue.ts';
import { mongodb } from './mongodb.ts';
import { compressedMessage, legacyQuery, legacyReply, message } from './testing/messages.ts';

const dialogue = (name: string, steps: readonly Step[], expected: readonly Expected[], raw = false): void =>
  dialogueOf(mongodb, name, steps, expected, raw);

const binary = (text: string): Binary => new Binary(Buffer.from(text));
const sasl = (payload: string): Record<string, unknown> => ({
  saslStart: 1,
  mechanism: 'SCRAM-SHA-256',
  payload: binary(payload),
  $db: 'admin',
});
const hello = (payload: string): Record<string, unknown> => ({
  ismaster: 1,
  client: { driver: { name: 'nodejs', version: '7.1' }, application: { name: 'shop' } },
  speculativeAuthenticate: { saslStart: 1, payload: binary(payload) },
});
const find = (id: number): Buffer => message(id, 0, { find: 'orders', filter: { total: { $gt: 5 } }, $db: 'shop' });
const found = (to: number): Buffer =>
  message(99, to, {
    cursor: {
      firstBatch: [
        { _id: 1, note: 'tea' },
        { _id: 2, more: null },
      ],
      id: Long.fromNumber(7),
      ns: 'shop.orders',
    },
    ok: 1,
  });

function verdict(bytes: Buffer): string {
  return mongodb.detect({ client: bytes, server: Buffer.alloc(0), spokeFirst: 'client' });
}

test('is told by its first message', () => {
  for (const whole of [find(1), legacyQuery(1, { ismaster: 1 }), compressedMessage(1, 0, { ping: 1 })]) {
    for (let at = 1; at < 18; at += 1) expect(verdict(whole.subarray(0, at)), String(at)).toBe('more');
    expect(verdict(whole)).toBe('yes');
  }
  expect(verdict(message(1, 5, { ping: 1 }))).toBe('no');
  expect(verdict(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toBe('no');
  expect(verdict(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]))).toBe('no');
});

group('a session', () => {
  const greeted = [
    client(legacyQuery(1, hello('n,,n=ada,r=abc'))),
    server(legacyReply(2, 1, { ok: 1, speculativeAuthenticate: { payload: binary('r=abc,s=x') } })),
  ];
  dialogue('begins, without its proofs', greeted, [
    {
      command: 'ismaster',
      location: 'admin',
      status: 'OK',
      request: legacyQuery(1, hello('*'.repeat(14))).toString('latin1'),
      response: legacyReply(2, 1, { ok: 1, speculativeAuthenticate: { payload: binary('*********') } }).toString('latin1'),
    },
  ]);
  test('tells who it is, and the version', () => {
    const { spoken } = run(mongodb, [
      ...greeted,
      client(message(3, 0, { buildInfo: 1, $db: 'admin' })),
      server(message(4, 3, { version: '7.0.5', ok: 1 })),
    ]);
    expect(spoken).toEqual({
      server: 'MongoDB 7.0.5',
      evidence: 'the answer to buildInfo: version 7.0.5',
      facts: [
        ['Driver', 'nodejs 7.1'],
        ['Application', 'shop'],
        ['User', 'ada'],
      ],
    });
  });
  dialogue(
    'proves who it is, and makes users',
    [
      client(message(1, 0, sasl('p=hunter2')), message(3, 0, { createUser: 'eve', pwd: 'hunter2', roles: [], $db: 'admin' })),
      server(message(2, 1, { payload: binary('v=proof'), ok: 1 }), message(4, 3, { ok: 0, code: 13, errmsg: 'no' })),
    ],
    [
      {
        command: 'saslStart',
        status: 'OK',
        request: message(1, 0, sasl('*********')).toString('latin1'),
        response: message(2, 1, { payload: binary('*******'), ok: 1 }).toString('latin1'),
      },
      {
        command: 'createUser',
        status: 'ERR:13',
        request: message(3, 0, { createUser: 'eve', pwd: '*******', roles: [], $db: 'admin' }).toString('latin1'),
      },
    ],
  );
});

group('commands', () => {
  dialogue(
    'are joined to their answers',
    [
      client(find(5), message(6, 0, { getMore: Long.fromNumber(7), collection: 'orders', $db: 'shop' })),
      server(found(5), message(98, 6, { cursor: { nextBatch: [] }, ok: 1 })),
      client(message(7, 0, { insert: 'orders', $db: 'shop' }, 0, { name: 'documents', documents: [{ a: 1 }, { a: 2 }] })),
      server(message(97, 7, { n: 1, writeErrors: [{ index: 1, code: 11_000, errmsg: 'duplicate' }], ok: 1 })),
      client(message(8, 0, { insert: 'log', $db: 'shop' }, 2)),
      client(compressedMessage(9, 0, { ping: 1, $db: 'admin' })),
      server(compressedMessage(96, 9, { ok: 0, code: 59 })),
    ],
    [
      {
        command: 'find',
        location: 'shop.orders',
        status: 'OK',
        request: find(5).toString('latin1'),
        response: found(5).toString('latin1'),
      },
      { command: 'getMore', location: 'shop.orders', status: 'OK' },
      { command: 'insert', location: 'shop.orders', status: 'ERR:11000' },
      { command: 'insert', location: 'shop.log', status: 'NO REPLY' },
      { command: 'ping', location: 'admin', status: 'ERR:59' },
    ],
  );
  dialogue(
    'with several answers',
    [client(message(1, 0, { hello: 1, $db: 'admin' })), server(message(2, 1, { ok: 1 }, 2), message(3, 2, { ok: 1 }))],
    [
      { command: 'hello', status: 'OK' },
      { command: 'hello', status: 'PUSH' },
    ],
  );
});

test('a message that is too long to be collected passes as it comes', () => {
  const long = message(1, 0, { insert: 'orders', $db: 'shop' }, 0, { name: 'documents', documents: [{ a: 'x'.repeat(100_000) }] });
  const { exchanges } = run(mongodb, [client(long), server(message(2, 1, { ok: 1 }))], (bytes) =>
    [bytes.subarray(0, 70_000), bytes.subarray(70_000)].filter((part) => part.length > 0),
  );
  expect(exchanges).toMatchObject([{ summary: { command: 'insert', location: 'shop.orders', status: 'OK' }, end: 'ended' }]);
  expect(exchanges[0]?.request === long.toString('latin1')).toBe(true);
});

group('endings', () => {
  dialogue('without an answer', [client(find(5)), ends('server', 'reset')], [{ command: 'find', end: 'upstream-reset' }]);
  dialogue(
    'what nobody asked',
    [client(find(5)), server(message(1, 77, { ok: 1 }))],
    [{ command: 'find', end: 'malformed-message' }],
    true,
  );
  dialogue('what is no command', [client(message(1, 0, {}))], [{ command: '', end: 'malformed-message' }], true);
});

test('documents are read', () => {
  const { exchanges } = run(mongodb, [
    client(find(5)),
    server(found(5)),
    client(
      message(7, 0, { insert: 'orders', $db: 'shop' }, 0, {
        name: 'documents',
        documents: [{ _id: new ObjectId('0123456789abcdef01234567') }],
      }),
    ),
    server(message(97, 7, { ok: 0, code: 13, codeName: 'Unauthorized', errmsg: 'not allowed' })),
  ]);
  const reading = (index: number): ReturnType<typeof mongodb.read> => mongodb.read(storedOf(exchanges[index]));
  expect(reading(0).request.sections).toMatchObject([{ title: 'Command', mediaType: 'application/json' }]);
  expect(reading(0).response.sections).toMatchObject([
    { title: 'Answer' },
    {
      title: 'Documents',
      columns: [{ name: '_id' }, { name: 'note' }, { name: 'more' }],
      rows: [
        ['1', 'tea', ''],
        ['2', '', null],
      ],
    },
  ]);
  expect(reading(1).request.sections).toMatchObject([{}, { title: 'documents', rows: [['0123456789abcdef01234567']] }]);
  expect(reading(1).response.sections).toMatchObject([{ title: 'Error', text: 'not allowed' }, { kind: 'fields' }, {}]);
});
