import { expect, test } from 'vitest';
import type { FailureCode } from '../../../rrpair/pair.ts';
import type { ExchangeHandle, ExchangeObserver, WireDecoder } from '../../decoder.ts';
import type { Step } from '../../testing/dialogue.ts';
import { createHttp2Decoder } from '../decoder.ts';

/** What was told of one stream, with runs of bytes joined, so that it does not depend on how the bytes were cut. */
export interface Told {
  request: string;
  requestBody: string;
  requestEnded: boolean;
  response: string;
  responseBody: string;
  /** As JSON; empty where none was told. */
  context: string;
  end: 'open' | 'ended' | FailureCode;
  detail: string;
  /** Steps at which it began, was answered and ended. */
  times: readonly [number, number, number];
}

/** Throws where the order of calls is broken. */
export class Teller implements ExchangeObserver {
  readonly told: Told[] = [];

  exchangeStarted(at: number): ExchangeHandle {
    const times: [number, number, number] = [at, -1, -1];
    const told: Told = {
      request: '',
      requestBody: '',
      requestEnded: false,
      response: '',
      responseBody: '',
      context: '',
      end: 'open',
      detail: '',
      times,
    };
    this.told.push(told);
    const must = (holds: boolean, what: string): void => {
      if (told.end !== 'open') throw new Error(`the decoder told of ${what} after the end (${told.end})`);
      if (!holds) throw new Error(`the decoder told of ${what} at the wrong place`);
    };
    return {
      requestHead: (bytes) => {
        must(!told.requestEnded, 'a head of the request');
        told.request += bytes.toString('latin1');
      },
      requestBody: (bytes, payload) => {
        must(told.request !== '' && !told.requestEnded && bytes.length > 0 && payload === bytes.length, 'a body');
        told.requestBody += bytes.toString('latin1');
      },
      requestEnded: () => {
        must(told.request !== '' && !told.requestEnded, 'the end of a request');
        told.requestEnded = true;
      },
      responseStarted: (when) => {
        must(times[1] < 0, 'a start');
        times[1] = when;
      },
      responseHead: (bytes) => {
        must(times[1] >= 0, 'a head of the response');
        told.response += bytes.toString('latin1');
      },
      responseBody: (bytes, payload) => {
        must(told.response !== '' && bytes.length > 0 && payload === bytes.length, 'a body');
        told.responseBody += bytes.toString('latin1');
      },
      streams: () => {},
      context: (context) => {
        told.context = JSON.stringify(context);
      },
      responseEnded: (when) => {
        must(told.requestEnded || told.end === 'open', 'the end');
        told.end = 'ended';
        times[2] = when;
      },
      failed: (code, detail, when) => {
        must(detail.endsWith('.'), 'a detail that is no sentence');
        told.end = code;
        told.detail = detail;
        times[2] = when;
      },
    };
  }
}

export interface Outcome {
  told: Told[];
  problem: string;
}

/** Runs the steps; the time of each is its number. */
export function run(
  steps: readonly Step[],
  cut: (bytes: Buffer, step: number) => Buffer[] = (bytes) => [bytes],
  create: (observer: ExchangeObserver) => WireDecoder = createHttp2Decoder,
): Outcome {
  const teller = new Teller();
  const decoder = create(teller);
  for (const [index, step] of steps.entries()) {
    if ('end' in step) decoder.end(step.side, step.end, index);
    else
      for (const piece of cut(step.bytes, index)) {
        // Memory that is used again shows who kept a view of it.
        const copy = Buffer.from(piece);
        decoder.push(step.side, copy, index);
        copy.fill(0x5a);
      }
  }
  return { told: teller.told, problem: decoder.problem ?? '' };
}

/** A test that a conversation is read as expected whole, cut at every position, and byte by byte. */
export function dialogue(name: string, steps: readonly Step[], expected: readonly Partial<Told>[], problem = ''): void {
  test(name, () => {
    const whole = run(steps);
    expect(whole.told).toMatchObject(expected);
    expect(whole.told).toHaveLength(expected.length);
    expect(whole.problem).toBe(problem);
    for (const [index, step] of steps.entries()) {
      if ('end' in step) continue;
      for (let at = 1; at < step.bytes.length; at++) {
        const cut = run(steps, (bytes, other) => (other === index ? [bytes.subarray(0, at), bytes.subarray(at)] : [bytes]));
        expect(cut, `cut at byte ${at} of step ${index}`).toEqual(whole);
      }
    }
    expect(
      run(steps, (bytes) => Array.from(bytes, (byte) => Buffer.of(byte))),
      'byte by byte',
    ).toEqual(whole);
  });
}
