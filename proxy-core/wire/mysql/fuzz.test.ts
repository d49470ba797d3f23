import { test } from 'vitest';
import { client, type Step, server } from '../testing/dialogue.ts';
import { fuzz } from '../testing/fuzz.ts';
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
  row,
  text,
  tls,
  uint16,
  uint32,
  usual,
  withoutEof,
} from './testing/packets.ts';

const begun = (flags: number): Step[] => [server(greeting(flags)), client(introduction(flags)), server(ok(2))];

const conversations: readonly (readonly Step[])[] = [
  [
    ...begun(usual),
    client(query('select 1; select 2')),
    server(packet(1, 1), column(2, 'a'), eof(3), row(4, '1'), row(5, null), eof(6, 8), ok(7), error(1, 1054, 'no')),
    client(packet(0, 0x11, text('eve'), counted('hunter2'), text('other'), uint16(33), text('x')), query('b')),
    server(packet(1, 0xfe, text('mysql_native_password'), text('challenge')), ok(3), ok(1)),
  ],
  [
    ...begun(usual | withoutEof | queryAttributes),
    client(prepare('select ?'), packet(0, 0x18, uint32(9), uint16(0), 'long')),
    server(packet(1, 0, uint32(9), uint16(1), uint16(1), 0, uint16(0)), column(2, '?'), column(3, 'c', 3)),
    client(packet(0, 0x17, uint32(9), 9, uint32(1), 1, 0, 1, uint16(253), counted(''), counted('x'))),
    server(packet(1, 1, 1), column(2, 'c', 12), packet(3, 0, 0, 4, uint16(2024), 5, 6), okAtEnd(4)),
    client(packet(0, 0xfa, uint32(9), uint16(128), uint16(253), 0, counted('a'), 1), packet(0, 0x1c, uint32(9), uint32(2))),
    server(ok(1), packet(1, 0, 0, 4, uint16(2024), 5, 6), okAtEnd(4)),
  ],
  [
    ...begun(usual),
    client(query("load data local infile 'f' into table t")),
    server(packet(1, 0xfb, 'f')),
    client(packet(2, 'one\n'), packet(3), packet(0, 0x09), packet(0, 0x04, text('t'))),
    server(ok(4), packet(1, 'Uptime: 1'), column(1, 'a'), eof(2)),
  ],
  [server(greeting(usual | tls)), client(packet(1, uint32(usual | tls), uint32(1 << 24), 0x21, Buffer.alloc(23)), '\x16\x03\x01')],
  [
    ...begun(usual | 0x20),
    client(carried(0, 'as it is', query('select a'))),
    server(carried(1, 'zlib', packet(1, 1), column(2, 'a'), eof(3), row(4, '1')), carried(2, 'as it is', eof(5))),
    client(carried(0, 'zlib', query('b'))),
    server(carried(1, 'zlib', ok(1))),
  ],
  [
    client(introduction(usual | tls, 'x', 2)),
    server(packet(3, 1, 4), ok(4)),
    client(query('a')),
    server(packet(1, 0xff, uint16(0xffff), 'x'), ok(2)),
  ],
];

test('broken conversations neither throw nor leave anything open', () => {
  fuzz(mysql, conversations, 6_000);
});
