import { expect, describe as group, test } from 'vitest';
import { client, dialogue as dialogueOf, type Expected, ends, run, type Step, server } from '../testing/dialogue.ts';
import { Recording } from '../testing/recording.ts';
import { kafka } from './kafka.ts';
import { answer, framed, type Members, request } from './testing/messages.ts';
import { batch } from './testing/records.ts';

const dialogue = (name: string, steps: readonly Step[], expected: readonly Expected[], raw = false): void =>
  dialogueOf(kafka, name, steps, expected, raw);

const api = { produce: 0, fetch: 1, metadata: 3, join: 11, beat: 12, handshake: 17, versions: 18, authenticate: 36, alter: 44 };

const written = (records: Buffer, acks = 1): Members => ({
  acks,
  topics: [{ topic: 'orders', partitions: [{ partition: 0, records }] }],
});
const orders = batch([{ key: 'a', value: '{"total":5}' }]);
const greeting = request(api.versions, 3, 1, { softwareName: 'librdkafka', softwareVersion: '2.0.2' });
const spoken = [
  { api: api.produce, maxVersion: 9 },
  { api: api.fetch, maxVersion: 16 },
];

function verdict(client: Buffer, server: Buffer | null = null): string {
  return kafka.detect({ client, server: server ?? Buffer.alloc(0), spokeFirst: 'client' });
}

group('is told', () => {
  test.each([
    ['ApiVersions', greeting],
    ['ApiVersions without a name', request(api.versions, 0, 0, {}, null)],
    ['Metadata', request(api.metadata, 1, 1, { topics: null })],
    ['a short Produce', request(api.produce, 7, 1, written(orders))],
  ])('by its first request, %s', (_name, whole) => {
    for (let at = 1; at < whole.length; at += 1) expect(verdict(whole.subarray(0, at)), String(at)).toBe('more');
    expect(verdict(whole)).toBe('yes');
    expect(verdict(Buffer.concat([whole, whole]))).toBe('yes');
  });
  test.each([
    ['a long Produce', request(api.produce, 7, 77, written(Buffer.alloc(5_000)))],
    ['what is newer', request(api.produce, 20, 77)],
  ])('by the answer to %s', (_name, whole) => {
    expect(verdict(whole)).toBe('more');
    expect(verdict(whole, answer(api.produce, 20, 77))).toBe('yes');
    expect(verdict(whole, answer(api.produce, 20, 78))).toBe('no');
  });
  const zookeeper = Buffer.concat([
    Buffer.from([0, 0, 0, 44, 0, 0, 0, 0]),
    Buffer.alloc(8),
    Buffer.from([0, 0, 0x75, 0x30]),
    Buffer.alloc(28),
  ]);
  const startup = Buffer.from(`\0\0\0\u0094\0\u0003\0\0user\0${'a'.repeat(140)}`, 'latin1');
  test.each([
    ['ZooKeeper', zookeeper],
    ['PostgreSQL', startup],
    ['framed Thrift', Buffer.from('\0\0\0\u0015\u0080\u0001\0\u0001\0\0\0\u0004ping\0\0\0\0\0', 'latin1')],
    ['Cassandra', Buffer.from([4, 0, 0, 0, 5, 0, 0, 0, 0])],
    ['a size alone', framed(Buffer.from('{"jsonrpc":"2.0","id":1}'))],
    ['fields that do not fill it', Buffer.concat([Buffer.from([0, 0, 0, 60]), greeting.subarray(4), Buffer.alloc(40)])],
  ])('%s is none', (_name, bytes) => expect(verdict(bytes)).toBe('no'));
});

