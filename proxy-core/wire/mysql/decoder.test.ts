import { deflateSync } from 'node:zlib';
import { expect, describe as group, test } from 'vitest';
import { client, dialogue as dialogueOf, type Expected, ends, run, type Step, server } from '../testing/dialogue.ts';
import { mysql } from './mysql.ts';
import {
  carried,
  column,
  counted,
  eof,
  error,
  greeting,
  introduction,
  ok,
  okAtEnd,
  packet,
  prepare,
  query,
  queryAttributes,
  request,
  row,
  text,
  tls,
  uint16,
  uint32,
  usual,
  withoutEof,
} from './testing/packets.ts';
import { again, begin, begun, execution, prepared } from './testing/steps.ts';

const dialogue = (name: string, steps: readonly Step[], expected: readonly Expected[], raw = false): void =>
  dialogueOf(mysql, name, steps, expected, raw);

const connected: Expected = { command: 'Connect', location: 'ada@shop', status: 'OK' };
const latin1 = (...parts: readonly Buffer[]): string => Buffer.concat(parts).toString('latin1');

group('a session', () => {
  dialogue('begins', begin, [
    {
      ...connected,
      request: latin1(introduction(usual, '*******')),
      response: latin1(greeting(), ok(2)),
    },
  ]);
  test('tells the version, and who it is', () => {
    expect(run(mysql, begin).spoken).toEqual({
      server: 'MySQL 8.0.36',
      evidence: 'the server’s greeting: 8.0.36',
      facts: [
        ['User', 'ada'],
        ['Database', 'shop'],
        ['Program', 'shop'],
      ],
    });
  });
  test.each([
    ['5.5.5-10.11.6-MariaDB-0+deb12u1', 'MariaDB 10.11.6'],
    ['11.4.2-MariaDB-ubu2404', 'MariaDB 11.4.2'],
    ['8.0.11-TiDB-v7.5.0', 'TiDB 7.5.0'],
    ['8.0.30-Vitess', 'Vitess 8.0.30'],
    ['8.0.36-28', 'MySQL 8.0.36'],
    ['5.5.5-log', 'MySQL 5.5.5'],
    ['', 'MySQL'],
  ])('a greeting of version %s is that of %s', (version, name) => {
    expect(run(mysql, [server(greeting(usual, version))]).spoken?.server).toBe(name);
  });
  dialogue(
    'keeps no password, however often it is asked for',
    [
      server(greeting()),
      client(introduction()),
      server(packet(2, 0xfe, text('mysql_clear_password'), text('challenge'))),
      client(packet(3, 'hunter2\0')),
      server(packet(4, 1, 4)),
      client(packet(5, 2)),
      server(packet(6, 1, 'PUBLIC KEY')),
      client(packet(7, 'hunter2')),
      server(ok(8)),
    ],
    [
      {
        ...connected,
        request: latin1(introduction(usual, '*******'), packet(3, '********'), packet(5, '*'), packet(7, '*******')),
      },
    ],
  );
  dialogue(
    'is refused',
    [server(greeting()), client(introduction()), server(error(2, 1045, 'Access denied')), ends('server')],
    [{ ...connected, status: 'ERR:1045' }],
  );
  dialogue(
    'is refused without a greeting',
    [server(packet(0, 0xff, uint16(1040), 'Too many connections')), ends('server')],
    [{ command: 'Connect', location: '', status: 'ERR:1040' }],
  );
  dialogue(
    'is a look whether the server is there',
    [server(greeting()), ends('client'), ends('server')],
    [{ command: 'Connect', location: '', response: latin1(greeting()), end: 'client-gone' }],
  );
  dialogue(
    'goes on with TLS that nobody opens',
    [
      server(greeting(usual | tls)),
      client(packet(1, uint32(usual | tls), uint32(1 << 24), 0x21, Buffer.alloc(23))),
      client('\x16\x03\x01\x02\x00\x01'),
    ],
    [],
    true,
  );
  dialogue(
    'inside of TLS begins with the client',
    [client(introduction(usual | tls, 'hunter2', 2)), server(ok(3)), client(packet(0, 0x0e)), server(ok(1))],
    [
      { ...connected, request: latin1(introduction(usual | tls, '*******', 2)), response: latin1(ok(3)) },
      { command: 'Ping', status: 'OK' },
    ],
  );
  dialogue(
    'changes its user',
    [
      ...begin,
      client(request(0, 0x11, text('eve'), counted('hunter2'), text('other'), uint16(33), text('x'))),
      server(packet(1, 0xfe, text('mysql_native_password'), text('challenge'))),
      client(packet(2, 'hunter2')),
      server(ok(3)),
      client(request(0, 0x02, 'third')),
      server(ok(1)),
    ],
    [
      connected,
      {
        command: 'ChangeUser',
        location: 'eve@other',
        request: latin1(
          request(0, 0x11, text('eve'), counted('*******'), text('other'), uint16(33), text('x')),
          packet(2, '*******'),
        ),
      },
      { command: 'InitDb', location: 'third', status: 'OK' },
    ],
  );
  for (const [by, flag] of [
    ['zlib', 0x20],
    ['zstd', 1 << 26],
  ] as const) {
    const rows = [packet(1, 1), column(2, 'a'), eof(3), row(4, 'x'.repeat(300)), row(5, 'y'), eof(6)];
    const whole = Buffer.concat(rows);
    dialogue(
      `that is compressed with ${by}, wherever it is cut`,
      [
        server(greeting(usual | flag)),
        client(introduction(usual | flag)),
        server(ok(2)),
        client(carried(0, 'as it is', query('select a'))),
        server(
          carried(1, by, whole.subarray(0, 100)),
          carried(2, by, whole.subarray(100, 120)),
          carried(3, 'as it is', whole.subarray(120)),
        ),
        client(carried(0, by, query(`select '${'z'.repeat(80)}'`))),
        server(carried(1, 'as it is', error(1, 1064, 'no'))),
      ],
      [
        connected,
        { command: 'Query', location: 'select a', status: 'OK', response: latin1(...rows) },
        { command: 'Query', location: `select '${'z'.repeat(80)}'`, status: 'ERR:1064' },
      ],
    );
  }
  for (const [what, bytes] of [
    ['is not what it says', Buffer.concat([Buffer.from('\x04\0\0\0\x64\0\0'), Buffer.from('nope')])],
    ['makes something else than it says', Buffer.concat([Buffer.from('\x0b\0\0\0\x64\0\0'), deflateSync('abc'), Buffer.alloc(4)])],
    ['makes too much', Buffer.from('\xff\xff\xff\0\xff\xff\xff', 'latin1')],
  ] as const) {
    dialogue(
      `that is compressed and ${what}`,
      [server(greeting(usual | 0x20)), client(introduction(usual | 0x20)), server(ok(2)), client(bytes)],
      [connected],
      true,
    );
  }
});

