import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../../proxy-core/api/client.ts';

/** Pairs in the store itself, when it has come to rest. */
export async function storedAtRest(client: ApiClient): Promise<number> {
  let before = -1;
  for (;;) {
    const { total } = await client.pairs.list({ filter: '', noise: true, limit: 1 });
    if (total === before) return total;
    before = total;
    await delay(500);
  }
}
