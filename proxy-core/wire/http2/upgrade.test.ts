import { expect, test } from 'vitest';
import { createHttp1Decoder } from '../http1/decoder.ts';
import { head } from '../http1/testing/dialogue.ts';
import { client, ends, type Step, server } from '../testing/dialogue.ts';
import { type Outcome, run } from './testing/dialogue.ts';
import { data, END_STREAM, get, hello, ok, settings } from './testing/frames.ts';

const asked = head(
  'POST /a HTTP/1.1',
  'Connection: Upgrade, HTTP2-Settings',
  'Upgrade: h2c',
  'HTTP2-Settings: AAMAAABk',
  'Content-Length: 2',
);
const switched = head('HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: h2c');

/** The same however the bytes are cut, in memory that is used again. */
function told(steps: readonly Step[]): Outcome {
  const whole = run(steps, undefined, createHttp1Decoder);
  for (const [index, step] of steps.entries()) {
    if ('end' in step) continue;
    for (let at = 1; at < step.bytes.length; at++) {
      const cut = (bytes: Buffer, other: number): Buffer[] =>
        other === index ? [bytes.subarray(0, at), bytes.subarray(at)] : [bytes];
      expect(run(steps, cut, createHttp1Decoder), `cut at byte ${at} of step ${index}`).toEqual(whole);
    }
  }
  return whole;
}

test('the request that offered HTTP/2 is answered on its first stream', () => {
  const { told: pairs, problem } = told([
    client(asked, 'hi'),
    server(switched, settings, ok(1), data(1, 'first', END_STREAM)),
    client(hello, get(3, '/b')),
    server(ok(3, END_STREAM)),
    ends('client'),
    ends('server'),
  ]);
  expect(problem).toBe('');
  expect(pairs).toMatchObject([
    { request: asked, requestBody: 'hi', response: `${switched}HTTP/2 200\r\n\r\n`, responseBody: 'first', end: 'ended' },
    { request: expect.stringContaining('GET /b HTTP/2'), end: 'ended' },
  ]);
});

test('a client that does not wait for the server’s word is understood too', () => {
  const { told: pairs } = told([
    client(asked, 'hi', hello, get(3)),
    server(switched, settings, ok(3, END_STREAM), ok(1, END_STREAM)),
  ]);
  expect(pairs.map(({ end }) => end)).toEqual(['ended', 'ended']);
});

test('what is no HTTP/2 afterwards ends the request, and the rest is a row', () => {
  const { told: pairs, problem } = told([client(asked, 'hi'), server(switched), client('GET / HTTP/1.1')]);
  expect(problem).toBe('The client does not begin as one of HTTP/2 does.');
  expect(pairs).toMatchObject([{ end: 'not-decoded' }]);
});

test('a 101 that nobody asked for is none', () => {
  const { told: pairs } = told([client(head('GET / HTTP/1.1')), server(switched, settings), ends('client'), ends('server')]);
  expect(pairs).toMatchObject([{ response: switched }]);
});
