import type { CaptureContext } from './context.ts';
import type { Listener } from './listener.ts';

/**
 * Stops listening, gives open connections so long to end (ms), and closes what is left. Resolves when every socket is closed.
 * `closeFront` closes what else has sockets.
 */
export async function drainAndClose(
  context: CaptureContext,
  listeners: readonly Listener[],
  closeFront: () => Promise<void>,
  drainMillis: number,
): Promise<void> {
  const closed = listeners.map((listener) => listener.close());
  const frontClosed = closeFront();
  for (const connection of Array.from(context.live)) if (connection.idle) connection.stop();
  const drained = Promise.all([...closed, frontClosed]);
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, drainMillis);
  });
  await Promise.race([drained, timeUp]);
  clearTimeout(timer);
  for (const connection of Array.from(context.live)) connection.stop();
  for (const listener of listeners) for (const socket of listener.clients) socket.destroy();
  await drained;
  context.close();
}

/** Further calls get the promise of the first. */
export function once(action: () => Promise<void>): () => Promise<void> {
  let promise: Promise<void> | null = null;
  return () => {
    promise ??= action();
    return promise;
  };
}