group('queries', () => {
  dialogue(
    'rows, several results, errors',
    [
      ...begin,
      client(query('select 1; select 2')),
      server(packet(1, 1), column(2, 'a'), eof(3), row(4, '1'), row(5, null), eof(6, 8)),
      server(packet(7, 1), column(8, 'b'), eof(9), row(10, '2'), eof(11)),
      client(query('select x')),
      server(error(1, 1054, 'Unknown column')),
      client(query('insert')),
      server(ok(1, 3)),
    ],
    [
      connected,
      {
        command: 'Query',
        location: 'select 1; select 2',
        status: 'OK',
        response: latin1(
          packet(1, 1),
          column(2, 'a'),
          eof(3),
          row(4, '1'),
          row(5, null),
          eof(6, 8),
          packet(7, 1),
          column(8, 'b'),
          eof(9),
          row(10, '2'),
          eof(11),
        ),
      },
      { command: 'Query', location: 'select x', status: 'ERR:1054' },
      { command: 'Query', location: 'insert', status: 'OK' },
    ],
  );
  dialogue(
    'without EOF, and an error in the middle of rows',
    [
      ...begun(usual | withoutEof),
      client(query('select 1')),
      server(packet(1, 2), column(2, 'a'), column(3, 'b'), row(4, '1', '2'), okAtEnd(5)),
      client(query('select 2')),
      server(packet(1, 1), column(2, 'a'), row(3, '1'), error(4, 1317, 'interrupted')),
    ],
    [connected, { command: 'Query', location: 'select 1', status: 'OK' }, { command: 'Query', status: 'ERR:1317' }],
  );
  dialogue(
    'a file of the client',
    [
      ...begin,
      client(query("load data local infile 'f' into table t")),
      server(packet(1, 0xfb, 'f')),
      client(packet(2, 'one\n'), packet(3, 'two\n'), packet(4)),
      server(ok(5, 2)),
    ],
    [
      connected,
      {
        command: 'Query',
        request: latin1(query("load data local infile 'f' into table t"), packet(2, 'one\n'), packet(3, 'two\n'), packet(4)),
        response: latin1(packet(1, 0xfb, 'f'), ok(5, 2)),
      },
    ],
  );
  dialogue(
    'with attributes',
    [
      ...begun(usual | queryAttributes),
      client(packet(0, 0x03, 1, 1, 0, 1, uint16(254), counted('trace'), counted('abc'), 'select 1')),
      server(ok(1)),
      client(packet(0, 0x03, 0, 1, 'select 2')),
      server(ok(1)),
    ],
    [
      connected,
      { command: 'Query', location: 'select 1', context: { attributes: true } },
      { command: 'Query', location: 'select 2' },
    ],
  );
  dialogue(
    'sent ahead of answers, and progress in between',
    [...begin, client(query('a'), query('b')), server(packet(1, 0xff, uint16(0xffff), 1, 1, 1), ok(2), error(1, 1064, 'no'))],
    [connected, { command: 'Query', location: 'a', status: 'OK' }, { command: 'Query', location: 'b', status: 'ERR:1064' }],
  );
});

