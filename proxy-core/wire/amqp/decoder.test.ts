import { expect, describe as group, test } from 'vitest';
import { client, dialogue as dialogueOf, type Expected, ends, run, type Step, server, storedOf } from '../testing/dialogue.ts';
import { amqp } from './amqp.ts';
import {
  ack,
  body,
  close,
  closeOk,
  deliver,
  frame,
  header,
  headerWith,
  long,
  method,
  open,
  openOk,
  publish,
  short,
  start,
  startOk,
  table,
  tune,
  tuneOk,
  uint16,
  uint32,
  uint64,
} from './testing/frames.ts';

const dialogue = (name: string, steps: readonly Step[], expected: readonly Expected[], raw = false): void =>
  dialogueOf(amqp, name, steps, expected, raw);

const hello = Buffer.from('AMQP\0\0\u0009\u0001', 'latin1');
const begin: readonly Step[] = [
  client(hello),
  server(start),
  client(startOk()),
  server(tune),
  client(tuneOk, open),
  server(openOk),
];
const channel: readonly Step[] = [...begin, client(method(1, 20, 10, 0)), server(method(1, 20, 11, uint32(0)))];
const connected: Expected = { command: 'Connect', location: 'ada@/', status: 'OK' };
const opened: Expected[] = [connected, { command: 'ChannelOpen', status: 'OK' }];
const latin1 = (...parts: readonly Buffer[]): string => Buffer.concat(parts).toString('latin1');
const consume = (consumer: string, bits: number): Buffer =>
  method(1, 60, 20, uint16(0), short('jobs'), short(consumer), bits, table());

group('a session', () => {
  dialogue('begins, without its password', begin, [
    { ...connected, request: latin1(hello, startOk('************'), tuneOk, open), response: latin1(start, tune, openOk) },
  ]);
  test('tells the version, and who it is', () => {
    expect(run(amqp, begin).spoken).toEqual({
      server: 'RabbitMQ 3.10.8',
      evidence: 'Connection.Start of the server: RabbitMQ 3.10.8',
      facts: [
        ['User', 'ada'],
        ['Client', 'shop'],
        ['Virtual host', '/'],
      ],
    });
  });
  dialogue(
    'is refused',
    [client(hello), server(start), client(startOk()), server(close(0, 403)), client(closeOk(0)), ends('server')],
    [{ ...connected, location: 'ada', status: 'ERR:403' }],
  );
  dialogue(
    'proves more, and ends',
    [
      ...begin,
      client(method(0, 10, 70, long('hunter2'), short('expired'))),
      server(method(0, 10, 71), frame(8, 0)),
      client(frame(8, 0), close(0, 200)),
      server(closeOk(0)),
      ends('server'),
    ],
    [
      connected,
      { command: 'ConnectionUpdateSecret', status: 'OK', request: latin1(method(0, 10, 70, long('*******'), short('expired'))) },
    ],
  );
});

group('methods', () => {
  dialogue(
    'are joined to their answers',
    [
      ...channel,
      client(
        method(1, 50, 10, uint16(0), short(''), 0, table({ 'x-queue-type': 'quorum' })),
        method(1, 50, 20, uint16(0), short('jobs'), short('shop'), short('order.*'), 0, table()),
        method(1, 50, 30, uint16(0), short('jobs'), 1),
      ),
      server(method(1, 50, 11, short('amq.gen-1'), uint32(0), uint32(0)), method(1, 50, 21)),
      client(method(1, 20, 40, uint16(200), short('bye'), uint16(0), uint16(0))),
      server(closeOk(1)),
    ],
    [
      ...opened,
      { command: 'QueueDeclare', location: 'amq.gen-1', status: 'OK' },
      { command: 'QueueBind', location: 'jobs shop/order.*', status: 'OK' },
      { command: 'QueuePurge', location: 'jobs', status: 'NO REPLY' },
      { command: 'ChannelClose', status: 'OK' },
    ],
  );
  dialogue(
    'fail, and the channel with them',
    [
      ...channel,
      client(method(1, 50, 10, uint16(0), short('jobs'), 1, table()), publish(1, 'shop', 'a'), header(1, 8), body(1, 'part')),
      server(close(1, 404)),
      client(body(1, 'rest'), publish(1, '', 'b'), header(1, 0), closeOk(1), method(1, 20, 10, 0)),
      server(method(1, 20, 11, uint32(0))),
    ],
    [
      ...opened,
      { command: 'QueueDeclare', location: 'jobs', status: 'ERR:404' },
      { command: 'Publish', location: 'shop/a', status: 'SKIPPED' },
      { command: 'Publish', location: 'b', status: 'SKIPPED' },
      { command: 'ChannelOpen', status: 'OK' },
    ],
  );
});