group('requests', () => {
  dialogue(
    'are joined to their answers',
    [
      client(greeting),
      server(answer(api.versions, 3, 1, { apis: spoken })),
      client(
        request(api.metadata, 9, 2, { topics: [{ topic: 'orders' }, { topic: 'audit' }] }),
        request(api.produce, 7, 3, written(orders)),
      ),
      server(answer(api.metadata, 9, 2, { topics: [{ error: 5, topic: 'orders' }] })),
      server(answer(api.produce, 7, 3, { topics: [{ topic: 'orders', partitions: [{ baseOffset: 7 }] }] })),
    ],
    [
      { command: 'ApiVersions', location: '', status: 'OK' },
      { command: 'Metadata', location: 'orders audit', status: 'ERR:LEADER_NOT_AVAILABLE' },
      {
        command: 'Produce',
        location: 'orders',
        status: 'OK',
        request: request(api.produce, 7, 3, written(orders)).toString('latin1'),
        response: answer(api.produce, 7, 3, { topics: [{ topic: 'orders', partitions: [{ baseOffset: 7 }] }] }).toString('latin1'),
      },
    ],
  );
  dialogue(
    'that want no answer get none',
    [
      client(request(api.produce, 9, 3, written(orders, 0)), request(api.metadata, 1, 4, { topics: null })),
      server(answer(api.metadata, 1, 4)),
    ],
    [
      { command: 'Produce', location: 'orders', status: 'NO REPLY' },
      { command: 'Metadata', location: '*', status: 'OK' },
    ],
  );
  const tagged = Buffer.from([2, 0, 1, 9, 5, 3, 1, 2, 3]);
  dialogue(
    'have tagged fields, and are of APIs and versions that are not known',
    [
      client(
        request(api.beat, 4, 1, { group: 'billing', '': tagged }),
        request(70, 0, 2, { '': Buffer.alloc(9) }),
        request(150, 1, 3),
      ),
      server(answer(api.beat, 4, 1, { error: 25, '': tagged }), answer(70, 0, 2), answer(150, 1, 3)),
      client(request(api.produce, 25, 4, { '': Buffer.alloc(9) })),
      server(answer(api.produce, 25, 4, { '': Buffer.alloc(9) })),
    ],
    [
      { command: 'Heartbeat', location: 'billing', status: 'ERR:UNKNOWN_MEMBER_ID' },
      { command: 'ControllerRegistration', location: '', status: 'ANSWERED' },
      { command: 'Api 150', location: '', status: 'ANSWERED' },
      { command: 'Produce', location: '', status: 'ANSWERED' },
    ],
  );
  dialogue(
    'may leave out what is optional',
    [
      client(request(68, 1, 1, { group: 'billing' }), request(68, 1, 2, { group: 'billing', topics: ['orders'] })),
      server(
        answer(68, 1, 1, { assignment: [{ topics: [{ topicId: 'AAAAAAAAQACAAAAAAAAAAQ', partitions: [0, 1] }] }] }),
        answer(68, 1, 2, { error: 110, errorMessage: 'late', assignment: null }),
      ),
    ],
    [
      { command: 'ConsumerGroupHeartbeat', location: 'billing', status: 'OK' },
      { command: 'ConsumerGroupHeartbeat', location: 'orders', status: 'ERR:FENCED_MEMBER_EPOCH' },
    ],
  );
  dialogue(
    'take the course of the protocol, which is no error',
    [
      client(request(api.versions, 3, 1)),
      server(answer(api.versions, 0, 1, { error: 35, apis: spoken })),
      client(request(api.join, 5, 2, { group: 'billing' }), request(api.beat, 0, 3, { group: 'billing' })),
      server(answer(api.join, 5, 2, { error: 79 }), answer(api.beat, 0, 3, { error: 27 })),
    ],
    [
      { command: 'ApiVersions', status: 'UNSUPPORTED_VERSION' },
      { command: 'JoinGroup', location: 'billing', status: 'MEMBER_ID_REQUIRED' },
      { command: 'Heartbeat', location: 'billing', status: 'REBALANCE_IN_PROGRESS' },
    ],
  );
});

const topic = (name: string): Members => ({ topic: name, partitions: [{ partition: 0 }] });

