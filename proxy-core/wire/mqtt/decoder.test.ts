import { expect, describe as group, test } from 'vitest';
import { client, dialogue as dialogueOf, type Expected, ends, run, type Step, server, storedOf } from '../testing/dialogue.ts';
import { mqtt } from './mqtt.ts';
import { accepted, accepted5, connect, packet, properties, publish, text, uint16 } from './testing/packets.ts';

const dialogue = (name: string, steps: readonly Step[], expected: readonly Expected[], raw = false): void =>
  dialogueOf(mqtt, name, steps, expected, raw);

const begin: readonly Step[] = [client(connect()), server(accepted)];
const begin5: readonly Step[] = [client(connect(5)), server(accepted5)];
const connected: Expected = { command: 'Connect', location: 'ada@sensor', status: 'OK' };
const latin1 = (...parts: readonly Buffer[]): string => Buffer.concat(parts).toString('latin1');

const verdict = (bytes: Buffer): string => mqtt.detect({ client: bytes, server: Buffer.alloc(0), spokeFirst: 'client' });

test('is told by what a client begins with', () => {
  const whole = connect(5);
  for (let at = 1; at < 9; at += 1) expect(verdict(whole.subarray(0, at)), String(at)).toBe('more');
  expect(verdict(whole)).toBe('yes');
  expect(verdict(packet(0x10, text('MQIsdp'), 3, 2))).toBe('yes');
  expect(verdict(packet(0x10, text('MQTT'), 9, 2))).toBe('no');
  expect(verdict(Buffer.from('\u0010\u00ff\u00ff\u00ff\u00ff', 'latin1'))).toBe('no');
});

group('a session', () => {
  dialogue('begins, without its password', begin, [
    { ...connected, request: latin1(connect(4, '*******')), response: latin1(accepted), context: {} },
  ]);
  test('tells who it is', () => {
    expect(run(mqtt, begin5).spoken?.facts).toEqual([
      ['Protocol', 'MQTT 5.0'],
      ['Client', 'sensor'],
      ['User', 'ada'],
    ]);
  });
  dialogue('is refused', [client(connect()), server(packet(0x20, 0, 5)), ends('server')], [{ ...connected, status: 'ERR:5' }]);
  const method = [0x15, text('SCRAM')] as const;
  dialogue(
    'with further proofs',
    [
      client(connect(5, 'x', properties(...method, 0x16, text('first')))),
      server(packet(0xf0, 0x18, properties(...method, 0x16, text('second')))),
      client(packet(0xf0, 0x18, properties(...method, 0x16, text('third')))),
      server(packet(0x20, 0, 0, properties(0x16, text('fourth')))),
      client(packet(0xf0, 0x19, properties(...method, 0x16, text('fifth')))),
      server(packet(0xf0)),
    ],
    [
      {
        ...connected,
        request: latin1(
          connect(5, '*', properties(...method, 0x16, text('*****'))),
          packet(0xf0, 0x18, properties(...method, 0x16, text('*****'))),
        ),
        response: latin1(
          packet(0xf0, 0x18, properties(...method, 0x16, text('******'))),
          packet(0x20, 0, 0, properties(0x16, text('******'))),
        ),
      },
      { command: 'Auth', status: 'OK' },
    ],
  );
  dialogue(
    'is ended by the server',
    [...begin5, client(packet(0xc0)), server(packet(0xd0), packet(0xe0, 0x8e)), ends('server')],
    [connected, { command: 'Ping', status: 'OK' }, { command: 'Disconnect', status: 'ERR:142' }],
  );
  dialogue('is ended by the client', [...begin, client(packet(0xe0)), ends('client'), ends('server')], [connected]);
});

group('messages', () => {
  dialogue(
    'of the client, with each quality of service',
    [
      ...begin,
      client(publish(0, 0, 'a/b', 'zero'), publish(1, 7, 'a/b', 'one'), publish(2, 8, 'a/c', 'two')),
      server(packet(0x50, uint16(8)), packet(0x40, uint16(7))),
      client(packet(0x62, uint16(8))),
      server(packet(0x70, uint16(8))),
    ],
    [
      connected,
      { command: 'Publish', location: 'a/b', status: 'NO REPLY', request: latin1(publish(0, 0, 'a/b', 'zero')) },
      { command: 'Publish', location: 'a/b', status: 'OK', response: latin1(packet(0x40, uint16(7))) },
      {
        command: 'Publish',
        location: 'a/c',
        status: 'OK',
        request: latin1(publish(2, 8, 'a/c', 'two'), packet(0x62, uint16(8))),
        response: latin1(packet(0x50, uint16(8)), packet(0x70, uint16(8))),
      },
    ],
  );
  dialogue(
    'of the server',
    [
      ...begin,
      server(publish(0, 0, 'a', 'zero'), publish(1, 7, 'b', 'one'), publish(2, 8, 'c', 'two')),
      client(packet(0x40, uint16(7)), packet(0x50, uint16(8))),
      server(packet(0x62, uint16(8))),
      client(packet(0x70, uint16(8))),
    ],
    [
      connected,
      { command: 'Deliver', location: 'a', status: 'PUSH', request: '', response: latin1(publish(0, 0, 'a', 'zero')) },
      { command: 'Deliver', location: 'b', status: 'PUSH', request: latin1(packet(0x40, uint16(7))) },
      {
        command: 'Deliver',
        location: 'c',
        status: 'PUSH',
        request: latin1(packet(0x50, uint16(8)), packet(0x70, uint16(8))),
        response: latin1(publish(2, 8, 'c', 'two'), packet(0x62, uint16(8))),
      },
    ],
  );
  dialogue(
    'that are refused, sent again, or named by a number',
    [
      ...begin5,
      client(publish(1, 7, 'a', 'x', properties(0x23, uint16(3))), publish(1, 7, '', 'x', properties(0x23, uint16(3)))),
      server(packet(0x40, uint16(7), 0x87, properties(0x1f, text('not yours')))),
    ],
    [
      connected,
      { command: 'Publish', location: 'a', status: 'RESENT', context: { version: 5 } },
      { command: 'Publish', location: 'a', status: 'ERR:135' },
    ],
  );
  dialogue(
    'are subscribed to',
    [
      ...begin,
      client(packet(0x82, uint16(1), text('a/#'), 1, text('b'), 2), packet(0xa2, uint16(2), text('a/#'))),
      server(packet(0x90, uint16(1), 1, 0x80), packet(0xb0, uint16(2))),
    ],
    [
      connected,
      { command: 'Subscribe', location: 'a/# b', status: 'ERR:128' },
      { command: 'Unsubscribe', location: 'a/#', status: 'OK' },
    ],
  );
});

