import { test } from 'vitest';
import { client, type Step, server } from '../testing/dialogue.ts';
import { fuzz } from '../testing/fuzz.ts';
import { amqp } from './amqp.ts';
import {
  ack,
  body,
  close,
  closeOk,
  deliver,
  header,
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

const hello = Buffer.from('AMQP\0\0\u0009\u0001', 'latin1');
const begin: readonly Step[] = [
  client(hello),
  server(start),
  client(startOk()),
  server(tune),
  client(tuneOk, open),
  server(openOk),
  client(method(1, 20, 10, 0)),
  server(method(1, 20, 11, uint32(0))),
];

const conversations: readonly (readonly Step[])[] = [
  [
    ...begin,
    client(method(1, 85, 10, 0), publish(1, 'shop', 'a'), header(1, 8), body(1, 'part'), body(1, 'rest')),
    server(method(1, 85, 11), ack(1, 1)),
    client(
      method(1, 50, 10, uint16(0), short('jobs'), 1, table({ a: 'b' })),
      publish(1, 'shop', 'a'),
      header(1, 8),
      body(1, 'part'),
    ),
    server(close(1, 404)),
    client(body(1, 'rest'), closeOk(1), method(1, 20, 10, 0)),
  ],
  [
    ...begin,
    client(method(1, 60, 20, uint16(0), short('jobs'), short('me'), 0, table())),
    server(method(1, 60, 21, short('me')), deliver(1, 1, 'jobs'), header(1, 2), body(1, 'hi'), deliver(1, 2, 'jobs'), header(1, 0)),
    client(ack(1, 2, 1), method(1, 60, 90, uint64(3), 1), method(1, 60, 70, uint16(0), short('jobs'), 0)),
    server(method(1, 60, 71, uint64(2), 0, short(''), short('jobs'), uint32(0)), header(1, 2), body(1, 'hi'), close(0, 320)),
  ],
];

test('broken conversations neither throw nor leave anything open', () => {
  fuzz(amqp, conversations, 6_000);
});
