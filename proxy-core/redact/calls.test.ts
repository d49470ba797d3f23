import { gzipSync } from 'node:zlib';
import { expect, describe as group, test } from 'vitest';
import { curlCommand } from '../export/curl.ts';
import { noUserRules } from '../rrpair/masking.ts';
import type { MessageCapture, PairRecord } from '../rrpair/pair.ts';
import { binaryValue, detailsJson } from '../wire/grpc/status-details.ts';
import { entry, statusBytes, text as textField } from '../wire/grpc/testing/status.ts';
import { readBody } from '../wire/read-body.ts';
import { maskerFor, maskRecord } from './record.ts';

const secret = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a';

function envelope(payload: Buffer, flags = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flags;
  prefix.writeUInt32BE(payload.length, 1);
  return Buffer.concat([prefix, payload]);
}

function message(head: string, body: Buffer): MessageCapture {
  return { head: Buffer.from(head), body, wireBytes: body.length, payloadBytes: body.length, truncated: false, crc32: 0 };
}

function pair(request: Buffer, response: Buffer): PairRecord {
  const type = 'content-type: application/grpc\r\ngrpc-encoding: gzip\r\n';
  return {
    id: 1,
    state: 'done',
    connection: { protocol: 'http', upstreamHost: 'a', upstreamPort: 1 } as PairRecord['connection'],
    startedAtMicros: 0,
    timing: { requestEnd: 0, responseStart: 0, responseEnd: 0 },
    request: message(`POST /a.B/C HTTP/2\r\n:authority: a\r\n${type}\r\n`, request),
    response: message(`HTTP/2 200\r\n${type}\r\ngrpc-status: 0\r\n\r\n`, response),
    failure: null,
    replayOf: 0,
    summary: null,
    bodyShed: false,
  };
}

function maskedOf(record: PairRecord): PairRecord {
  return maskRecord(record, maskerFor(noUserRules)).record;
}

const field = Buffer.concat([Buffer.of(0x0a, secret.length), Buffer.from(secret)]);
const covered = Buffer.from(String(field).replace(secret, '*'.repeat(secret.length)));

test('a secret in the messages of a call is covered, and their lengths stay right', () => {
  const harmless = envelope(gzipSync('harmless'), 1);
  const { request, response } = maskedOf(
    pair(Buffer.concat([harmless, envelope(gzipSync(field), 1)]), Buffer.concat([envelope(field), field.subarray(0, 3)])),
  );
  // The one that was compressed is plain now; the other is as it was.
  expect(Buffer.from(request.body)).toEqual(Buffer.concat([harmless, envelope(covered)]));
  expect(Buffer.from(response.body)).toEqual(Buffer.concat([envelope(covered), field.subarray(0, 3)]));
  expect(String(response.head)).toContain('grpc-status: 0');
  expect(readBody(response.body, [], 'decoded').problem).toBe('');
});

function text(body: Buffer): Buffer {
  return Buffer.from(body.toString('base64'));
}

