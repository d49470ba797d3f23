import { Binary, Long } from 'bson';
import { test } from 'vitest';
import { client, type Step, server } from '../testing/dialogue.ts';
import { fuzz } from '../testing/fuzz.ts';
import { mongodb } from './mongodb.ts';
import { compressedMessage, legacyQuery, legacyReply, message } from './testing/messages.ts';

const conversations: readonly (readonly Step[])[] = [
  [
    client(
      legacyQuery(1, {
        ismaster: 1,
        client: { driver: { name: 'x' } },
        speculativeAuthenticate: { payload: new Binary(Buffer.from('n=a,r=b')) },
      }),
    ),
    server(legacyReply(2, 1, { ok: 1 })),
    client(message(5, 0, { find: 'orders', filter: { a: /x/, b: [1, 2.5, null, new Date(0)] }, $db: 'shop' })),
    server(message(9, 5, { cursor: { firstBatch: [{ _id: 1 }], id: Long.fromNumber(7) }, ok: 1 }, 2), message(10, 9, { ok: 1 })),
  ],
  [
    client(message(7, 0, { insert: 'orders', $db: 'shop' }, 0, { name: 'documents', documents: [{ a: 1 }, { a: 'b' }] })),
    server(message(97, 7, { writeErrors: [{ code: 11_000 }], ok: 1 })),
    client(compressedMessage(9, 0, { ping: 1, $db: 'admin' })),
    server(compressedMessage(96, 9, { ok: 0, code: 59 })),
  ],
];

test('broken conversations neither throw nor leave anything open', () => {
  fuzz(mongodb, conversations, 6_000);
});
