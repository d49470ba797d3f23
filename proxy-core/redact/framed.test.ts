import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { record } from '../../test/export/records.ts';
import { request as kafkaRequest } from '../wire/kafka/testing/messages.ts';
import { batch } from '../wire/kafka/testing/records.ts';
import { redis } from '../wire/redis/redis.ts';
import { builtInMasker } from './mask.ts';
import { maskRecord } from './record.ts';

function bulk(...args: readonly string[]): Buffer {
  return Buffer.from(`*${args.length}\r\n${args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join('')}`);
}

test('secrets in the values of a framed protocol are covered, and its messages can still be read', () => {
  const before = record(1, '', Buffer.alloc(0), '', { summary: { command: 'SET', location: 'user:1', status: 'OK' } });
  const request = bulk('SET', 'user:1', '{"name":"Ada","password":"correct horse"}');
  const response = bulk('name', 'Ada', 'api_key', 'correct horse');
  const pair = {
    ...before,
    connection: { ...before.connection, protocol: 'redis' as const },
    request: { ...before.request, head: Buffer.alloc(0), body: request, wireBytes: request.length },
    response: { ...before.response, head: Buffer.alloc(0), body: response, wireBytes: response.length },
    context: { queued: ['AUTH correct horse', 'GET a'] },
  };
  const { record: masked, findings } = maskRecord(pair, builtInMasker);
  expect(findings.length).toBeGreaterThan(0);
  expect(Buffer.from(masked.request.body).toString()).toBe(request.toString().replace('correct horse', '*************'));
  expect(Buffer.from(masked.response.body).toString()).toBe(response.toString().replace('correct horse', '*************'));
  expect(JSON.stringify(masked)).not.toContain('correct horse');
  const { request: read } = redis.read({
    request: Buffer.from(masked.request.body),
    requestCut: false,
    response: Buffer.from(masked.response.body),
    responseCut: false,
    summary: pair.summary ?? { command: '', location: '', status: '' },
    context: {},
    firstRow: 0,
  });
  expect(read.problem).toBe('');
});

test.each([
  ['a secret that is compressed', '{"password":"correct horse"}', gzipSync, 0],
  ['what is compressed without one', '{"name":"Ada"}', gzipSync, 1],
  ['a secret that is not', '{"password":"correct horse"}', undefined, 1],
])('%s leaves with the rest of its message, or nothing of that does', (_name, value, compress, share) => {
  const records = batch([{ key: null, value }], compress === undefined ? {} : { codec: 1, compress });
  const body = kafkaRequest(0, 7, 1, { acks: 1, topics: [{ topic: 'orders', partitions: [{ records }] }] });
  const before = record(1, '', Buffer.alloc(0), '', { summary: { command: 'Produce', location: 'orders', status: 'OK' } });
  const request = { ...before.request, head: Buffer.alloc(0), body, wireBytes: body.length };
  const pair = { ...before, connection: { ...before.connection, protocol: 'kafka' as const }, request };
  const { record: masked } = maskRecord(pair, builtInMasker);
  expect(masked.request.body.length).toBe(body.length * share);
  expect(Buffer.from(masked.request.body).toString('latin1')).toBe(
    share === 0 ? '' : body.toString('latin1').replace('correct horse', '*************'),
  );
});
