import { openStore } from '../../proxy-core/store/open.ts';
import { batchOf, partsOf, range } from './pairs.ts';

/**
 * Stores pairs until it is killed. Each line on stdout is the highest id that the store has said to have written, the store being
 * written all the while.
 */
const [directory = ''] = process.argv.slice(2);
const store = await openStore(directory);
let next = store.nextPairId;
const first = next;
// Never ends.
store.write(batchOf([{ id: next++, open: true }]));
store.write(partsOf(next, 'request', Buffer.alloc(150_000, 'p')));
store.write(batchOf([{ id: next++, open: true }]));
store.write(partsOf(1_000_000_000, 'request', Buffer.alloc(150_000, 'o')));
for (;;) {
  const last = next + 199;
  store.write(partsOf(last, 'response', Buffer.alloc(100_000, 'q')));
  store.write(
    batchOf(range(next, last).map((id) => ({ id, responseBody: `body of ${String(id)}`, responseInParts: id === last }))),
  );
  next = last + 1;
  await store.flush();
  process.stdout.write(`${String(first)} ${String(last)}\n`);
}