test('in base64 a secret is covered too, and what has none stays as it was sent', () => {
  const record = pair(text(envelope(field)), text(envelope(Buffer.from('harmless'))));
  const head = Buffer.from('POST /a.B/C HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc-web-text\r\n\r\n');
  const { request, response } = maskedOf({
    ...record,
    request: { ...record.request, head },
    response: { ...record.response, head: Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web-text\r\n\r\n') },
  });
  expect(Buffer.from(request.body)).toEqual(text(envelope(covered)));
  expect(response.body).toBe(record.response.body);
});

test('a command that sends it again has no secret either', () => {
  const { command, bodyFile, masked } = curlCommand(pair(envelope(gzipSync(field), 1), Buffer.alloc(0)), {
    shell: 'bash',
    reveal: false,
  });
  expect(Buffer.from(bodyFile?.base64 ?? '', 'base64')).toEqual(envelope(covered));
  expect(command).toContain('--http2-prior-knowledge');
  expect(masked.length).toBe(1);
});

test('without a secret every byte stays; what cannot be looked into is left out', () => {
  const record = pair(Buffer.concat([envelope(gzipSync('a'), 1), envelope(Buffer.from('b'))]), Buffer.alloc(0));
  expect(maskedOf(record).request).toEqual(record.request);
  const broken = maskedOf(pair(Buffer.concat([envelope(Buffer.from('no gzip'), 1), envelope(Buffer.from('b'))]), Buffer.alloc(0)));
  expect(Buffer.from(broken.request.body)).toEqual(envelope(Buffer.from('b')));
  expect(broken.request.truncated).toBe(true);
});

/** An error whose details have these as metadata. */
function errorWith(metadata: Readonly<Record<string, string>>): string {
  const entries = Object.entries(metadata).map(([name, value]) => entry(3, name, value));
  return statusBytes(7, 'no', [['google.rpc.ErrorInfo', Buffer.concat([textField(1, 'DENIED'), ...entries])]]).toString('base64');
}

function fieldIn(bytes: Uint8Array, name: string): string {
  return new RegExp(`^${name}: (.*)\r$`, 'm').exec(String(bytes))?.[1] ?? '';
}

const said = errorWith({ note: secret, password: 'hunter2-é', seen: 'c2Vzc2lvbi1vZi1hZGE', zone: 'b' });
const shown = errorWith({ note: '*'.repeat(secret.length), password: '**********', seen: '*'.repeat(19), zone: 'b' });
const asked = 'POST /a.B/C HTTP/2\r\nauthorization: Bearer c2Vzc2lvbi1vZi1hZGE\r\ncontent-type: application/grpc\r\n';
const answered = 'HTTP/2 200\r\ncontent-type: application/grpc\r\n\r\n';
const webHeads = (suffix: string): string[] => [asked, answered].map((head) => head.replace('/grpc', `/grpc-web${suffix}`));
const failed = (requestHead: string, responseHead: string, body: Buffer = Buffer.alloc(0)): PairRecord => ({
  ...pair(Buffer.alloc(0), Buffer.alloc(0)),
  request: message(`${requestHead}\r\n`, Buffer.alloc(0)),
  response: message(responseHead, body),
});

/** A failure as Connect tells of it, with one detail. */
function connectError(value: Buffer | string): string {
  const base64 = typeof value === 'string' ? value : value.toString('base64').replaceAll('/', '\\/');
  return `{"code":"permission_denied","details":[{"type":"google.rpc.ErrorInfo","value":"${base64}"}]}`;
}

function errorInfo(note: string, password: string): Buffer {
  return Buffer.concat([textField(1, 'DENIED'), entry(3, 'note', note), entry(3, 'password', password)]);
}

group('what a server says of an error', () => {
  test('has its secrets covered: by their form, by their name, and those that stand elsewhere too', () => {
    const record = failed(asked, `${answered}grpc-status: 7\r\ngrpc-status-details-bin: ${said}\r\n\r\n`);
    const { record: masked, findings } = maskRecord(record, maskerFor(noUserRules));
    expect(fieldIn(masked.response.head, 'grpc-status-details-bin')).toBe(shown);
    expect(findings.map(({ where }) => where)).toEqual(
      expect.arrayContaining(['header grpc-status-details-bin password', 'header grpc-status-details-bin GitHub token']),
    );
    const harmless = failed(
      asked.replace('authorization', 'x-other'),
      `${answered}grpc-status-details-bin: ${errorWith({ zone: 'b' })}\r\n\r\n`,
    );
    expect(maskedOf(harmless).response).toEqual(harmless.response);
  });

  test('is masked whole where a secret is too short to be covered', () => {
    const value = errorWith({ password: 'abc' });
    const { response } = maskedOf(failed(asked, `${answered}grpc-status-details-bin: ${value}\r\n\r\n`));
    expect(fieldIn(response.head, 'grpc-status-details-bin')).toBe('***');
  });

  test('in the trailers of gRPC-Web, in base64 or not', () => {
    const trailers = envelope(Buffer.from(`grpc-status: 7\r\ngrpc-status-details-bin: ${said}\r\n`), 0x80);
    const covered = envelope(Buffer.from(`grpc-status: 7\r\ngrpc-status-details-bin: ${shown}\r\n`), 0x80);
    const [webAsked = '', webAnswered = ''] = webHeads('+proto');
    expect(Buffer.from(maskedOf(failed(webAsked, webAnswered, trailers)).response.body)).toEqual(covered);
    const [textAsked = '', textAnswered = ''] = webHeads('-text');
    expect(Buffer.from(maskedOf(failed(textAsked, textAnswered, text(trailers))).response.body)).toEqual(text(covered));
  });

  test('in the JSON of Connect: that a stream ends with, and that a unary call is answered with', () => {
    const stars = '*'.repeat(secret.length);
    const ways = [
      {
        head: 'HTTP/2 200\r\ncontent-type: application/connect+json\r\n\r\n',
        body: (json: string) => envelope(Buffer.from(`{"error":${json}}`), 2),
      },
      { head: 'HTTP/2 403\r\ncontent-type: application/json\r\n\r\n', body: (json: string) => Buffer.from(json) },
    ];
    for (const { head, body } of ways) {
      const bodyOf = (json: string): Buffer => {
        const record = failed(asked.replace('application/grpc', 'application/connect+json'), head, body(json));
        return Buffer.from(maskedOf(record).response.body);
      };
      const covered = errorInfo(stars, '********').toString('base64');
      expect(bodyOf(connectError(errorInfo(secret, 'swordfish'.slice(0, 8))))).toEqual(body(connectError(covered)));
      // Too short to be covered among lengths.
      expect(bodyOf(connectError(errorInfo('b', 'abc')))).toEqual(body(connectError('***')));
      const harmless = connectError(Buffer.concat([textField(1, 'GONE???'), entry(3, 'zone', '??>?')]));
      expect(harmless).toContain('\\/');
      expect(bodyOf(harmless)).toEqual(body(harmless));
    }
  });

  test('and other metadata in base64 that a request is sent again with', () => {
    const unpadded = Buffer.from(`${secret}!`).toString('base64').replace(/=+$/, '');
    const { command, masked } = curlCommand(failed(`${asked}x-session-bin: ${unpadded}\r\n`, answered), {
      shell: 'bash',
      reveal: false,
    });
    const sent = /x-session-bin: ([^']*)'/.exec(command)?.[1] ?? '';
    expect(String(binaryValue(sent))).toBe(`${'*'.repeat(secret.length)}!`);
    expect(masked).toContain('header x-session-bin GitHub token');
    expect(detailsJson(binaryValue(said))).toContain(secret);
  });
});
