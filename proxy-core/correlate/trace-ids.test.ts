import { expect, test } from 'vitest';
import { likenessOf } from './likeness.ts';
import { idsInHead, idsInMessages, idsInSql } from './trace-ids.ts';
import { Transactions } from './transactions.ts';

const head = (field: string): string[] => idsInHead(Buffer.from(`GET / HTTP/1.1\r\n${field}\r\n\r\n`)).map(({ key }) => key);

test.each([
  'traceparent: 00-00000000000000000000000000000000-b7ad6b7169203331-01',
  'traceparent: not-a-trace',
  'x-datadog-trace-id: 0',
  'x-datadog-trace-id: 12ab',
  'b3: 0',
  'x-request-id: 1',
  'x-request-id: two words',
  `x-request-id: ${'a'.repeat(300)}`,
  'not-x-request-id: 7f3a99',
])('%s is no identity', (field) => {
  expect(head(field)).toEqual([]);
});

test('the most telling identity stands first, and one of 64 bits is the end of one of 128', () => {
  const found = idsInHead(
    Buffer.from(
      'GET / HTTP/1.1\r\nX-Request-Id: 7f3a99\r\nX-B3-TraceId: 8448eb211c80319c\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n',
    ),
  );
  expect(found.map(({ rule }) => rule.header)).toEqual(['traceparent', 'x-b3-traceid', 'x-request-id']);
  expect(found[0]?.key).toBe(found[1]?.key);
});

test('comments of SQL are read as sqlcommenter and as Marginalia write them, at either end', () => {
  const comment = "/*action='%2Forders',traceparent='00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'*/";
  expect(idsInSql(`SELECT 1 ${comment}`)).toMatchObject([{ place: 'sql-comment', rule: { header: 'traceparent' } }]);
  expect(idsInSql(`SELECT '${'x'.repeat(5_000)}' ${comment}`)).toHaveLength(1);
  expect(idsInSql('/* request_id:7f3a-99,controller:orders */ SELECT 1')).toMatchObject([{ key: 'request 7f3a-99' }]);
  expect(idsInSql('SELECT 1 /* nothing said */')).toEqual([]);
  expect(idsInSql('SELECT 1 /* unclosed '.repeat(20_000))).toEqual([]);
});

test('statements are told by transaction, per connection', () => {
  const transactions = new Transactions();
  const next = (connection: number, sql: string): string | null => transactions.next(connection, 'postgresql', 'Query', sql);
  expect(next(1, 'SELECT 1')).toBeNull();
  const first = next(1, '/* x */ begin');
  expect(first).not.toBeNull();
  expect(next(2, 'SELECT 1')).toBeNull();
  expect(next(1, 'UPDATE t SET a = 1')).toBe(first);
  expect(next(1, 'ROLLBACK TO SAVEPOINT one')).toBe(first);
  expect(next(1, 'COMMIT')).toBe(first);
  expect(next(1, 'SELECT 1')).toBeNull();
  expect(next(1, 'START TRANSACTION')).not.toBe(first);
  expect(next(4, `${'/**/'.repeat(1_000)}1`)).toBeNull();
  const queue = transactions.next(3, 'redis', 'MULTI', '');
  expect(transactions.next(3, 'redis', 'EXEC', '')).toBe(queue);
});

const sql = (location: string): string => likenessOf({ protocol: 'postgresql', command: 'Query', host: 'db', location }, true);
const http = (location: string): string => likenessOf({ protocol: 'http', command: 'GET', host: 'api', location }, false);
const redis = (location: string): string => likenessOf({ protocol: 'redis', command: 'GET', host: 'r', location }, false);

test('calls that differ in values are alike, others are not', () => {
  expect(sql("SELECT * FROM t WHERE id = 7 AND n = 'it''s'")).toBe(sql("SELECT * FROM t WHERE id = 12  AND n = 'x'"));
  expect(sql('SELECT * FROM t WHERE id IN (1, 2, 3)')).toBe(sql('SELECT * FROM t WHERE id IN ($1, $2)'));
  expect(sql('SELECT a FROM t')).not.toBe(sql('SELECT b FROM t'));
  expect(http('/stock/tea-101?fresh=1')).toBe(http('/stock/pot-302?fresh=0'));
  expect(http('/v1/users/7')).toBe(http('/v1/users/123'));
  expect(http('/v1/users')).not.toBe(http('/v1/orders'));
  expect(redis('cart:17')).toBe(redis('cart:234'));
  expect(redis('cart:17')).not.toBe(redis('stock:17'));
});

test('each identity in messages stands once, however many carry it', () => {
  const found = idsInMessages([
    [
      ['content-type', 'json'],
      ['X-Request-Id', '7f3a99'],
      ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
    ],
    [['b3', '8448eb211c80319c-05e3ac9a4f6e3b90-1']],
    [['x-datadog-trace-id', '77']],
  ]);
  expect(found.map(({ rule, place }) => [rule.header, place])).toEqual([
    ['traceparent', 'message'],
    ['x-request-id', 'message'],
    ['x-datadog-trace-id', 'message'],
  ]);
});