group('messages', () => {
  dialogue(
    'are published, in several frames and on several channels',
    [
      ...channel,
      client(
        publish(1, 'shop', 'a'),
        header(1, 8),
        publish(2, '', 'b'),
        body(1, 'part'),
        header(2, 2),
        body(2, 'hi'),
        body(1, 'rest'),
      ),
    ],
    [
      ...opened,
      {
        command: 'Publish',
        location: 'shop/a',
        status: 'NO REPLY',
        request: latin1(publish(1, 'shop', 'a'), header(1, 8), body(1, 'part'), body(1, 'rest')),
      },
      { command: 'Publish', location: 'b', status: 'NO REPLY', request: latin1(publish(2, '', 'b'), header(2, 2), body(2, 'hi')) },
    ],
  );
  dialogue(
    'are confirmed, or returned',
    [
      ...channel,
      client(method(1, 85, 10, 0)),
      server(method(1, 85, 11)),
      client(...['a', 'b', 'c', 'd'].flatMap((key) => [publish(1, '', key), header(1, 0)])),
      server(method(1, 60, 50, uint16(312), short('NO_ROUTE'), short(''), short('a')), header(1, 0)),
      server(ack(1, 2, 1), method(1, 60, 120, uint64(3), 0)),
      ends('server'),
    ],
    [
      ...opened,
      { command: 'ConfirmSelect', status: 'OK' },
      { command: 'Publish', location: 'a', status: 'OK', response: '' },
      { command: 'Publish', location: 'b', status: 'OK', response: latin1(ack(1, 2, 1)) },
      { command: 'Publish', location: 'c', status: 'ERR' },
      { command: 'Publish', location: 'd', end: 'upstream-closed-early' },
      { command: 'Return', location: 'a', status: 'ERR:312' },
    ],
  );
  dialogue(
    'are delivered, and acknowledged',
    [
      ...channel,
      client(consume('me', 0)),
      server(method(1, 60, 21, short('me'))),
      server(...[1, 2, 3, 4].flatMap((tag) => [deliver(1, tag, 'jobs'), header(1, 2), body(1, 'hi')])),
      client(ack(1, 2, 1), method(1, 60, 90, uint64(3), 1)),
      ends('client'),
      ends('server'),
    ],
    [
      ...opened,
      { command: 'Consume', location: 'jobs', status: 'OK' },
      { command: 'Deliver', location: 'jobs', status: 'PUSH', request: '' },
      {
        command: 'Deliver',
        location: 'jobs',
        status: 'PUSH',
        request: latin1(ack(1, 2, 1)),
        response: latin1(deliver(1, 2, 'jobs'), header(1, 2), body(1, 'hi')),
      },
      { command: 'Deliver', location: 'jobs', status: 'REJECTED' },
      { command: 'Deliver', location: 'jobs', status: 'PUSH' },
    ],
  );
  dialogue(
    'need no acknowledgement, or are fetched',
    [
      ...channel,
      client(consume('', 2)),
      server(method(1, 60, 21, short('me')), deliver(1, 1, 'jobs'), header(1, 0)),
      client(method(1, 60, 70, uint16(0), short('jobs'), 0), method(1, 60, 70, uint16(0), short('jobs'), 0)),
      server(
        method(1, 60, 71, uint64(2), 0, short(''), short('jobs'), uint32(0)),
        header(1, 2),
        body(1, 'hi'),
        method(1, 60, 72, 0),
      ),
      client(ack(1, 2)),
    ],
    [
      ...opened,
      { command: 'Consume', location: 'jobs', status: 'OK' },
      { command: 'Deliver', location: 'jobs', status: 'PUSH' },
      { command: 'Get', location: 'jobs', status: 'OK' },
      { command: 'Get', location: 'jobs', status: 'EMPTY' },
      { command: 'Ack', status: 'NO REPLY' },
    ],
  );
});

group('endings', () => {
  dialogue(
    'another version',
    [client(hello), server('AMQP\0\u0001\0\0')],
    [{ command: 'Connect', end: 'malformed-message' }],
    true,
  );
  dialogue('what is no frame', [...begin, client('GET / HTTP/1.1\r\n\r\n')], [connected], true);
  dialogue('what nobody asked', [...begin, server(method(1, 50, 21))], [connected], true);
  dialogue('a body without a message', [...begin, client(body(1, 'x'))], [connected], true);
});

test('messages and methods are read', () => {
  const { exchanges } = run(amqp, [
    ...channel,
    client(publish(1, 'shop', 'a'), header(1, 7, 'application/json'), body(1, '{"a"'), body(1, ':1}')),
    client(method(1, 50, 10, uint16(0), short('jobs'), 3, table({ 'x-queue-type': 'quorum' }))),
    server(close(1, 406)),
  ]);
  const reading = (index: number): ReturnType<typeof amqp.read> => amqp.read(storedOf(exchanges[index]));
  expect(reading(2).request.sections).toMatchObject([
    { title: 'Publish' },
    { fields: [['content type', 'application/json']] },
    { title: 'Message', bytes: 7, base64: Buffer.from('{"a":1}').toString('base64'), mediaType: 'application/json' },
  ]);
  expect(reading(3).request.sections).toMatchObject([
    {
      title: 'QueueDeclare',
      fields: [
        ['queue', 'jobs'],
        ['passive', 'yes'],
        ['durable', 'yes'],
        ['arguments', '{"x-queue-type":"quorum"}'],
      ],
    },
  ]);
  expect(reading(3).response.sections).toMatchObject([{ title: 'Error', text: 'NO' }, { title: 'ChannelClose' }]);
});

test('messages carry their headers, whoever sends them and wherever what was kept of them ends', () => {
  const { exchanges } = run(amqp, [
    ...channel,
    client(publish(1, 'shop', 'a'), headerWith(1, 2, { 'x-request-id': '7f3a99' }), body(1, 'hi')),
    server(deliver(1, 7, 'jobs'), headerWith(1, 2, { traceparent: '00-1' }), body(1, 'ho')),
  ]);
  const carried = (index: number, kept = Number.POSITIVE_INFINITY): unknown => {
    const { request, response, summary, context } = storedOf(exchanges[index]);
    expect(amqp.carrier?.commands).toContain(summary.command);
    return amqp.carrier?.fields(request.subarray(0, kept), response.subarray(0, kept), context);
  };
  expect(carried(2)).toEqual([[['x-request-id', '7f3a99']]]);
  expect(carried(3)).toEqual([[['traceparent', '00-1']]]);
  for (let kept = 0; kept < 200; kept += 1) expect(() => carried(2, kept)).not.toThrow();
});
