import { expect, describe as group, test } from 'vitest';
import type { StoredExchange } from '../protocol.ts';
import { client, dialogue as dialogueOf, type Expected, ends, run, type Step, server, storedOf } from '../testing/dialogue.ts';
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
  untyped,
  welcome,
} from './testing/messages.ts';

const dialogue = (name: string, steps: readonly Step[], expected: readonly Expected[], raw = false): void =>
  dialogueOf(postgresql, name, steps, expected, raw);

const begin: readonly Step[] = [client(startup), server(welcome)];
const connected: Expected = { command: 'Connect', location: 'ada@shop', status: 'OK' };
const latin1 = (...parts: readonly Buffer[]): string => Buffer.concat(parts).toString('latin1');
const parsed = message('1');
const bound = message('2');

group('a session', () => {
  dialogue('begins', begin, [connected]);
  test('tells the version, and who it is', () => {
    expect(run(postgresql, begin).spoken).toEqual({
      server: 'PostgreSQL 15.18',
      evidence: 'ParameterStatus server_version: 15.18',
      facts: [
        ['User', 'ada'],
        ['Database', 'shop'],
      ],
    });
  });
  dialogue('begins in clear after TLS was refused', [client(sslRequest), server('N'), ...begin], [connected]);
  dialogue(
    'is refused',
    [client(startup), server(error('28P01', 'password authentication failed')), ends('server')],
    [{ ...connected, status: 'ERR:28P01' }],
  );
  dialogue(
    'keeps no password',
    [client(startup), server(message('R', int32(3))), client(message('p', text('hunter2'))), server(welcome)],
    [
      {
        ...connected,
        request: latin1(startup, message('p', '********')),
        response: latin1(message('R', int32(3)), Buffer.from(welcome.toString('latin1').replace('ABCD', '****'), 'latin1')),
      },
    ],
  );
  dialogue('goes on with TLS that nobody opens', [client(sslRequest), server('S'), client('\x16\x03\x01\x02\x00\x01')], [], true);
  dialogue(
    'is only for a cancel',
    [client(untyped(80_877_102, int32(7), int32(0x41_42_43_44))), ends('server')],
    [
      {
        command: 'Cancel',
        location: 'process 7',
        status: 'OK',
        request: latin1(untyped(80_877_102, int32(7), Buffer.from('****'))),
      },
    ],
  );
});

group('simple queries', () => {
  dialogue(
    'rows, several statements, errors',
    [
      ...begin,
      client(query('select 1; select 2')),
      server(columns('a'), row('1'), complete('SELECT 1'), columns('b'), row(null), complete('SELECT 1'), ready),
      client(query('select x')),
      server(error('42703', 'column "x" does not exist'), ready),
      client(query('')),
      server(message('I'), ready),
    ],
    [
      connected,
      { command: 'Query', location: 'select 1; select 2', status: 'OK' },
      { command: 'Query', location: 'select x', status: 'ERR:42703' },
      { command: 'Query', location: '', status: 'OK' },
    ],
  );
  dialogue(
    'COPY in and out',
    [
      ...begin,
      client(query('COPY t FROM STDIN')),
      server(message('G', Buffer.of(0), int16(0))),
      client(message('d', 'a\n'), message('d', 'b\n'), message('c')),
      server(complete('COPY 2'), ready),
      client(query('COPY t TO STDOUT')),
      server(message('H', Buffer.of(0), int16(0)), message('d', 'a\n'), message('c'), complete('COPY 1'), ready),
    ],
    [
      connected,
      {
        command: 'Query',
        location: 'COPY t FROM STDIN',
        request: latin1(query('COPY t FROM STDIN'), message('d', 'a\n'), message('d', 'b\n'), message('c')),
      },
      { command: 'Query', location: 'COPY t TO STDOUT', status: 'OK' },
    ],
  );
});

