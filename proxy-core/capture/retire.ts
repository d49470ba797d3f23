import { limits } from '../limits.ts';
import type { CaptureContext, LiveConnection } from './context.ts';
import type { Listener } from './listener.ts';

/**
 * Lets connections of clients that do not know of us come to their end: for `drainMillis` they go on and new ones are still accepted, for some may
 * be on their way; those that would go on without a pause are asked to come anew. Then what is left is closed. Resolves when every socket is closed.
 */
export async function retire(context: CaptureContext, listeners: readonly Listener[], drainMillis: number): Promise<void> {
  const until = performance.now() + drainMillis;
  const busy = (): boolean => listeners.some((listener) => listener.clients.size > 0);
  const asked = new WeakSet<LiveConnection>();
  // One look more than is needed: what has just been redirected may not have been accepted yet.
  for (let looks = 0; (looks < 2 || busy()) && performance.now() < until; looks++) {
    for (const connection of context.live) {
      if (asked.has(connection)) continue;
      asked.add(connection);
      connection.retire?.();
    }
    await pause(limits.retireLookMillis);
  }
  const closed = listeners.map((listener) => listener.close());
  for (const connection of Array.from(context.live)) connection.stop(connection.idle ? undefined : 'reset');
  for (const listener of listeners) for (const socket of listener.clients) socket.destroy();
  await Promise.all(closed);
  context.close();
}

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, millis);
  });
}
