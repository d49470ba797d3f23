import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Conversation } from '../../rrpair/conversation.ts';
import { conversationKind } from '../streams.ts';
import { envelope, heads, read, streamOf } from './testing/calls.ts';
import { text } from './testing/status.ts';

const info = { type: 'google.rpc.ErrorInfo', value: text(1, 'GONE').toString('base64').replace(/=+$/, '') };
const refused = heads('HTTP/1.1 404 Not Found', 'Content-Type: application/json', 'Content-Encoding: gzip', '');
const shown = 'code: 5, message: "no such user", details: [{ @type: "type.googleapis.com/google.rpc.ErrorInfo", reason: "GONE" }]';

function failure(details: unknown): Buffer {
  return Buffer.from(JSON.stringify({ code: 'not_found', message: 'no such user', details }));
}

function answerOf(request: ReturnType<typeof heads>, body: Buffer, sent = ''): Conversation {
  return read(streamOf({ request: Buffer.from(sent), response: gzipSync(body) }, refused), request, refused);
}

test('what the error of a unary call says besides is the last line, by names', () => {
  const request = heads('POST /a.B/C HTTP/1.1', 'content-type: application/proto', '');
  const page = answerOf(request, failure([info, { type: 1 }, null]));
  expect(page.messages).toHaveLength(3);
  expect(page.messages[2]).toMatchObject({ kind: 'details', label: 'NOT_FOUND', preview: shown, bad: true });
  expect(page.messages[2]?.facts).toContainEqual(['Member', 'details']);
  expect(page.end).toBe('The server answered with 404, NOT_FOUND: no such user.');
  for (const details of [undefined, [], 'x', [1]]) {
    const without = answerOf(request, failure(details));
    expect([without.messages.length, without.end]).toEqual([2, page.end]);
  }
  for (const said of ['null', '[]', '7', '{"code":7}', '{"error":{"code":"not_found"}}'])
    expect(answerOf(request, Buffer.from(said)).end, said).toBe('The server answered with 404.');
});

test.each([
  ['POST /a.B/C HTTP/2', 'connect-protocol-version: 1', '{"id":1}'],
  ['GET /a.B/C?connect=v1&encoding=json HTTP/2', 'accept: */*', ''],
])('so it is where the messages are JSON (%s)', (line, header, sent) => {
  const request = heads(line, header, 'content-type: application/json', '');
  const whole = failure([info]);
  const page = answerOf(request, whole, sent);
  const count = sent === '' ? 2 : 3;
  expect(page).toMatchObject({ nameless: false, total: count });
  expect(page.messages.at(-1)).toMatchObject({ kind: 'details', preview: shown });
  for (let kept = 0; kept < whole.length; kept += 1)
    expect(answerOf(request, whole.subarray(0, kept), sent).total, String(kept)).toBe(count - 1);
  const fine = heads('HTTP/2 200', 'content-type: application/json', '').final;
  expect(conversationKind(fine, request.final)).toBeNull();
  const other = heads('POST /a.B/C HTTP/2', 'content-type: application/json', '').final;
  expect(conversationKind(refused.final, other)).toBeNull();
});

test('what the last message of a stream says of an error stands below it, once it is whole', () => {
  const request = heads('POST /a.B/C HTTP/2', 'content-type: application/connect+json', '');
  const response = heads('HTTP/2 200', 'content-type: application/connect+json', '');
  const error = { code: 'canceled', message: 'later', details: [info] };
  const end = envelope(JSON.stringify({ error, metadata: { 'x-a': ['b'] } }), 2);
  for (let kept = 0; kept < end.length; kept += 1)
    expect(read(streamOf({ response: end.subarray(0, kept) }, response), request, response).messages, String(kept)).toEqual([]);
  const { messages } = read(streamOf({ response: end }, response), request, response);
  expect(messages.map(({ kind, label }) => [kind, label])).toEqual([
    ['end', 'CANCELED'],
    ['details', 'CANCELLED'],
  ]);
  expect(messages[1]?.preview).toBe(shown.replace('5', '1').replace('no such user', 'later'));
  expect(messages[1]?.facts).toContainEqual(['Member', 'details']);
});
