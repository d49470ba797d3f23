import { expect, test } from 'vitest';
import { limits } from '../../limits.ts';
import { CompressedPackets } from './compressed.ts';
import { carried } from './testing/packets.ts';

const large = carried(0, 'zlib', Buffer.alloc(limits.wireInflatedBytes));
const second = 1_000_000;

function made(times: readonly number[]): { bytes: number; problem: string } {
  const packets = new CompressedPackets('zlib');
  let bytes = 0;
  for (const at of times) packets.push(large, 0, at, (plain) => (bytes += plain.length));
  return { bytes, problem: packets.problem };
}

test('so much in a second is decompressed, and no more', () => {
  const atOnce = Array.from({ length: limits.wireInflatedBytesPerSecond / limits.wireInflatedBytes }, () => 5 * second);
  const whole = { bytes: limits.wireInflatedBytesPerSecond, problem: '' };
  expect(made(atOnce)).toEqual(whole);
  expect(made([...atOnce, 5 * second])).toMatchObject({ ...whole, problem: /faster than it can be decompressed/ });
  expect(made([...atOnce, 6 * second])).toEqual({ ...whole, bytes: whole.bytes + limits.wireInflatedBytes });
});