group('endings', () => {
  dialogue(
    'without an acknowledgement',
    [...begin, client(publish(1, 7, 'a', 'x')), ends('server', 'reset')],
    [connected, { command: 'Publish', end: 'upstream-reset' }],
  );
  dialogue('what is no packet', [...begin, server('HTTP/1.1 400')], [connected], true);
  dialogue('a client that does not introduce itself', [client(publish(0, 0, 'a', 'x'))], [], true);
});

test('messages and sessions are read', () => {
  const { exchanges } = run(mqtt, [
    ...begin5,
    client(publish(1, 7, 'a/b', '{"t":1}', properties(0x03, text('application/json'), 0x26, text('trace'), text('1')))),
    server(packet(0x40, uint16(7), 0x10)),
    client(packet(0x82, uint16(1), properties(), text('a/#'), 1)),
    server(packet(0x90, uint16(1), properties(), 1)),
  ]);
  const reading = (index: number): ReturnType<typeof mqtt.read> => mqtt.read(storedOf(exchanges[index]));
  expect(reading(0).request.sections).toMatchObject([{ title: 'Session' }]);
  expect(reading(0).response.sections).toMatchObject([
    {
      fields: [
        ['result', 'success'],
        ['session present', 'no'],
        ['receive maximum', '20'],
      ],
    },
  ]);
  expect(reading(1).request.sections).toMatchObject([
    {
      fields: [
        ['topic', 'a/b'],
        ['QoS', '1'],
        ['content type', 'application/json'],
        ['trace', '1'],
      ],
    },
    { kind: 'value', mediaType: 'application/json', bytes: 7 },
  ]);
  expect(reading(1).response.frames).toMatchObject([{ name: 'PUBACK', text: 'packet 7: no matching subscribers' }]);
  expect(reading(2).response.sections).toMatchObject([{ rows: [['QoS 1']] }]);
});

const traced = (id: string): Buffer =>
  properties(0x03, text('text/plain'), 0x26, text('traceparent'), text(id), 0x26, text('zone'), text('b'));

group('the user properties of a message', () => {
  const { exchanges } = run(mqtt, [
    ...begin5,
    client(publish(2, 8, 'a', 'hi', traced('00-1'))),
    server(packet(0x50, uint16(8))),
    client(packet(0x62, uint16(8), 0, properties(0x26, text('traceparent'), text('00-3')))),
    server(packet(0x70, uint16(8)), publish(1, 7, 'b', 'ho', traced('00-2')), publish(0, 0, 'c', 'hm', properties())),
    client(packet(0x40, uint16(7))),
  ]);
  const carried = (index: number, kept = Number.POSITIVE_INFINITY, more: object = {}): unknown => {
    const { request, response, summary, context } = storedOf(exchanges[index]);
    expect(mqtt.carrier?.commands).toContain(summary.command);
    return mqtt.carrier?.fields(request.subarray(0, kept), response.subarray(0, kept), { ...context, ...more });
  };
  const first = ['traceparent', '00-1'];
  const second = ['zone', 'b'];

  test('are what it carries, whoever sends it, and those of acknowledgements are not', () => {
    expect(carried(1)).toEqual([[first, second]]);
    expect(carried(2)).toEqual([[['traceparent', '00-2'], second]]);
    expect(carried(3)).toEqual([]);
  });

  test('are carried whole or not at all, wherever what was kept of it ends', () => {
    const found = Array.from({ length: exchanges[1]?.request.length ?? 0 }, (_, kept) => carried(1, kept));
    const steps = found.filter((fields, kept) => kept === 0 || JSON.stringify(fields) !== JSON.stringify(found[kept - 1]));
    expect(steps).toEqual([[], [[first]], [[first, second]]]);
  });

  test('are looked for in version 5 only, as the context tells it', () => {
    for (const version of [4, '5', null]) expect(carried(1, Number.POSITIVE_INFINITY, { version })).toEqual([]);
    const older = run(mqtt, [...begin, client(publish(0, 0, 'a', traced('00-1').toString('latin1')))]).exchanges[1];
    const { request, response, context } = storedOf(older);
    expect(mqtt.carrier?.fields(request, response, context)).toEqual([]);
  });
});
