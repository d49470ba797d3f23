import { expect, test } from 'vitest';
import { apiName, isDescribed, MOST_API, MOST_VERSION, messageFields } from './apis.ts';
import { errorName } from './errors.ts';
import { ANSWER_BYTES, REQUEST_BYTES } from './frames.ts';
import { answer, request } from './testing/messages.ts';
import { Tree } from './tree.ts';
import { Walker } from './walker.ts';

test('every version that is described is walked over to its end', () => {
  let described = 0;
  for (let key = 0; key <= MOST_API; key += 1) {
    for (let version = 0; version <= MOST_VERSION; version += 1) {
      if (!isDescribed(key, version)) continue;
      described += 1;
      for (const side of ['request', 'response'] as const) {
        const bytes =
          side === 'request' ? request(key, version, 1).subarray(REQUEST_BYTES) : answer(key, version, 1).subarray(ANSWER_BYTES);
        const walker = new Walker(messageFields(side, key, version), new Tree());
        walker.push(bytes);
        expect([walker.complete, walker.problem], `${side} of ${apiName(key)} ${String(version)}`).toEqual([true, '']);
      }
    }
  }
  expect(described).toBeGreaterThan(190);
});

test('names stand at their numbers', () => {
  expect([0, 3, 18, 36, 60, 68, 75, 92].map(apiName)).toEqual([
    'Produce',
    'Metadata',
    'ApiVersions',
    'SaslAuthenticate',
    'DescribeCluster',
    'ConsumerGroupHeartbeat',
    'DescribeTopicPartitions',
    'DeleteShareGroupOffsets',
  ]);
  expect([-1, 0, 3, 27, 58, 79, 100, 133, 999].map(errorName)).toEqual([
    'UNKNOWN_SERVER_ERROR',
    'NONE',
    'UNKNOWN_TOPIC_OR_PARTITION',
    'REBALANCE_IN_PROGRESS',
    'SASL_AUTHENTICATION_FAILED',
    'MEMBER_ID_REQUIRED',
    'UNKNOWN_TOPIC_ID',
    'SHARE_SESSION_LIMIT_REACHED',
    '999',
  ]);
});
