import { describe, expect, test } from 'vitest';
import { limits } from '../../limits.ts';
import { createHttp1Decoder } from './decoder.ts';
import { client, head, run, server } from './testing/dialogue.ts';
import { silentHandle } from './testing/silent-handle.ts';

const segment = (bytes: Buffer) =>
  Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, i) => bytes.subarray(i * 65_536, (i + 1) * 65_536));
const singly = (bytes: Buffer) => Array.from(bytes, (byte) => Buffer.of(byte));
const get = head('GET / HTTP/1.1');
const post = head('POST / HTTP/1.1', 'Transfer-Encoding: chunked');

const fields = (count: number) => client(`GET / HTTP/1.1\r\n${'a:b\r\n'.repeat(count)}\r\n`);
const trailers = (bytes: number) => client(post, `0\r\nx:${'y'.repeat(bytes - 6)}\r\n\r\n`);

/** What a conversation comes to in one piece, in segments and, where that is bearable, byte by byte: always the same. */
function outcomes(steps: Parameters<typeof run>[0], alsoSingly = true): ReturnType<typeof run> {
  const whole = run(steps);
  expect(run(steps, segment)).toEqual(whole);
  if (alsoSingly) expect(run(steps, singly)).toEqual(whole);
  return whole;
}

describe('heads', () => {
  test('a head up to the limit is read, one byte more is not', () => {
    const frame = head('GET / HTTP/1.1', 'X: ').length;
    const largest = head('GET / HTTP/1.1', `X: ${'a'.repeat(limits.headBytes - frame)}`);
    expect(outcomes([client(largest)]).exchanges[0]?.requestHead?.length).toBe(limits.headBytes);
    const { exchanges, passedThrough } = outcomes([client(largest.replace('a', 'aa'))]);
    expect(exchanges[0]).toMatchObject({ requestHead: null, end: 'head-too-large' });
    expect(passedThrough).toBe(true);
  });

  test('a first line without an end is given up', () => {
    expect(outcomes([client(`GET /${'a'.repeat(limits.headBytes)}`)]).exchanges[0]).toMatchObject({ end: 'head-too-large' });
    expect(outcomes([client(get), server(`HTTP/1.1 200 ${'a'.repeat(limits.headBytes)}`)]).exchanges[0]).toMatchObject({
      end: 'head-too-large',
    });
  });

  test('as many fields as the limit are read, one more is not, and 100,000 are not either', () => {
    expect(outcomes([fields(limits.headFields)]).exchanges[0]).toMatchObject({ end: 'open', requestEndedAt: 0 });
    expect(outcomes([fields(limits.headFields + 1)]).exchanges[0]).toMatchObject({ end: 'head-too-large' });
    expect(outcomes([fields(100_000)]).exchanges[0]).toMatchObject({ end: 'head-too-large' });
  });

  test('interim responses without end are given up', () => {
    const interim = head('HTTP/1.1 103 Early Hints', `Link: ${'x'.repeat(1000)}`);
    const { exchanges } = outcomes([client(get), server(interim.repeat(limits.headBytes / 1000))], false);
    expect(exchanges[0]).toMatchObject({ end: 'head-too-large' });
  });

  test('a value full of spaces takes no longer than another', () => {
    const { exchanges } = outcomes(
      [client(head('POST / HTTP/1.1', `Transfer-Encoding: x${' '.repeat(limits.headBytes / 2)}x`))],
      false,
    );
    expect(exchanges[0]).toMatchObject({ end: 'ambiguous-framing' });
  });
});

describe('chunked bodies', () => {
  test('a chunk size line', () => {
    const line = (bytes: number) => client(post, `1;${'x'.repeat(bytes - 3)}\r\na\r\n0\r\n\r\n`);
    expect(outcomes([line(limits.chunkLineBytes)]).exchanges[0]).toMatchObject({ requestPayload: 1, requestEndedAt: 0 });
    expect(outcomes([line(limits.chunkLineBytes + 1)]).exchanges[0]).toMatchObject({ end: 'ambiguous-framing' });
    expect(outcomes([client(post, '0'.repeat(limits.chunkLineBytes + 1))]).exchanges[0]).toMatchObject({
      end: 'ambiguous-framing',
    });
  });

  test('a trailer section', () => {
    expect(outcomes([trailers(limits.trailerBytes)]).exchanges[0]).toMatchObject({ requestEndedAt: 0 });
    expect(outcomes([trailers(limits.trailerBytes + 1)]).exchanges[0]).toMatchObject({ end: 'malformed-message' });
  });

  test('a body of gigabytes is followed without keeping any of it', () => {
    let payload = 0;
    const handle = silentHandle({
      requestBody: (_wire, payloadBytes) => {
        payload += payloadBytes;
      },
    });
    const decoder = createHttp1Decoder({ exchangeStarted: () => handle });
    decoder.push('client', Buffer.from(post), 0);
    const size = 0x1_4000_0000;
    decoder.push('client', Buffer.from(`${size.toString(16)}\r\n`), 0);
    const piece = Buffer.alloc(1 << 20);
    for (let sent = 0; sent < size; sent += piece.length) decoder.push('client', piece, 0);
    decoder.push('client', Buffer.from('\r\n0\r\n\r\n'), 0);
    expect(payload).toBe(size);
  });
});

describe('pipelining', () => {
  test('requests beyond the limit pass unread, those before it are still answered', () => {
    const ok = head('HTTP/1.1 200 OK', 'Content-Length: 0');
    const { exchanges, passedThrough } = outcomes([
      client(get.repeat(limits.pipelinedRequests + 2)),
      server(ok.repeat(limits.pipelinedRequests + 2)),
    ]);
    expect(exchanges.length).toBe(limits.pipelinedRequests + 1);
    expect(exchanges.at(-1)).toMatchObject({ requestHead: null, end: 'not-decoded' });
    expect(exchanges.filter((exchange) => exchange.end === 'ended').length).toBe(limits.pipelinedRequests);
    expect(passedThrough).toBe(true);
  });
});

describe('views', () => {
  test('what is told are views of what was pushed, and the piece itself where that is all of it', () => {
    const told: Buffer[] = [];
    const keep = (bytes: Buffer) => {
      told.push(bytes);
    };
    const handle = silentHandle({ requestHead: keep, requestBody: keep, responseHead: keep, responseBody: keep });
    const decoder = createHttp1Decoder({ exchangeStarted: () => handle });
    const request = Buffer.from(get);
    const response = Buffer.from(`${head('HTTP/1.1 200 OK', 'Content-Length: 4')}ab`);
    const rest = Buffer.from('cd');
    decoder.push('client', request, 0);
    decoder.push('server', response, 1);
    decoder.push('server', rest, 2);
    expect(told[0]).toBe(request);
    expect(told[1]?.buffer).toBe(response.buffer);
    expect(told[2]?.buffer).toBe(response.buffer);
    expect(told[3]).toBe(rest);
    expect(told.length).toBe(4);
  });
});
