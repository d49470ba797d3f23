import { expect, test } from 'vitest';
import { oneOf, pick, randomFrom } from '../http1/testing/random.ts';
import { ProtoNames } from './names.ts';
import { lengthField } from './scan.ts';
import { detailsJson, detailsMessage } from './status-details.ts';
import { entry, statusBytes, text } from './testing/status.ts';

function read(bytes: Buffer, names: ProtoNames | null = null): unknown {
  const message = detailsMessage(bytes.toString('base64'), names);
  return JSON.parse(message.named?.()?.json ?? 'null');
}

const violation = Buffer.concat([text(1, 'user:1'), text(2, 'too many')]);
const field = Buffer.concat([text(1, 'email'), text(2, 'is none'), text(3, 'FORMAT'), lengthField(4, text(1, 'en'))]);

test.each([
  [
    'ErrorInfo',
    Buffer.concat([text(1, 'GONE'), text(2, 'shop'), entry(3, 'zone', 'b')]),
    { reason: 'GONE', domain: 'shop', metadata: { zone: 'b' } },
  ],
  ['RetryInfo', lengthField(1, Buffer.of(8, 3)), { retry_delay: '3s' }],
  [
    'DebugInfo',
    Buffer.concat([text(1, 'a.py:1'), text(1, 'b.py:2'), text(2, 'x')]),
    { stack_entries: ['a.py:1', 'b.py:2'], detail: 'x' },
  ],
  ['QuotaFailure', lengthField(1, violation), { violations: [{ subject: 'user:1', description: 'too many' }] }],
  ['PreconditionFailure', lengthField(1, text(1, 'TOS')), { violations: [{ type: 'TOS' }] }],
  [
    'BadRequest',
    lengthField(1, field),
    { field_violations: [{ field: 'email', description: 'is none', reason: 'FORMAT', localized_message: { locale: 'en' } }] },
  ],
  ['RequestInfo', text(1, 'r-1'), { request_id: 'r-1' }],
  ['ResourceInfo', Buffer.concat([text(1, 'user'), text(2, 'users/1')]), { resource_type: 'user', resource_name: 'users/1' }],
  ['Help', lengthField(1, text(2, 'https://a.test')), { links: [{ url: 'https://a.test' }] }],
  ['LocalizedMessage', text(2, 'nein'), { message: 'nein' }],
])('%s is read by its names', (type, value, expected) => {
  const bytes = statusBytes(5, 'no user', [[`google.rpc.${type}`, value]]);
  const any = { '@type': `type.googleapis.com/google.rpc.${type}`, ...expected };
  expect(read(bytes)).toEqual({ code: 5, message: 'no user', details: [any] });
});

test('a detail of another type is read by the names that somebody gave, or by numbers', () => {
  const bytes = statusBytes(9, 'x', [['shop.Sold', text(1, 'tea')]]);
  const names = new ProtoNames([
    { messages: { 'shop.Sold': [{ number: 1, name: 'item', type: 'string' }] }, enums: {}, methods: {} },
  ]);
  expect(read(bytes)).toMatchObject({ details: [{ '@type': 'type.googleapis.com/shop.Sold', '1': 'tea' }] });
  expect(read(bytes, names)).toMatchObject({ details: [{ '@type': 'type.googleapis.com/shop.Sold', item: 'tea' }] });
});

test('it stands in the list as what the server said last', () => {
  const bytes = statusBytes(5, 'no user', []);
  const unpadded = bytes.toString('base64').replace(/=+$/, '');
  for (const value of [unpadded, `${bytes.toString('base64')},AAAA`]) {
    expect(detailsMessage(value, null)).toMatchObject({
      from: 'server',
      kind: 'details',
      label: 'NOT_FOUND',
      text: 'code: 5, message: "no user"',
      bytes: bytes.length,
      problem: '',
      bad: true,
    });
  }
  const none = detailsMessage(Buffer.from('\x0b\xff no status').toString('base64'), null);
  expect(none).toMatchObject({ label: '', problem: 'What the server says of the error is no google.rpc.Status.' });
});

test('broken ones: nothing throws, and what is read is JSON', () => {
  const whole = statusBytes(5, 'no user', [
    ['google.rpc.BadRequest', lengthField(1, field)],
    ['shop.Sold', violation],
  ]);
  for (let seed = 1; seed <= 500; seed += 1) {
    const random = randomFrom(seed);
    const bytes = Buffer.from(whole.subarray(0, 1 + pick(random, whole.length)));
    for (let times = pick(random, 4); times > 0; times -= 1)
      bytes[pick(random, bytes.length)] = oneOf(random, [0, 10, 127, 128, 255]);
    detailsMessage(bytes.toString('base64'), null);
    const json = detailsJson(bytes);
    if (json !== null) expect(() => JSON.parse(json) as unknown, `seed ${String(seed)}`).not.toThrow();
  }
});
