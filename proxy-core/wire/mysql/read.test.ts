import { expect, test } from 'vitest';
import type { StoredExchange } from '../protocol.ts';
import { client, run, type Step, server, storedOf } from '../testing/dialogue.ts';
import { mysql } from './mysql.ts';
import { column, counted, eof, error, ok, packet, prepare, uint16, uint32 } from './testing/packets.ts';
import { again, begin, execution, prepared } from './testing/steps.ts';

const stored = (steps: readonly Step[], index: number): StoredExchange => storedOf(run(mysql, steps).exchanges[index]);

test('rows, parameters and errors are read', () => {
  const steps = [
    ...begin,
    client(prepare('select ?')),
    server(...prepared),
    client(again),
    server(packet(1, 1, 0), packet(2, 0, 0, uint32(6)), packet(3, 0, 4), eof(4)),
    client(packet(0, 0x18, uint32(9), uint16(0), 'long'), packet(0, 0x17, uint32(9), 1, uint32(1), 0, 1, uint16(252))),
    server(error(1, 1146, 'no table')),
    client(packet(0, 0xfa, uint32(9), uint16(128), uint16(253), 0, counted('a'), 1)),
    server(ok(1, 2, 2, 5)),
  ];
  const first = mysql.read(stored(steps, 1));
  expect(first.response.sections).toMatchObject([{ title: 'Columns', columns: [{ name: 'c', type: 'int' }] }, { kind: 'text' }]);
  const fetched = mysql.read(stored(steps, 2));
  expect(fetched.response.sections).toMatchObject([
    { columns: [{ name: 'c', type: 'int' }], rows: [['6'], [null]], total: 2 },
    { text: '2 rows' },
  ]);
  expect(fetched.response.frames.map(({ name }) => name)).toEqual(['ColumnCount', 'Row', 'Row', 'EOF']);
  const failed = mysql.read(stored(steps, 3));
  expect(failed.request.sections).toMatchObject([
    { text: 'select ?' },
    { rows: [['?1', '(sent ahead)', 'blob']] },
    { kind: 'text' },
    { kind: 'value', bytes: 4 },
  ]);
  expect(failed.response.sections).toMatchObject([{ language: 'error', text: 'no table' }, { kind: 'fields' }]);
  const bulk = mysql.read(stored(steps, 4));
  expect(bulk.request.sections).toMatchObject([{}, { title: 'Parameters', rows: [['a'], [null]], total: 2 }]);
  expect(bulk.response.sections).toMatchObject([{ text: '2 rows affected, last insert id 5' }]);
});

test('values of the binary protocol are read', () => {
  const types: [type: number, flags: number, bytes: Buffer][] = [
    [1, 0, Buffer.of(0xff)],
    [2, 32, uint16(0xfffe)],
    [8, 32, Buffer.alloc(8, 0xff)],
    [4, 0, Buffer.from('cdcccc3d', 'hex')],
    [5, 0, Buffer.from('9a9999999999b93f', 'hex')],
    [12, 0, Buffer.from('0be8070506070809', 'hex').fill(11, 0, 1)],
    [11, 0, Buffer.from('0c01010000000203040a000000', 'hex')],
    [10, 0, Buffer.of(4, 0xe8, 7, 5, 6)],
    [246, 0, counted('12.50')],
    [252, 0, counted(Buffer.of(0, 1))],
  ];
  types[5] = [12, 0, Buffer.concat([Buffer.of(11), uint16(2024), Buffer.of(5, 6, 7, 8, 9), uint32(10)])];
  const definitions = types.map(([type, flags], index) => column(2 + index, `c${String(index)}`, type, flags));
  const binaryRow = packet(30, 0, Buffer.alloc((types.length + 9) >> 3), ...types.map(([, , bytes]) => bytes));
  const steps = [...begin, client(execution), server(packet(1, types.length), ...definitions, eof(20), binaryRow, eof(31))];
  expect(mysql.read(stored(steps, 1)).response.sections[0]).toMatchObject({
    rows: [
      [
        '-1',
        '65534',
        '18446744073709551615',
        '0.1',
        '0.1',
        '2024-05-06 07:08:09.000010',
        '-26:03:04.000010',
        '2024-05-06',
        '12.50',
        '0x0001',
      ],
    ],
  });
});
