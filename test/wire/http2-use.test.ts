import { execFile } from 'node:child_process';
import { once } from 'node:events';
import * as http2 from 'node:http2';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { createRecorder } from '../../proxy-core/capture/recorder.ts';
import { curlCommand } from '../../proxy-core/export/curl.ts';
import { harEntry } from '../../proxy-core/export/har-entry.ts';
import { maskerFor, maskRecord } from '../../proxy-core/redact/record.ts';
import { writeRequest } from '../../proxy-core/replay/compose.ts';
import { replayPair, sendRecorded } from '../../proxy-core/replay/replay.ts';
import { composedRequestSchema } from '../../proxy-core/rrpair/compose.ts';
import { noUserRules } from '../../proxy-core/rrpair/masking.ts';
import type { PairRecord } from '../../proxy-core/rrpair/pair.ts';
import { cleanUp, MemorySink, onCleanUp, type StoredPair, startTestCapture } from '../capture/support.ts';
import { listenHttp2 } from './support/http2-server.ts';

afterEach(cleanUp);

interface Asked {
  headers: string[];
  trailers: string[];
  body: string;
}

/** An application that answers everything, and tells what it was asked. */
async function startApp(): Promise<{ port: number; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = http2.createServer();
  server.on('stream', (stream, _headers, _flags, rawHeaders) => {
    const one: Asked = { headers: rawHeaders, trailers: [], body: '' };
    asked.push(one);
    stream.on('data', (bytes: Buffer) => {
      one.body += bytes.toString('latin1');
    });
    stream.on('trailers', (_trailers, _, raw: string[]) => {
      one.trailers = raw;
    });
    stream.on('end', () => {
      stream.respond(
        { ':status': 200, 'content-type': 'text/plain', 'set-cookie': 'session=server-secret' },
        { waitForTrailers: true },
      );
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-token': 'trailer-secret' }));
      stream.end(`${one.body.length} bytes`);
    });
  });
  const port = await listenHttp2(server);
  return { port, asked };
}

function recordOf(pair: StoredPair): PairRecord {
  return {
    id: pair.id,
    state: pair.state,
    connection: pair.connection,
    startedAtMicros: pair.startedAtMicros,
    timing: { requestEnd: pair.requestEnd, responseStart: pair.responseStart, responseEnd: pair.responseEnd },
    request: {
      head: pair.requestHead,
      body: pair.requestBody,
      wireBytes: pair.requestWireBytes,
      payloadBytes: pair.requestPayloadBytes,
      truncated: pair.requestTruncated,
      crc32: 0,
    },
    response: {
      head: pair.responseHead,
      body: pair.responseBody,
      wireBytes: pair.responseWireBytes,
      payloadBytes: pair.responsePayloadBytes,
      truncated: pair.responseTruncated,
      crc32: 0,
    },
    failure: pair.extra.failure ?? null,
    replayOf: 0,
    summary: null,
    bodyShed: false,
  };
}

/** What was asked once through the capture, and its record. */
async function captured(): Promise<{ record: PairRecord; asked: Asked[]; port: number }> {
  const { port, asked } = await startApp();
  const { inPort, sink } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port } });
  const session = http2.connect(`http://127.0.0.1:${String(inPort)}`);
  onCleanUp(() => session.destroy());
  const stream = session.request(
    {
      ':method': 'PUT',
      ':path': '/things/1?api_key=query-secret&x=%20',
      authorization: 'Bearer header-secret-1234',
      cookie: ['a=1', 'b=2'],
      'x-twice': ['one', 'two'],
      'content-type': 'text/plain',
    },
    { waitForTrailers: true },
  );
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '42' }));
  // More than the windows that hold at first.
  stream.end('x'.repeat(200_000));
  stream.resume();
  await once(stream, 'close');
  return { record: recordOf(await sink.done()), asked, port };
}