group('the extended protocol', () => {
  dialogue(
    'parse, bind, describe, execute and sync are one',
    [
      ...begin,
      client(parse('', 'select $1', 25), bind('', '', 'x'), describe('P', ''), execute(''), sync),
      server(parsed, bound, columns('c'), row('x'), complete('SELECT 1'), ready),
    ],
    [
      connected,
      {
        command: 'Execute',
        location: 'select $1',
        status: 'OK',
        context: {},
        request: latin1(parse('', 'select $1', 25), bind('', '', 'x'), describe('P', ''), execute(''), sync),
        response: latin1(parsed, bound, columns('c'), row('x'), complete('SELECT 1'), ready),
      },
    ],
  );
  dialogue(
    'a statement that was prepared before is remembered, with its columns',
    [
      ...begin,
      client(parse('s1', 'select $1'), describe('S', 's1'), sync),
      server(parsed, message('t', int16(1), int32(25)), columns('c'), ready),
      client(bind('', 's1', 'x'), execute(''), sync),
      server(bound, row('x'), complete('SELECT 1'), ready),
    ],
    [
      connected,
      { command: 'Prepare', location: 'select $1', status: 'OK', context: {} },
      {
        command: 'Execute',
        location: 'select $1',
        status: 'OK',
        context: { sql: 'select $1', parameters: [25], columns: [{ name: 'c', type: 25 }] },
      },
    ],
  );
  dialogue(
    'pipelined without a sync between, one of them wrong',
    [
      ...begin,
      client(
        parse('', 'insert 1'),
        bind('', ''),
        execute(''),
        parse('', 'insert 2'),
        bind('', ''),
        execute(''),
        parse('', 'insert 3'),
        bind('', ''),
        execute(''),
        sync,
      ),
      server(parsed, bound, complete('INSERT 0 1'), error('23505', 'duplicate'), ready),
      client(parse('', 'insert 4'), bind('', ''), execute(''), sync),
      server(parsed, bound, complete('INSERT 0 1'), ready),
    ],
    [
      connected,
      { command: 'Execute', location: 'insert 1', status: 'OK' },
      { command: 'Execute', location: 'insert 2', status: 'ERR:23505' },
      { command: 'Execute', location: 'insert 3', status: 'SKIPPED' },
      { command: 'Execute', location: 'insert 4', status: 'OK' },
    ],
  );
  dialogue(
    'an error that comes before the sync was sent',
    [
      ...begin,
      client(parse('', 'selec'), message('H')),
      server(error('42601', 'syntax error')),
      client(bind('', ''), execute(''), sync),
      server(ready),
      client(query('select 1')),
      server(columns('a'), row('1'), complete('SELECT 1'), ready),
    ],
    [connected, { command: 'Execute', location: 'selec', status: 'ERR:42601' }, { command: 'Query', status: 'OK' }],
  );
  dialogue(
    'rows fetched in parts',
    [
      ...begin,
      client(parse('', 'select n'), bind('p', ''), message('E', text('p'), int32(1)), message('H')),
      server(parsed, bound, row('1'), message('s')),
      client(message('E', text('p'), int32(0)), sync),
      server(row('2'), complete('SELECT 1'), ready),
    ],
    [
      connected,
      { command: 'Execute', location: 'select n', status: 'OK' },
      { command: 'Execute', location: 'select n', status: 'OK' },
    ],
  );
});

group('what comes unasked', () => {
  dialogue(
    'notifications, notices and the end of the server',
    [
      ...begin,
      server(message('A', int32(7), text('jobs'), text('42'))),
      client(query('listen x')),
      server(
        message('N', text('SNOTICE'), text('Mhello'), Buffer.of(0)),
        message('A', int32(7), text('jobs'), text('43')),
        complete('LISTEN'),
        ready,
      ),
      server(error('57P01', 'terminating connection')),
      ends('server'),
    ],
    [
      connected,
      { command: 'NOTIFY', location: 'jobs', status: 'PUSH' },
      { command: 'Query', location: 'listen x', status: 'OK' },
      { command: 'NOTIFY', location: 'jobs', status: 'PUSH' },
      { command: 'Error', status: 'ERR:57P01' },
    ],
  );
});

group('endings', () => {
  dialogue(
    'in the middle of a query',
    [...begin, client(query('select 1')), ends('server', 'reset')],
    [connected, { command: 'Query', end: 'upstream-reset' }],
  );
  dialogue('the client says goodbye', [...begin, client(message('X')), ends('client'), ends('server')], [connected]);
  dialogue(
    'what is no message',
    [...begin, client(query('select 1')), server('HTTP/1.1 400 Bad Request\r\n')],
    [connected, { command: 'Query', end: 'malformed-message' }],
    true,
  );
  dialogue(
    'replication',
    [...begin, client(query('START_REPLICATION')), server(message('W', Buffer.of(0), int16(0)))],
    [connected, { command: 'Query', end: 'not-decoded' }],
    true,
  );
});

const stored = (steps: readonly Step[], index: number): StoredExchange => storedOf(run(postgresql, steps).exchanges[index]);

test('rows, parameters and errors are read', () => {
  const steps = [
    ...begin,
    client(parse('s', 'select $1', 25), describe('S', 's'), sync),
    server(parsed, message('t', int16(1), int32(25)), columns('c'), ready),
    client(bind('', 's', 'x'), execute(''), sync),
    server(bound, row('x'), row(null), complete('SELECT 2'), ready),
    client(query('select y')),
    server(error('42703', 'no column'), ready),
  ];
  const { request, response } = postgresql.read(stored(steps, 2));
  expect(request.sections).toMatchObject([
    { kind: 'text', text: 'select $1' },
    { kind: 'table', rows: [['$1', 'x', 'text']] },
  ]);
  expect(response.sections).toMatchObject([
    { kind: 'table', columns: [{ name: 'c', type: 'text' }], rows: [['x'], [null]], total: 2 },
    { text: 'SELECT 2' },
  ]);
  expect(response.frames.map(({ name }) => name)).toEqual([
    'BindComplete',
    'DataRow',
    'DataRow',
    'CommandComplete',
    'ReadyForQuery',
  ]);
  expect(postgresql.read(stored(steps, 3)).response.sections).toMatchObject([
    { title: 'Error', text: 'no column' },
    { kind: 'fields' },
  ]);
});