group('fetching', () => {
  const fetch = (number: number, members: Members, version = 11): Buffer => request(api.fetch, version, number, members);
  const found = (number: number, name: string, records: Buffer | null, version = 11): Buffer =>
    answer(api.fetch, version, number, { sessionId: 9, topics: [{ topic: name, partitions: [{ records }] }] });
  dialogue(
    'remembers the topics of a session',
    [
      client(fetch(1, { sessionEpoch: 0, topics: [topic('orders'), topic('audit')] })),
      server(found(1, 'orders', orders)),
      client(fetch(2, { sessionId: 9, sessionEpoch: 1 })),
      server(found(2, 'orders', null)),
      client(
        fetch(3, {
          sessionId: 9,
          sessionEpoch: 2,
          topics: [topic('mail')],
          forgotten: [{ forgottenTopic: 'orders', partitions: [0] }],
        }),
      ),
      server(answer(api.fetch, 11, 3, { topics: [{ topic: 'mail', partitions: [{}, { error: 1, records: orders }] }] })),
      client(fetch(4, { sessionId: 9, sessionEpoch: 3 })),
      server(answer(api.fetch, 11, 4, { error: 70 })),
    ],
    [
      { command: 'Fetch', location: 'orders audit', status: 'OK' },
      { command: 'Fetch', location: 'orders audit', status: 'EMPTY' },
      { command: 'Fetch', location: 'mail audit', status: 'ERR:OFFSET_OUT_OF_RANGE' },
      { command: 'Fetch', location: 'audit mail', status: 'ERR:FETCH_SESSION_ID_NOT_FOUND' },
    ],
  );
  const id = 'AAAAAAAAQACAAAAAAAAAAQ';
  dialogue(
    'finds the names of topics that are told by their identities',
    [
      client(request(api.metadata, 12, 1, { topics: null })),
      server(answer(api.metadata, 12, 1, { topics: [{ topic: 'orders', topicId: id }] })),
      client(fetch(2, { topics: [{ topicId: id }, { topicId: 'AAAAAAAAQACAAAAAAAAAAg' }] }, 13)),
      server(answer(api.fetch, 13, 2, { topics: [{ topicId: id, partitions: [{ records: orders }] }] })),
    ],
    [
      { command: 'Metadata', status: 'OK' },
      { command: 'Fetch', location: 'orders AAAAAAAAQACAAAAAAAAAAg', status: 'OK', context: { topics: [id, 'orders'] } },
    ],
  );
  dialogue(
    'is no failure when the client leaves while it waits',
    [client(fetch(1, { topics: [topic('orders')] })), ends('client'), ends('server')],
    [{ command: 'Fetch', location: 'orders', status: 'NO REPLY' }],
  );
  dialogue(
    'is one when the server does, or in the middle of an answer',
    [client(fetch(1, { topics: [topic('orders')] })), server(found(1, 'orders', orders).subarray(0, 40)), ends('client', 'reset')],
    [{ command: 'Fetch', location: 'orders', end: 'client-reset' }],
  );
  test('records pass as they come', () => {
    const whole = found(1, 'orders', Buffer.alloc(1_000_000, 'x'));
    const { exchanges } = run(
      kafka,
      [client(fetch(1, { topics: [topic('orders')] })), server(whole.subarray(0, 500_000))],
      (bytes) => [bytes.subarray(0, 1_000), bytes.subarray(1_000)].filter((part) => part.length > 0),
    );
    expect(exchanges[0]?.response.length).toBe(500_000);
  });
});

group('SASL', () => {
  const handshake = (version: number, mechanism: string): Buffer => request(api.handshake, version, 1, { mechanism });
  const accepted = (version: number): Buffer => answer(api.handshake, version, 1, { mechanisms: ['PLAIN'] });
  const proof = (authBytes: string): Buffer => request(api.authenticate, 2, 2, { authBytes });
  dialogue(
    'is covered',
    [
      client(handshake(1, 'PLAIN')),
      server(accepted(1)),
      client(proof('\0ada\0hunter2')),
      server(answer(api.authenticate, 2, 2, { authBytes: 'secret', sessionLifetimeMs: 1 })),
    ],
    [
      { command: 'SaslHandshake', location: 'PLAIN', status: 'OK' },
      {
        command: 'SaslAuthenticate',
        status: 'OK',
        request: proof('************').toString('latin1'),
        response: answer(api.authenticate, 2, 2, { authBytes: '******', sessionLifetimeMs: 1 }).toString('latin1'),
      },
    ],
  );
  dialogue(
    'is covered where tokens have no head',
    [
      client(handshake(0, 'SCRAM-SHA-256')),
      server(accepted(0)),
      client(framed(Buffer.from('n,,n=ada,r=x'))),
      server(framed(Buffer.from('r=xy,s=z'))),
      client(framed(Buffer.from('c=biws,r=xy,p=proof'))),
      server(framed(Buffer.from('v=proof'))),
      client(request(api.metadata, 1, 2, { topics: null })),
      server(answer(api.metadata, 1, 2)),
    ],
    [
      { command: 'SaslHandshake', status: 'OK' },
      {
        command: 'SaslAuthenticate',
        location: 'SCRAM-SHA-256',
        status: 'OK',
        request: `\0\0\0\u000c${'*'.repeat(12)}`,
        response: `\0\0\0\u0008${'*'.repeat(8)}`,
      },
      {
        command: 'SaslAuthenticate',
        status: 'OK',
        request: `\0\0\0\u0013${'*'.repeat(19)}`,
        response: `\0\0\0\u0007${'*'.repeat(7)}`,
      },
      { command: 'Metadata', status: 'OK' },
    ],
  );
  dialogue(
    'that cannot be followed ends the reading',
    [client(handshake(0, 'GSSAPI'))],
    [{ command: 'SaslHandshake', location: 'GSSAPI', end: 'not-decoded' }],
    true,
  );
  dialogue(
    'covers what a newer version proves, and what is set',
    [
      client(request(api.authenticate, 9, 1, { '': Buffer.from('hunter2') }), request(38, 0, 2, { '': Buffer.from('hunter2') })),
      server(answer(api.authenticate, 9, 1, { '': Buffer.from('hunter2') }), answer(38, 0, 2, { '': Buffer.from('hunter2') })),
      client(
        request(api.alter, 1, 3, {
          resources: [{ resource: '1', configs: [{ name: 'sasl.jaas.config', value: 'hunter2' }], '': unknownTag('hunter2') }],
        }),
      ),
      server(answer(api.alter, 1, 3)),
    ],
    [
      { command: 'SaslAuthenticate', request: expectedCovered(api.authenticate, 9, 1), status: 'ANSWERED' },
      {
        command: 'CreateDelegationToken',
        request: expectedCovered(38, 0, 2),
        response: `\0\0\0\u000b\0\0\0\u0002${'*'.repeat(7)}`,
      },
      {
        command: 'IncrementalAlterConfigs',
        location: '1',
        status: 'OK',
        request: request(api.alter, 1, 3, {
          resources: [{ resource: '1', configs: [{ name: 'sasl.jaas.config', value: '*******' }], '': unknownTag('*******') }],
        }).toString('latin1'),
      },
    ],
  );
  test('too long to be held is covered whole', () => {
    const { exchanges } = run(kafka, [client(proof('s'.repeat(100_000)))]);
    expect(exchanges[0]?.request.slice(12)).toMatch(/^\*{100000,}$/);
  });
});

