import { expect, test } from 'vitest';
import type { FailureCode, Side } from '../../../rrpair/pair.ts';
import type { EndOfStream } from '../../decoder.ts';
import { createHttp1Decoder } from '../decoder.ts';
import { type RecordedExchange, RecordingObserver } from './recording-observer.ts';

/** One thing that happens on a connection. */
export type Step = { side: Side; bytes: Buffer } | { side: Side; end: EndOfStream };

/** The client sends these bytes (each character is one). */
export function client(...text: string[]): Step {
  return { side: 'client', bytes: Buffer.from(text.join(''), 'latin1') };
}

/** The server sends these bytes. */
export function server(...text: string[]): Step {
  return { side: 'server', bytes: Buffer.from(text.join(''), 'latin1') };
}

/** A side sends FIN (`closed`) or RST (`reset`), or we end the connection (`stopped`). */
export function ends(side: Side, end: EndOfStream = 'closed'): Step {
  return { side, end };
}

/** Lines with CRLF behind each, and the empty line. */
export function head(...lines: string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** One exchange as a dialogue expects it. Left out: no body, no interim heads; payload = body; an ended request. */
export interface Expected {
  /** Start line; null when no request head was complete. */
  request?: string | null;
  requestBody?: string;
  requestPayload?: number;
  requestEnded?: boolean;
  interim?: string[];
  /** Status line; null when there was no final head. */
  response?: string | null;
  responseBody?: string;
  responsePayload?: number;
  end?: 'open' | 'ended' | FailureCode;
  detail?: string;
}

export interface Outcome {
  exchanges: RecordedExchange[];
  passedThrough: boolean;
}

/** Runs the steps; the time of each is its number. `cut` tells how a step's bytes are pushed. */
export function run(steps: readonly Step[], cut: (bytes: Buffer, step: number) => Buffer[] = (bytes) => [bytes]): Outcome {
  const observer = new RecordingObserver();
  const decoder = createHttp1Decoder(observer);
  for (const [index, step] of steps.entries()) {
    if ('end' in step) decoder.end(step.side, step.end, index);
    else for (const piece of cut(step.bytes, index)) decoder.push(step.side, piece, index);
  }
  return { exchanges: observer.exchanges, passedThrough: decoder.passedThrough };
}

/**
 * A test that a conversation is read as expected, however its bytes are cut: whole, at every single position, and byte by byte.
 * `raw` is whether the decoder must have stopped reading at the end.
 */
export function dialogue(name: string, steps: readonly Step[], expected: readonly Expected[], raw = false): void {
  test(name, () => {
    const whole = run(steps);
    expect(whole.exchanges.map(readable)).toEqual(expected.map(complete));
    expect(whole.passedThrough).toBe(raw);
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

function complete(expected: Expected): Required<Expected> {
  const requestBody = expected.requestBody ?? '';
  const responseBody = expected.responseBody ?? '';
  return {
    request: expected.request ?? null,
    requestBody,
    requestPayload: expected.requestPayload ?? requestBody.length,
    requestEnded: expected.requestEnded ?? true,
    interim: expected.interim ?? [],
    response: expected.response ?? null,
    responseBody,
    responsePayload: expected.responsePayload ?? responseBody.length,
    end: expected.end ?? 'ended',
    detail: expected.detail ?? '',
  };
}

function readable(exchange: RecordedExchange): Required<Expected> {
  return {
    request: firstLine(exchange.requestHead),
    requestBody: exchange.requestBody.toString('latin1'),
    requestPayload: exchange.requestPayload,
    requestEnded: exchange.requestEndedAt !== null,
    interim: exchange.interim.map((bytes) => firstLine(bytes) ?? ''),
    response: firstLine(exchange.responseHead),
    responseBody: exchange.responseBody.toString('latin1'),
    responsePayload: exchange.responsePayload,
    end: exchange.end,
    detail: exchange.detail,
  };
}

function firstLine(bytes: Buffer | null): string | null {
  return bytes === null ? null : (/^[^\r\n]*/.exec(bytes.toString('latin1'))?.[0] ?? '');
}
