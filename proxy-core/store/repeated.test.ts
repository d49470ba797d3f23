import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { BatchWriter, type PairEntry, readBatch } from './batch.ts';
import { RepeatedPairs } from './repeated.ts';
import type { DescribedRow } from './row.ts';
import { pairFields } from './testing/pair-fields.ts';

const fields = pairFields({ requestEnd: 1, responseStart: 2, responseEnd: 3 });

interface Said {
  request?: string;
  response?: string;
  asked?: string;
  answered?: string;
  extra?: string;
  inParts?: boolean;
}

function entry({ request = 'GET /', response = '200', asked = '', answered = '{}', extra = '', inParts = false }: Said): PairEntry {
  const batch = new BatchWriter(new ArrayBuffer(limits.batchBytesQuiet));
  batch.pair(
    { ...fields, responseInParts: inParts },
    {
      connection: Buffer.alloc(0),
      extra: Buffer.from(extra),
      requestHead: [Buffer.from(request)],
      responseHead: [Buffer.from(response)],
      requestBody: [Buffer.from(asked)],
      responseBody: [Buffer.from(answered)],
    },
  );
  const [read] = readBatch(batch.finish());
  if (read?.kind !== 'pair') throw new Error('not a pair');
  return read;
}

/** How often two pairs, on these connections, are described. */
function described(first: Said, second: Said, connections: [number, number] = [1, 1]): number {
  const pairs = new RepeatedPairs();
  let count = 0;
  const describe = (): DescribedRow => {
    count += 1;
    return { noise: false, statusCode: 200, command: String(count), status: '', technologies: '', host: '', location: '' };
  };
  pairs.row(entry(first), connections[0], describe);
  expect(pairs.row(entry(second), connections[1], describe).command).toBe(String(count));
  return count;
}

test('what was said of a pair holds for the same bytes again', () => {
  expect(described({}, {})).toBe(1);
});

test.each([
  ['another request of the same length', { request: 'PUT /' }],
  ['another answer of the same length', { response: '404' }],
  ['another body of the same length', { answered: '[]' }],
  ['another request body', { asked: 'x' }],
  ['a failure', { extra: '{"failure":{}}' }],
  ['a body that is elsewhere', { inParts: true }],
])('%s is described for itself', (_what, other) => {
  expect(described({}, other)).toBe(2);
});

test('a request body that moved into the answer is another pair', () => {
  expect(described({ asked: 'ab', answered: '' }, { asked: '', answered: 'ab' })).toBe(2);
});

test('another connection is described for itself', () => {
  expect(described({}, {}, [1, 2])).toBe(2);
});

test('nothing is known of what was forgotten', () => {
  const pairs = new RepeatedPairs();
  let count = 0;
  const describe = (): DescribedRow => {
    count += 1;
    return { noise: false, statusCode: 200, command: '', status: '', technologies: '', host: '', location: '' };
  };
  pairs.row(entry({}), 1, describe);
  pairs.forget();
  pairs.row(entry({}), 1, describe);
  expect(count).toBe(2);
});
