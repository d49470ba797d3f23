import { test } from 'vitest';
import { client, type Step, server } from '../testing/dialogue.ts';
import { fuzz } from '../testing/fuzz.ts';
import { postgresql } from './postgresql.ts';
import {
  bind,
  columns,
  complete,
  describe,
  error,
  execute,
  int16,
  int32,
  message,
  parse,
  query,
  ready,
  row,
  sslRequest,
  startup,
  sync,
  text,
  welcome,
} from './testing/messages.ts';

const begin: readonly Step[] = [client(startup), server(welcome)];

const conversations: readonly (readonly Step[])[] = [
  [
    client(sslRequest),
    server('N'),
    ...begin,
    client(query('select 1')),
    server(columns('a'), row('1'), complete('SELECT 1'), ready),
  ],
  [
    ...begin,
    client(
      parse('s', 'select $1', 23),
      bind('', 's', 'x'),
      describe('P', ''),
      execute(''),
      sync,
      parse('', 'x'),
      bind('', ''),
      execute(''),
      sync,
    ),
    server(message('1'), message('2'), columns('c'), row('x', null), complete('SELECT 1'), ready, error('42601', 'no'), ready),
  ],
  [
    ...begin,
    client(query('copy t from stdin')),
    server(message('G', Buffer.of(0), int16(0))),
    client(message('d', 'abc'), message('c')),
    server(message('A', int32(1), text('a'), text('b')), complete('COPY 1'), ready),
  ],
  [
    client(startup),
    server(message('R', int32(10), text('SCRAM-SHA-256'), Buffer.of(0))),
    client(message('p', text('SCRAM-SHA-256'), int32(3), 'n,,')),
    server(welcome),
  ],
];

test('broken conversations neither throw nor leave anything open', () => {
  fuzz(postgresql, conversations, 6_000);
});
