import { limits } from '../../limits.ts';
import type { Side } from '../../rrpair/pair.ts';
import { oneOf, pick, randomFrom } from '../http1/testing/random.ts';
import type { WireProtocol } from '../protocol.ts';
import { type Step, storedOf } from './dialogue.ts';
import { Recording } from './recording.ts';

type Said = { side: Side; bytes: Buffer };

/**
 * Runs broken versions of conversations through a protocol, whole: it is asked whether it is its own, decoded in pieces, and what was recorded is read. Whatever
 * throws, or breaks the order of calls, is thrown with the seed. `rounds` bounds the time.
 */
export function fuzz(protocol: WireProtocol, conversations: readonly (readonly Step[])[], rounds: number, firstSeed = 1): void {
  for (let seed = firstSeed; seed < firstSeed + rounds; seed += 1) {
    try {
      round(protocol, conversations, randomFrom(seed));
    } catch (error) {
      throw new Error(`seed ${String(seed)}`, { cause: error });
    }
  }
}

function round(protocol: WireProtocol, conversations: readonly (readonly Step[])[], random: () => number): void {
  const said = oneOf(random, conversations).flatMap((step): Said[] =>
    'end' in step ? [] : [{ side: step.side, bytes: Buffer.from(step.bytes) }],
  );
  const broken = said.map((one) => ({ side: one.side, bytes: random() < 0.5 ? one.bytes : mutated(one.bytes, said, random) }));
  if (random() < 0.2) broken.splice(pick(random, broken.length), 1);
  detect(protocol, broken);
  const recording = new Recording();
  const decoder = protocol.createDecoder(recording, recording);
  for (const [index, { side, bytes }] of broken.entries()) {
    for (let at = 0; at < bytes.length; ) {
      const to = random() < 0.3 ? bytes.length : at + 1 + pick(random, 40);
      decoder.push(side, Buffer.from(bytes.subarray(at, to)), index);
      at = to;
    }
  }
  const how = oneOf(random, ['closed', 'reset', 'stopped'] as const);
  const [first, second] = random() < 0.5 ? (['client', 'server'] as const) : (['server', 'client'] as const);
  decoder.end(first, how, broken.length);
  decoder.end(second, how === 'reset' ? 'reset' : 'stopped', broken.length + 1);
  for (const exchange of recording.exchanges) {
    if (exchange.end === 'open') throw new Error('an exchange is left open');
    const stored = storedOf(exchange);
    protocol.read(stored);
    protocol.carrier?.fields(stored.request, stored.response, stored.context);
  }
}

function detect(protocol: WireProtocol, said: readonly Said[]): void {
  const bytesOf = (side: Side): Buffer =>
    Buffer.concat(said.filter((one) => one.side === side).map((one) => one.bytes)).subarray(0, limits.sniffBytes);
  for (const spokeFirst of ['client', 'server'] as const)
    protocol.detect({ client: bytesOf('client'), server: bytesOf('server'), spokeFirst });
}

function mutated(bytes: Buffer, said: readonly Said[], random: () => number): Buffer {
  let result = Buffer.from(bytes);
  for (let times = 1 + pick(random, 3); times > 0 && result.length > 0; times -= 1) {
    const at = pick(random, result.length);
    const length = 1 + pick(random, Math.min(16, result.length - at));
    switch (pick(random, 6)) {
      case 0:
        result[at] = pick(random, 256);
        break;
      case 1:
        result = Buffer.concat([result.subarray(0, at), result.subarray(at + length)]);
        break;
      case 2:
        result = Buffer.concat([result.subarray(0, at + length), result.subarray(at)]);
        break;
      case 3:
        result = Buffer.concat([
          result.subarray(0, at),
          Buffer.from(Array.from({ length }, () => pick(random, 256))),
          result.subarray(at),
        ]);
        break;
      case 4: {
        const other = oneOf(random, said).bytes;
        const from = pick(random, Math.max(1, other.length));
        result = Buffer.concat([result.subarray(0, at), other.subarray(from, from + 200), result.subarray(at)]);
        break;
      }
      // The largest and smallest numbers where a length may stand.
      default:
        result.fill(random() < 0.5 ? 0xff : 0, at, at + Math.min(length, 4));
    }
  }
  return result;
}