/** A tagged field that is not known here. */
function unknownTag(text: string): Buffer {
  return Buffer.concat([Buffer.of(1, 99, text.length), Buffer.from(text)]);
}

/** A request of which nothing is known but the client’s name, which is covered with the rest. */
function expectedCovered(key: number, version: number, number: number): string {
  const whole = request(key, version, number, { '': Buffer.from('hunter2') });
  return whole.fill('*', 12).toString('latin1');
}

test('the session is known', () => {
  const outcome = run(kafka, [
    client(greeting),
    server(answer(api.versions, 3, 1, { apis: spoken })),
    client(
      request(api.handshake, 1, 2, { mechanism: 'SCRAM-SHA-512' }),
      request(api.authenticate, 1, 3, { authBytes: 'n,,n=ada,r=x' }),
    ),
    client(request(api.beat, 3, 4, { group: 'billing' })),
  ]);
  expect(outcome.spoken).toEqual({
    server: '',
    evidence: 'the answer to ApiVersions: Produce up to version 9, Fetch up to version 16',
    facts: [
      ['Client', 'shop'],
      ['Software', 'librdkafka 2.0.2'],
      ['SASL mechanism', 'SCRAM-SHA-512'],
      ['User', 'ada'],
      ['Group', 'billing'],
    ],
  });
});

group('endings', () => {
  dialogue(
    'an answer to what nobody asked',
    [client(request(api.metadata, 1, 1)), server(answer(api.metadata, 1, 2))],
    [{ command: 'Metadata', end: 'malformed-message' }],
    true,
  );
  dialogue(
    'no API',
    [client(request(api.metadata, 1, 1), request(9_999, 1, 2))],
    [{ command: 'Metadata', end: 'malformed-message' }],
    true,
  );
  dialogue('an impossible size', [client(Buffer.from([0, 0, 0, 2, 0, 18, 0, 0, 0, 0, 0, 1]))], [], true);
  dialogue(
    'a request that is cut off',
    [client(greeting.subarray(0, 20)), ends('client'), ends('server')],
    [{ command: 'ApiVersions', end: 'client-gone' }],
  );
  dialogue(
    'an answer that is none of its fields',
    [client(request(api.beat, 0, 1)), server(framed(Buffer.from([0, 0, 0, 1, 0])))],
    [{ command: 'Heartbeat', status: 'ANSWERED' }],
  );
});

test('where brokers send their clients is told, but for a coordinator that is not known', () => {
  const recording = new Recording();
  const decoder = kafka.createDecoder(recording, recording);
  const exchange = (key: number, version: number, members: Members): unknown => {
    decoder.push('client', request(key, version, 1), 1);
    decoder.push('server', answer(key, version, 1, members), 2);
    return recording.places;
  };
  expect(exchange(10, 2, { error: 15, host: '', port: -1 })).toEqual([]);
  const brokers = [
    { host: 'kafka-1', port: 9092 },
    { host: 'kafka-2', port: 9093 },
  ];
  expect(exchange(3, 12, { brokers: brokers.map((broker) => ({ nodeId: 1, ...broker })) })).toEqual(brokers);
  expect(exchange(10, 4, { coordinators: [{ key: 'billing', host: 'kafka-3', port: 9092 }] })).toEqual([
    { host: 'kafka-3', port: 9092 },
  ]);
});
