import type { ReadSide } from '../../rrpair/reading.ts';
import { SideReading, textOrHex } from '../reading.ts';
import { frameAt, kindNumbers, opcode, unmasked, type WebSocketFrame } from './frames.ts';

/** Bytes of a payload that are described; the list has no room for more. */
const SHOWN_BYTES = 200;
const RSV1 = 4;

const names = new Map<number, string>([
  ...Object.entries(kindNumbers).map(([name, number]): [number, string] => [number, name]),
  [opcode.continuation, 'continuation'],
]);

/** The frames of one side where they lie in its bytes, to stand beside them. */
export function readFrames(bytes: Buffer): ReadSide {
  const side = new SideReading();
  for (let at = 0; at < bytes.length; ) {
    const frame = frameAt(bytes, at, bytes.length);
    if (typeof frame === 'string') side.problem = frame;
    if (frame === null || typeof frame === 'string') break;
    const end = Math.min(frame.end, bytes.length);
    if (!side.frame({ offset: at, length: end - at, depth: 0, name: nameOf(frame), text: said(bytes, frame) })) break;
    at = end;
  }
  return side.done();
}

function nameOf({ opcode: kind, fin, reserved, key }: WebSocketFrame): string {
  const notes = [fin ? '' : 'goes on', (reserved & RSV1) === 0 ? '' : 'compressed', key === null ? '' : 'masked'];
  const name = names.get(kind) ?? String(kind);
  const said = notes.filter((note) => note !== '').join(', ');
  return said === '' ? name : `${name} (${said})`;
}

/** What is compressed says nothing by itself. */
function said(bytes: Buffer, frame: WebSocketFrame): string {
  const length = frame.end - frame.start;
  if ((frame.reserved & RSV1) !== 0 || length === 0) return `${String(length)} bytes`;
  return textOrHex(unmasked(bytes, { ...frame, end: Math.min(frame.end, frame.start + SHOWN_BYTES) }));
}
