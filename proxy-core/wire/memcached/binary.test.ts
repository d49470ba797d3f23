import { expect, describe as group, test } from 'vitest';
import { client, dialogue as dialogueOf, type Expected, ends, run, type Step, server, storedOf } from '../testing/dialogue.ts';
import { fuzz } from '../testing/fuzz.ts';
import { memcached } from './memcached.ts';
import { binaryAnswer as answer, binaryRequest as request } from './testing/packets.ts';

const dialogue = (name: string, steps: readonly Step[], expected: readonly Expected[], raw = false): void =>
  dialogueOf(memcached, name, steps, expected, raw);

const flags = Buffer.from('0000000700000e10', 'hex');
const set = request(0x01, { extras: flags, key: 'user:1', value: 'hello' });
const found = answer(0x00, 0, { extras: Buffer.from('00000007', 'hex'), value: 'hello', cas: 9n });

function login(value: string): Buffer {
  return request(0x21, { key: 'PLAIN', value });
}

group('the binary protocol', () => {
  dialogue(
    'values are stored, found and missed',
    [
      client(set, request(0x00, { key: 'user:1' })),
      server(answer(0x01, 0, { cas: 9n }), found),
      client(
        request(0x00, { key: 'none' }),
        request(0x04, { key: 'none' }),
        request(0x02, { extras: flags, key: 'user:1', value: '' }),
      ),
      server(
        answer(0x00, 1, { value: 'Not found' }),
        answer(0x04, 1, { value: 'Not found' }),
        answer(0x02, 2, { value: 'Exists' }),
      ),
    ],
    [
      { command: 'set', location: 'user:1', status: 'OK', request: set.toString('latin1') },
      { command: 'get', location: 'user:1', status: 'OK', response: found.toString('latin1') },
      { command: 'get', location: 'none', status: 'MISS' },
      { command: 'delete', location: 'none', status: 'NOT_FOUND' },
      { command: 'add', location: 'user:1', status: 'EXISTS' },
    ],
  );
  dialogue(
    'quiet commands are over with the next answer',
    [
      client(
        request(0x0d, { key: 'a', opaque: 1 }),
        request(0x0d, { key: 'b', opaque: 2 }),
        request(0x11, { extras: flags, key: 'c', value: 'x', opaque: 3 }),
        request(0x0a, { opaque: 4 }),
        request(0x09, { key: 'd', opaque: 5 }),
      ),
      server(answer(0x0d, 0, { extras: Buffer.alloc(4), key: 'b', value: 'y', opaque: 2 }), answer(0x0a, 0, { opaque: 4 })),
      ends('client'),
      ends('server'),
    ],
    [
      { command: 'getkq', location: 'a', status: 'MISS' },
      { command: 'getkq', location: 'b', status: 'OK' },
      { command: 'setq', location: 'c', status: 'OK' },
      { command: 'noop', location: '', status: 'OK' },
      { command: 'getq', location: 'd', status: 'NO REPLY' },
    ],
  );
  dialogue(
    'keeps no password',
    [
      client(login('\0ada\0hunter2'), request(0x22, { key: 'PLAIN', value: 'hunter3' })),
      server(answer(0x21, 0x21, { value: 'go on' }), answer(0x22, 0x20)),
    ],
    [
      { command: 'sasl_auth', location: 'PLAIN', status: 'OK', request: login('*'.repeat(12)).toString('latin1') },
      { command: 'sasl_step', location: 'PLAIN', status: 'ERR:AUTH' },
    ],
  );
  dialogue(
    'a value that is refused before it has come, commands that nobody knows, and a good-bye',
    [
      client(request(0x01, { extras: flags, key: 'k', value: 'v'.repeat(100) }).subarray(0, 60)),
      server(answer(0x01, 3, { value: 'Too large.' })),
      client('v'.repeat(73), request(0x70), request(0x07)),
      server(answer(0x70, 0x81, { value: 'Unknown command' }), answer(0x07)),
    ],
    [
      { command: 'set', status: 'ERR:TOO_LARGE' },
      { command: '0x70', status: 'ERR:UNKNOWN_COMMAND' },
    ],
  );
  for (const [what, command, steps] of [
    [
      'an answer that nobody asked for',
      'get',
      [client(request(0x00, { key: 'a', opaque: 1 })), server(answer(0x00, 0, { opaque: 2 }))],
    ],
    ['text in between', 'noop', [client(request(0x0a)), server('ERROR\r\n'.padEnd(24, '.'))]],
    [
      'a key that is longer than its packet',
      'noop',
      [client(request(0x0a), Buffer.concat([Buffer.from('80000009', 'hex'), Buffer.alloc(20)]))],
    ],
  ] as const) {
    dialogue(what, steps, [{ command, end: 'malformed-message' }], true);
  }
});

test('versions, statistics and values are read', () => {
  const { exchanges, spoken } = run(memcached, [
    client(
      request(0x0b),
      request(0x10),
      set,
      request(0x00, { key: 'user:1' }),
      request(0x05, { extras: Buffer.from('0000000000000002000000000000000a0000003c', 'hex'), key: 'n' }),
    ),
    server(
      answer(0x0b, 0, { value: '1.6.18' }),
      answer(0x10, 0, { key: 'pid', value: '7' }),
      answer(0x10, 0, { key: 'uptime', value: '12' }),
      answer(0x10),
      answer(0x01, 0, { cas: 9n }),
      found,
      answer(0x05, 0, { value: Buffer.from('000000000000000c', 'hex') }),
    ),
  ]);
  expect(spoken?.server).toBe('Memcached 1.6.18');
  const readings = exchanges.map((exchange) => memcached.read(storedOf(exchange)));
  expect(readings.map(({ request: { problem }, response }) => problem + response.problem).join('')).toBe('');
  expect(readings[0]?.response.sections).toMatchObject([{ text: 'OK' }, { bytes: 6 }]);
  expect(readings[1]?.response.sections).toMatchObject([
    {
      title: 'Statistics',
      rows: [
        ['pid', '7'],
        ['uptime', '12'],
      ],
    },
  ]);
  expect(readings[2]?.request.sections).toMatchObject([
    { text: 'set user:1' },
    {
      fields: [
        ['Flags', '7'],
        ['Expires', '3600'],
      ],
    },
    { title: 'Value', bytes: 5 },
  ]);
  expect(readings[3]?.response.sections).toMatchObject([
    { text: 'OK' },
    {
      fields: [
        ['Flags', '7'],
        ['CAS', '9'],
      ],
    },
    { bytes: 5 },
  ]);
  expect(readings[4]?.request.sections).toMatchObject([
    {},
    {
      fields: [
        ['By', '2'],
        ['Initial value', '10'],
        ['Expires', '60'],
      ],
    },
  ]);
  expect(readings[4]?.response.sections).toMatchObject([{ text: '12' }]);
  expect(readings[3]?.request.frames).toMatchObject([
    { name: 'Header', length: 24 },
    { name: 'Key', offset: 24, text: 'user:1' },
  ]);
});

test('broken conversations neither throw nor leave anything open', () => {
  fuzz(
    memcached,
    [
      [
        client(
          set,
          request(0x0d, { key: 'a', opaque: 1 }),
          request(0x10),
          request(0x21, { key: 'PLAIN', value: 'x' }),
          request(0x0b),
        ),
        server(
          answer(0x01),
          answer(0x10, 0, { key: 'pid', value: '7' }),
          answer(0x10),
          answer(0x21, 0x21),
          answer(0x0b, 0, { value: '1.6' }),
        ),
      ],
    ],
    3_000,
  );
});
