import { client, type Step, server } from '../../testing/dialogue.ts';
import { column, counted, eof, greeting, introduction, ok, packet, uint16, uint32, usual } from './packets.ts';

/** A session that was let in, with these capabilities. */
export const begun = (flags = usual): Step[] => [server(greeting(flags)), client(introduction(flags)), server(ok(2))];
/** The same with the usual ones. */
export const begin = begun();
/** The answer to a statement that was prepared, with a parameter and a column. */
export const prepared = [
  packet(1, 0, uint32(9), uint16(1), uint16(1), 0, uint16(0)),
  column(2, '?'),
  eof(3),
  column(4, 'c', 3),
  eof(5),
];
/** It is executed, and its parameter’s type told. */
export const execution = packet(0, 0x17, uint32(9), 0, uint32(1), 0, 1, uint16(253), counted('x'));
/** It is executed once more, with the type as before. */
export const again = packet(0, 0x17, uint32(9), 0, uint32(1), 0, 0, counted('y'));
