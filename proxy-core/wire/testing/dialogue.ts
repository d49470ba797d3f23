import { expect, test } from 'vitest';
import type { FailureCode, Side, SpokenFacts } from '../../rrpair/pair.ts';
import type { EndOfStream } from '../decoder.ts';
import type { StoredExchange, WireProtocol } from '../protocol.ts';
import { type RecordedExchange, Recording } from './recording.ts';

/** One thing that happens on a connection. */
export type Step = { side: Side; bytes: Buffer } | { side: Side; end: EndOfStream };

/** The client sends these bytes (of a text each character is one). */
export function client(...parts: readonly (string | Buffer)[]): Step {
  return { side: 'client', bytes: bytesOf(parts) };
}

/** The server sends these bytes. */
export function server(...parts: readonly (string | Buffer)[]): Step {
  return { side: 'server', bytes: bytesOf(parts) };
}

/** A side sends FIN (`closed`) or RST (`reset`), or we end the connection (`stopped`). */
export function ends(side: Side, end: EndOfStream = 'closed'): Step {
  return { side, end };
}

function bytesOf(parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
}

/** One exchange as a dialogue expects it. What is left out is not looked at, but for the end, which is `ended`. */
export interface Expected {
  command: string;
  location?: string;
  status?: string;
  request?: string;
  response?: string;
  context?: Record<string, unknown>;
  end?: 'open' | 'ended' | FailureCode;
}

export interface Outcome {
  exchanges: RecordedExchange[];
  passedThrough: boolean;
  spoken: SpokenFacts | null;
}

/** Runs the steps; the time of each is its number. `cut` tells how a step's bytes are pushed. */
export function run(
  protocol: WireProtocol,
  steps: readonly Step[],
  cut: (bytes: Buffer, step: number) => Buffer[] = (bytes) => [bytes],
): Outcome {
  const recording = new Recording();
  const decoder = protocol.createDecoder(recording, recording);
  for (const [index, step] of steps.entries()) {
    if ('end' in step) decoder.end(step.side, step.end, index);
    // Memory that is used again shows who kept a view of it.
    else for (const piece of cut(step.bytes, index)) pushCopy(decoder, step.side, piece, index);
  }
  return { exchanges: recording.exchanges, passedThrough: decoder.passedThrough, spoken: recording.spoken };
}

function pushCopy(decoder: ReturnType<WireProtocol['createDecoder']>, side: Side, piece: Buffer, at: number): void {
  const copy = Buffer.from(piece);
  decoder.push(side, copy, at);
  copy.fill(0x5a);
}

/**
 * A test that a conversation is read as expected, however its bytes are cut: whole, at every single position, and byte by byte. `raw` is whether the decoder
 * must have stopped reading at the end.
 */
export function dialogue(
  protocol: WireProtocol,
  name: string,
  steps: readonly Step[],
  expected: readonly Expected[],
  raw = false,
): void {
  test(name, () => {
    const whole = run(protocol, steps);
    expect(whole.exchanges.map((exchange, index) => readable(exchange, expected[index]))).toEqual(expected.map(complete));
    expect(whole.passedThrough).toBe(raw);
    for (const [index, step] of steps.entries()) {
      if ('end' in step) continue;
      for (let at = 1; at < step.bytes.length; at++) {
        const cut = run(protocol, steps, (bytes, other) =>
          other === index ? [bytes.subarray(0, at), bytes.subarray(at)] : [bytes],
        );
        expect(cut, `cut at byte ${at} of step ${index}`).toEqual(whole);
      }
    }
    expect(
      run(protocol, steps, (bytes) => Array.from(bytes, (byte) => Buffer.of(byte))),
      'byte by byte',
    ).toEqual(whole);
  });
}

function complete(expected: Expected): Expected {
  return { ...expected, end: expected.end ?? 'ended' };
}

/** Of an exchange, what the expectation speaks of. */
function readable(exchange: RecordedExchange, expected: Expected | undefined): Expected {
  const said: Expected = { command: exchange.summary?.command ?? '', end: exchange.end };
  if (expected === undefined || 'location' in expected) said.location = exchange.summary?.location ?? '';
  if (expected === undefined || 'status' in expected) said.status = exchange.summary?.status ?? '';
  if (expected !== undefined && 'request' in expected) said.request = exchange.request;
  if (expected !== undefined && 'response' in expected) said.response = exchange.response;
  if (expected !== undefined && 'context' in expected) said.context = { ...exchange.context };
  return said;
}

/** An exchange as its bytes are read from the store, as far as a decoder handed them over. */
export function storedOf(exchange: RecordedExchange | undefined): StoredExchange {
  if (exchange === undefined) throw new Error('there is no such exchange');
  return {
    request: Buffer.from(exchange.request, 'latin1'),
    requestCut: false,
    response: Buffer.from(exchange.response, 'latin1'),
    responseCut: false,
    summary: exchange.summary ?? { command: '', location: '', status: '' },
    context: exchange.context ?? {},
    firstRow: 0,
  };
}