test('a pair of HTTP/2 is sent again as it was: fields, body, trailers; or to another place', async () => {
  const { record, asked } = await captured();
  const elsewhere = await startApp();
  const sink = new MemorySink();
  const recorder = createRecorder(sink);
  onCleanUp(() => recorder.close());
  const observe = (...parts: Parameters<typeof recorder.observe>): ReturnType<typeof recorder.observe> =>
    recorder.observe(...parts);
  await replayPair(record, {}, observe);
  expect(asked[1]).toEqual(asked[0]);
  await replayPair(record, { to: `http://127.0.0.1:${String(elsewhere.port)}` }, observe);
  const moved = asked[0]?.headers.map((text, at, all) =>
    all[at - 1] === ':authority' ? `127.0.0.1:${String(elsewhere.port)}` : text,
  );
  expect(elsewhere.asked).toEqual([{ ...asked[0], headers: moved }]);
  recorder.flush();
  const [again] = sink.all();
  expect(String(again?.requestHead)).toBe(String(record.request.head));
  expect(String(again?.responseBody)).toBe('200000 bytes');
  expect(String(again?.responseHead)).toContain('\r\n\r\nx-token: trailer-secret\r\n\r\n');
});

function fieldsOf(one: Asked | undefined): string[] {
  const raw = one?.headers ?? [];
  return raw
    .flatMap((text, at) => (at % 2 === 0 ? [`${text}: ${raw[at + 1]}`] : []))
    .filter((line) => !/^(?:content-length|cookie):/.test(line))
    .toSorted();
}

test('as a curl command it asks the same, in HTTP/2', async () => {
  const { record, asked, port } = await captured();
  const small = { ...record, request: { ...record.request, body: Buffer.from('x'), wireBytes: 1, payloadBytes: 1 } };
  const { command } = curlCommand(small, { shell: 'bash', reveal: true });
  expect(command).toContain('--http2-prior-knowledge');
  await promisify(execFile)('bash', ['-c', `${command} -sS`], { timeout: 20_000 });
  // What curl connects to is the application itself.
  expect(fieldsOf(asked[1])).toEqual(fieldsOf(asked[0]));
  expect(asked[1]?.headers).toContain('a=1; b=2');
  expect(asked[1]?.body).toBe('x');
  expect(port).toBeGreaterThan(0);
});

test('in HAR it is a request with a host, and its secrets are masked on every way out', async () => {
  const { record } = await captured();
  const { record: masked, findings } = maskRecord(record, maskerFor(noUserRules));
  const text = `${String(masked.request.head)}${String(masked.response.head)}`;
  expect(findings.length).toBeGreaterThan(3);
  for (const secret of ['query-secret', 'header-secret', 'server-secret', 'trailer-secret']) expect(text).not.toContain(secret);
  expect(text).toMatch(/^PUT \/things\/1\?api_key=\*+&x=%20 HTTP\/2\r\n/);
  expect(text).toMatch(/\r\n\r\nx-sum: 42\r\n\r\n/);
  const entry = harEntry(record);
  expect(entry?.request).toMatchObject({ method: 'PUT', httpVersion: 'HTTP/2' });
  expect(entry?.request.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/things\/1\?api_key=query-secret&x=%20$/);
  expect(entry?.request.headers[0]?.name).toBe('Host');
  expect(entry?.request.headers.filter(({ name }) => name === 'cookie')).toEqual([{ name: 'cookie', value: 'a=1; b=2' }]);
  expect(entry?.response).toMatchObject({ status: 200, httpVersion: 'HTTP/2' });
});

test('a request that somebody writes is sent in HTTP/2 where that is wanted', async () => {
  const { port, asked } = await startApp();
  const recorder = createRecorder(new MemorySink());
  onCleanUp(() => recorder.close());
  const composed = composedRequestSchema.parse({
    method: 'POST',
    url: `http://127.0.0.1:${String(port)}/a?b`,
    version: 'HTTP/2',
    headers: [
      ['X-Name', 'ä'],
      ['Connection', 'close'],
      ['Host', 'shop.test'],
      ['Transfer-Encoding', 'chunked'],
    ],
    bodyBase64: Buffer.from('hi').toString('base64'),
  });
  await sendRecorded(writeRequest(composed), { direction: 'out', replayOf: 0 }, (...parts) => recorder.observe(...parts));
  expect(asked).toEqual([
    {
      headers: [':method', 'POST', ':path', '/a?b', ':scheme', 'http', ':authority', 'shop.test', 'x-name', 'ä'],
      trailers: [],
      body: 'hi',
    },
  ]);
  expect(() => writeRequest({ ...composed, headers: [['Host', 'a\r\nb: c']] })).toThrow('line break');
});
