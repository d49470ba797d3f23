import { isAbort, isLost, sentenceOf } from '../api/client.ts';
import { useEngine } from '../api/engine.ts';
import { tellContainers } from './store.ts';

/** Shortest time between two questions for the list, ms: counts rise all the time. */
const REFRESH_MILLIS = 250;

let asking = false;
let wanted = false;

/** Asks for the list. Many calls are one question, and the newest answer wins. */
export async function refreshContainers(): Promise<void> {
  wanted = true;
  if (asking) return;
  asking = true;
  try {
    while (wanted && !document.hidden) {
      wanted = false;
      const { client } = useEngine.getState();
      if (client === null) return;
      tellContainers(await client.containers.list());
      await new Promise((resolve) => {
        setTimeout(resolve, REFRESH_MILLIS);
      });
    }
  } catch (error) {
    // Coming back asks again; anything else comes with the next change.
    if (!isLost(error) && !isAbort(error)) console.debug('containers could not be listed', sentenceOf(error));
  } finally {
    asking = false;
  }
}

/** Keeps the list in step with the engine for as long as the window is open. */
export function startContainers(): void {
  useEngine.subscribe((now, before) => {
    const changed = now.status?.docker.revision !== before.status?.docker.revision;
    if (now.client !== null && (changed || now.client !== before.client)) void refreshContainers();
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void refreshContainers();
  });
}
