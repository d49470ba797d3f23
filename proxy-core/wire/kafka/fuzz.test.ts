import { test } from 'vitest';
import { client, type Step, server } from '../testing/dialogue.ts';
import { fuzz } from '../testing/fuzz.ts';
import { kafka } from './kafka.ts';
import { answer, framed, request } from './testing/messages.ts';
import { batch, oldMessage } from './testing/records.ts';

const records = batch([
  { key: 'a', value: 'b', headers: { trace: 'abc' } },
  { key: null, value: null },
]);
const old = Buffer.concat([oldMessage(0, 1, 'a', 'b'), oldMessage(1, 2, null, oldMessage(1, 0, 'a', 'b'), 2)]);
const topics = (of: Buffer): Record<string, unknown> => ({
  topics: [{ topic: 'orders', partitions: [{ records: of }, { error: 3 }] }],
});

const conversations: readonly (readonly Step[])[] = [
  [
    client(request(18, 3, 1, { softwareName: 'x', softwareVersion: '1' }), request(3, 9, 2, { topics: [{ topic: 'orders' }] })),
    server(
      answer(18, 3, 1, { apis: [{ api: 1, maxVersion: 3 }], supportedFeatures: [{ feature: 'x' }], finalizedFeaturesEpoch: 1 }),
      answer(3, 9, 2, { topics: [{ topic: 'orders', partitions: [{ replicas: [1, 2] }] }] }),
    ),
    client(
      request(0, 7, 3, { acks: 1, ...topics(records) }),
      request(1, 12, 4, { topics: [{ topic: 'orders', partitions: [{}] }] }),
    ),
    server(answer(0, 7, 3, topics(records)), answer(1, 12, 4, topics(Buffer.concat([records, old])))),
  ],
  [
    client(request(17, 0, 1, { mechanism: 'PLAIN' })),
    server(answer(17, 0, 1)),
    client(framed(Buffer.from('\0a\0b'))),
    server(framed(Buffer.alloc(0))),
    client(
      request(36, 2, 2, { authBytes: '\0a\0b' }),
      request(14, 4, 3, { assignments: [{ memberId: 'm', assignment: Buffer.alloc(9) }] }),
      request(99, 0, 4),
    ),
    server(answer(36, 2, 2, { authBytes: 'x' }), answer(14, 4, 3, { assignment: Buffer.alloc(9) }), answer(99, 0, 4)),
  ],
];

test('broken conversations neither throw nor leave anything open', () => {
  fuzz(kafka, conversations, 2_000);
});
