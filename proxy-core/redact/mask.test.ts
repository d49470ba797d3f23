import { describe, expect, test } from 'vitest';
import type { HeaderField } from '../rrpair/shapes.ts';
import { type MaskedMessage, maskMessage } from './mask.ts';

function mask(part: { target?: string; headers?: HeaderField[]; body?: string }): MaskedMessage & { text: string } {
  const masked = maskMessage({ target: part.target ?? '/', headers: part.headers ?? [], body: Buffer.from(part.body ?? '') });
  return { ...masked, text: masked.body.toString() };
}

const json = (body: string): string => mask({ headers: [['Content-Type', 'application/json']], body }).text;

describe('header fields', () => {
  test.each<[string, string, string]>([
    ['Authorization', 'Bearer abc.def', 'Bearer ***'],
    ['authorization', 'AWS4-HMAC-SHA256 Credential=x, Signature=y', 'AWS4-HMAC-SHA256 ***'],
    ['Authorization', 'rawtoken', '***'],
    ['Cookie', 'a=1; session=xyz', 'a=***; session=***'],
    ['Set-Cookie', 'sid=xyz; Path=/; HttpOnly', 'sid=***; Path=/; HttpOnly'],
    ['X-Api-Key', 'k', '***'],
    ['X-Auth-Token', 't', '***'],
    ['Location', '/cb?code=abc&state=1', '/cb?code=***&state=1'],
    ['Accept', 'text/html', 'text/html'],
    ['X-Request-Id', '42', '42'],
    ['Authorization', '', ''],
  ])('%s: %s', (name, value, expected) => {
    expect(mask({ headers: [[name, value]] }).headers).toEqual([[name, expected]]);
  });
});

describe('targets', () => {
  test.each([
    ['/x?token=abc&page=2', '/x?token=***&page=2'],
    ['/x?X-Amz-Signature=abc&X-Amz-Date=1', '/x?X-Amz-Signature=***&X-Amz-Date=1'],
    ['/x?key=AIza&q=keyboard', '/x?key=***&q=keyboard'],
    ['http://user:pass@host/x', 'http://***@host/x'],
    ['/x?flag&token=', '/x?flag&token='],
    ['/x?a=%zz&pass%77ord=1', '/x?a=%zz&pass%77ord=***'],
  ])('%s', (target, expected) => {
    expect(mask({ target }).target).toBe(expected);
  });
});

describe('JSON bodies', () => {
  test('lose the secret and nothing else: white space, order and digits stay', () => {
    expect(json('{ "id": 12345678901234567890,\n  "password" : "p\\"w",\t"n": 1.0 }')).toBe(
      '{ "id": 12345678901234567890,\n  "password" : "***",\t"n": 1.0 }',
    );
  });

  test('are masked at any depth, numbers too, and stay valid', () => {
    expect(JSON.parse(json('{"a":[{"clientSecret":"x"},{"pin":1234,"access_token":null}],"db_password":"y"}'))).toEqual({
      a: [{ clientSecret: '***' }, { pin: '***', access_token: null }],
      db_password: '***',
    });
  });

  test.each([
    '{"compass":"n","shipping":"x","monkey":"y","keyboard":"z","tokens_used":5,"author":"me"}',
    '["password","secret"]',
    '{"a":"\\"password\\":\\"x\\""}',
    '{"key":"id","code":"A1"}',
  ])('keep what only looks like a secret: %s', (text) => {
    expect(json(text)).toBe(text);
  });

  test('lose all that stands below a secret name, keys excepted', () => {
    const text =
      '{"credentials":{"user":"ann","list":["a",1,{"k":"v"}],"n":null},"after":["kept",{"x":"kept"}],"apiKey":["k1","k2"],"b":"kept"}';
    expect(JSON.parse(json(text))).toEqual({
      credentials: { user: '***', list: ['***', '***', { k: '***' }], n: null },
      after: ['kept', { x: 'kept' }],
      apiKey: ['***', '***'],
      b: 'kept',
    });
  });

  test('that are broken do no harm', () => {
    expect(json('{"password":"unterminated')).toContain('{"password"');
    expect(json(`{"password":"x"`)).toBe('{"password":"***"');
  });
});

describe('other bodies', () => {
  test('forms', () => {
    expect(
      mask({ headers: [['content-type', 'application/x-www-form-urlencoded']], body: 'user=ann&password=p%20w&x=1' }).text,
    ).toBe('user=ann&password=***&x=1');
  });

  test('multipart, other parts byte for byte', () => {
    const body =
      '--B\r\nContent-Disposition: form-data; name="user"\r\n\r\nann\r\n--B\r\nContent-Disposition: form-data; name="password"\r\n\r\nhunter2\r\n--B--\r\n';
    expect(mask({ headers: [['Content-Type', 'multipart/form-data; boundary=B']], body }).text).toBe(
      body.replace('hunter2', '***'),
    );
  });

  test('binary ones are left as they are', () => {
    const bytes = Buffer.from([0, 255, 254, 128]);
    expect(maskMessage({ target: '/', headers: [['Content-Type', 'image/png']], body: bytes }).body).toBe(bytes);
  });
});

test('a secret that is named in one place is masked wherever it stands', () => {
  const masked = mask({
    target: '/log?line=see+s3cr3t-token-1',
    headers: [
      ['Authorization', 'Bearer s3cr3t-token-1'],
      ['X-Debug', 'sent s3cr3t-token-1'],
      ['Content-Type', 'text/plain'],
    ],
    body: 'my s3cr3t-token-1 here',
  });
  expect(JSON.stringify([masked.target, masked.headers, masked.text])).not.toContain('s3cr3t-token-1');
  expect(masked.masked).toEqual(['header authorization']);
});