group('prepared statements', () => {
  dialogue(
    'are remembered, with the types of their parameters',
    [
      ...begin,
      client(prepare('select ?')),
      server(...prepared),
      client(execution),
      server(packet(1, 1), column(2, 'c', 3), eof(3), packet(4, 0, 0, uint32(5)), eof(5)),
      client(again),
      server(packet(1, 1, 0), packet(2, 0, 0, uint32(6)), eof(3)),
      client(request(0, 0x1a, uint32(9))),
      server(ok(1)),
      client(request(0, 0x19, uint32(9))),
    ],
    [
      connected,
      { command: 'Prepare', location: 'select ?', status: 'OK', context: {} },
      { command: 'Execute', location: 'select ?', status: 'OK', context: { sql: 'select ?', parameters: 1 } },
      {
        command: 'Execute',
        location: 'select ?',
        context: {
          sql: 'select ?',
          parameters: 1,
          types: [253],
          columns: [{ name: 'c', type: 3, flags: 0, charset: 33, decimals: 0 }],
        },
      },
      { command: 'Reset', location: 'select ?', status: 'OK' },
      { command: 'Close', location: 'select ?', status: 'NO REPLY' },
    ],
  );
  dialogue(
    'values sent ahead, and a cursor',
    [
      ...begin,
      client(prepare('select ?')),
      server(...prepared),
      client(packet(0, 0x18, uint32(9), uint16(0), 'long'), packet(0, 0x17, uint32(9), 1, uint32(1), 0, 1, uint16(252))),
      server(packet(1, 1), column(2, 'c', 3), eof(3, 0x42)),
      client(packet(0, 0x1c, uint32(9), uint32(2))),
      server(packet(1, 0, 0, uint32(5)), packet(2, 0, 0, uint32(6)), eof(3, 0x82)),
    ],
    [
      connected,
      { command: 'Prepare' },
      {
        command: 'Execute',
        request: latin1(packet(0, 0x18, uint32(9), uint16(0), 'long'), packet(0, 0x17, uint32(9), 1, uint32(1), 0, 1, uint16(252))),
      },
      { command: 'Fetch', location: 'select ?', status: 'OK' },
    ],
  );
  dialogue(
    'as MariaDB sends them: executed unseen, in bulk',
    [
      ...begun((usual & ~1) | withoutEof),
      client(prepare('insert ?'), packet(0, 0x17, uint32(0xffffffff), 0, uint32(1), 0, 1, uint16(253), counted('x'))),
      server(packet(1, 0, uint32(9), uint16(0), uint16(1), 0, uint16(0)), column(2, '?'), ok(1, 1)),
      client(packet(0, 0xfa, uint32(9), uint16(128), uint16(253), 0, counted('a'), 1)),
      server(ok(1, 2)),
    ],
    [
      connected,
      { command: 'Prepare', location: 'insert ?' },
      { command: 'Execute', location: 'insert ?', status: 'OK' },
      { command: 'BulkExecute', location: 'insert ?', status: 'OK' },
    ],
  );
});

group('endings', () => {
  dialogue(
    'in the middle of a query',
    [...begin, client(query('select 1')), ends('server', 'reset')],
    [connected, { command: 'Query', end: 'upstream-reset' }],
  );
  dialogue('the client says goodbye', [...begin, client(packet(0, 1)), ends('client'), ends('server')], [connected]);
  dialogue(
    'the server says why it ends',
    [...begin, server(error(0, 1927, 'Connection was killed')), ends('server')],
    [connected, { command: 'Error', location: '', status: 'ERR:1927' }],
  );
  dialogue(
    'a command that is too long for the server',
    [...begin, client(query('select 1').subarray(0, 8)), server(error(1, 1153, 'too big')), client('ect 1'), ends('server')],
    [connected, { command: 'Query', status: 'ERR:1153', request: latin1(query('select 1').subarray(0, 8)) }],
  );
  dialogue('what is no command', [...begin, client('GET / HTTP/1.1\r\n')], [connected], true);
  dialogue('what nobody asked', [...begin, server(ok(0))], [connected], true);
  dialogue('replication', [...begin, client(packet(0, 0x12, uint32(4)))], [connected], true);
});
