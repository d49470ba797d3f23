import { test } from 'vitest';
import { client, type Step, server } from '../testing/dialogue.ts';
import { fuzz } from '../testing/fuzz.ts';
import { mqtt } from './mqtt.ts';
import { accepted, accepted5, connect, packet, properties, publish, text, uint16 } from './testing/packets.ts';

const conversations: readonly (readonly Step[])[] = [
  [
    client(connect(), publish(0, 0, 'a', 'zero'), publish(1, 7, 'b', 'one'), publish(2, 8, 'c', 'two')),
    server(accepted, packet(0x50, uint16(8)), packet(0x40, uint16(7)), publish(2, 8, 'c', 'two'), publish(1, 1, 'c', 'two')),
    client(packet(0x62, uint16(8)), packet(0x50, uint16(8)), packet(0xc0), packet(0xe0)),
    server(packet(0x70, uint16(8)), packet(0x62, uint16(8)), packet(0xd0)),
  ],
  [
    client(connect(5, 'x', properties(0x15, text('SCRAM'), 0x16, text('first'), 0x26, text('a'), text('b')))),
    server(packet(0xf0, 0x18, properties(0x16, text('second'))), accepted5),
    client(packet(0x82, uint16(1), properties(0x0b, 5), text('a/#'), 1), packet(0xa2, uint16(2), properties(), text('a/#'))),
    server(packet(0x90, uint16(1), properties(), 1), packet(0xb0, uint16(2), properties(), 0)),
    client(publish(1, 7, 'a', 'x', properties(0x23, uint16(3))), publish(1, 8, '', 'x', properties(0x23, uint16(3)))),
    server(publish(0, 0, 'a', 'x', properties(0x26, text('traceparent'), text('00-1'), 0x26, text('b3'), text('2')))),
    server(packet(0x40, uint16(7), 0x87, properties(0x1f, text('no'))), packet(0xe0, 0x8e, properties())),
  ],
];

test('broken conversations neither throw nor leave anything open', () => {
  fuzz(mqtt, conversations, 6_000);
});
