import { expect, describe as group, test } from 'vitest';
import type { FirstWords } from '../protocol.ts';
import { client, dialogue as dialogueOf, type Expected, ends, run, type Step, server, storedOf } from '../testing/dialogue.ts';
import { memcached } from './memcached.ts';

const dialogue = (name: string, steps: readonly Step[], expected: readonly Expected[], raw = false): void =>
  dialogueOf(memcached, name, steps, expected, raw);

const first = (said: string, answered = '', spokeFirst: FirstWords['spokeFirst'] = 'client'): FirstWords => ({
  client: Buffer.from(said, 'latin1'),
  server: Buffer.from(answered, 'latin1'),
  spokeFirst,
});

group('detection', () => {
  test.each([
    ['set k 0 60 5\r\n', '', 'yes'],
    ['set k', '', 'more'],
    ['set k v\r\n', '+OK\r\n', 'no'],
    ['get k\r\n', '', 'more'],
    ['get k\r\n', 'END\r\n', 'yes'],
    ['get k\r\n', '$-1\r\n', 'no'],
    ['ge', '', 'more'],
    ['GET k\r\n', '', 'no'],
    ['mg k v\r\n', 'VA 1\r\nx\r\n', 'yes'],
    ['version\r\n', 'VERSION 1.6.18\r\n', 'yes'],
    [`\x80\x00\x00\x01${'\0'.repeat(7)}\x01${'\0'.repeat(12)}k`, '', 'yes'],
    ['hello\r\n', '', 'no'],
  ] as const)('%j, answered %j: %s', (said, answered, verdict) => {
    expect(memcached.detect(first(said, answered))).toBe(verdict);
  });
  test('a server that speaks first is another', () => {
    expect(memcached.detect(first('', 'VERSION 1\r\n', 'server'))).toBe('no');
  });
});

group('commands', () => {
  dialogue(
    'values are stored and found',
    [
      client('set user:1 0 60 7\r\nline\r\n2\r\n'),
      server('STORED\r\n'),
      client('get user:1 user:2\r\ngets user:2\r\n'),
      server('VALUE user:1 0 7\r\nline\r\n2\r\nEND\r\nEND\r\n'),
      client('incr n 1\r\ndelete n\r\ntouch n 5\r\n'),
      server('2\r\nDELETED\r\nNOT_FOUND\r\n'),
    ],
    [
      { command: 'set', location: 'user:1', status: 'OK', request: 'set user:1 0 60 7\r\nline\r\n2\r\n', response: 'STORED\r\n' },
      {
        command: 'get',
        location: 'user:1 user:2',
        status: 'OK',
        response: 'VALUE user:1 0 7\r\nline\r\n2\r\nEND\r\n',
      },
      { command: 'gets', location: 'user:2', status: 'MISS' },
      { command: 'incr', location: 'n', status: 'OK' },
      { command: 'delete', location: 'n', status: 'OK' },
      { command: 'touch', location: 'n', status: 'NOT_FOUND' },
    ],
  );
  dialogue(
    'without a reply, and with errors',
    [
      client('set k 0 0 1 noreply\r\nx\r\nbad\r\nadd k 0 0 1\r\nx\r\nset k 0 0 9999\r\n'),
      server('ERROR\r\nNOT_STORED\r\nSERVER_ERROR object too large for cache\r\n'),
    ],
    [
      { command: 'set', status: 'NO REPLY' },
      { command: 'bad', status: 'ERR' },
      { command: 'add', status: 'NOT_STORED' },
      { command: 'set', status: 'ERR:SERVER', request: 'set k 0 0 9999\r\n' },
    ],
  );
  dialogue(
    'meta commands, and the quiet ones among them',
    [
      client('mg a v k q O1\r\nmg b v k q O2\r\nms c 2 q\r\nhi\r\nmn\r\nmg d t\r\nmg e v\r\n'),
      server('VA 3 kb O2\r\nabc\r\nMN\r\nHD t-1\r\nEN\r\n'),
    ],
    [
      { command: 'mg', location: 'a', status: 'MISS' },
      { command: 'mg', location: 'b', status: 'OK', response: 'VA 3 kb O2\r\nabc\r\n' },
      { command: 'ms', location: 'c', status: 'OK' },
      { command: 'mn', status: 'OK' },
      { command: 'mg', location: 'd', status: 'OK' },
      { command: 'mg', location: 'e', status: 'MISS' },
    ],
  );
  dialogue(
    'what looks like a password is masked',
    [client('set auth 0 0 11\r\nada hunter2\r\nset auth 0 0 1\r\nx\r\n'), server('STORED\r\nSTORED\r\n')],
    [
      { command: 'set', location: 'auth', request: `set auth 0 0 11\r\n${'*'.repeat(13)}` },
      { command: 'set', location: 'auth', request: 'set auth 0 0 1\r\nx\r\n' },
    ],
  );
  dialogue(
    'statistics and the version',
    [
      client('stats\r\nversion\r\nquit\r\n'),
      server('STAT pid 1\r\nSTAT version 1.6.18\r\nEND\r\nVERSION 1.6.18\r\n'),
      ends('server'),
    ],
    [
      { command: 'stats', status: 'OK' },
      { command: 'version', status: 'OK' },
    ],
  );
  test('the version is told', () => {
    expect(run(memcached, [client('version\r\n'), server('VERSION 1.6.18\r\n')]).spoken?.server).toBe('Memcached 1.6.18');
  });
});

group('endings', () => {
  dialogue('without an answer', [client('get k\r\n'), ends('server')], [{ command: 'get', end: 'upstream-closed-early' }]);
  dialogue('with half a value', [client('set k 0 0 5\r\nab'), ends('client', 'reset')], [{ command: 'set', end: 'client-reset' }]);
  dialogue('what nobody asked', [client('get k\r\n'), server('END\r\nEND\r\n')], [{ command: 'get' }], true);
  dialogue(
    'errors unasked',
    [client('set k 0 0 1 noreply\r\nxyz\r\n'), server('ERROR\r\n')],
    [
      { command: 'set', status: 'NO REPLY' },
      { command: 'error', status: 'ERR' },
    ],
  );
  dialogue(
    'a log of the server',
    [client('watch\r\n'), server('OK\r\nts=1 gid=1\r\n')],
    [{ command: 'watch', status: 'OK' }],
    true,
  );
});

test('values and statistics are read', () => {
  const { exchanges } = run(memcached, [
    client('gets a b\r\nstats\r\n'),
    server('VALUE a 7 2 99\r\nhi\r\nVALUE b 0 1 100\r\n\xff\r\nEND\r\nSTAT pid 1\r\nEND\r\n'),
  ]);
  const reading = (index: number): ReturnType<typeof memcached.read> => memcached.read(storedOf(exchanges[index]));
  expect(reading(0).request.sections).toMatchObject([{ text: 'gets a b' }, { title: 'Keys' }]);
  expect(reading(0).response.sections).toMatchObject([
    {
      rows: [
        ['a', '7', '99', '2', 'hi'],
        ['b', '0', '100', '1', '0xff'],
      ],
    },
  ]);
  expect(reading(1).response.sections).toMatchObject([{ title: 'Statistics', rows: [['pid', '1']] }]);
});
