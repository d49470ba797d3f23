import { collectGarbage, giveBackMemory } from '../give-back.ts';
import { limits } from '../limits.ts';

/**
 * Looks for garbage sooner than V8 does. Of what passes through, the bytes of bodies lie outside V8's heap, and it lets 64 MB and more of them pile up before it
 * looks which of them nobody needs. Beside a container that is too much; a look at this small heap takes a few ms. When a load is over, what it took is
 * given back to the system, which neither V8 nor the C library does by itself.
 */
export function collectSoon(): void {
  setInterval(() => {
    if (process.memoryUsage().external > limits.agentExternalBytes) collectGarbage();
  }, limits.agentCollectMillis).unref();
  let before = process.cpuUsage();
  let busy = false;
  setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    if ((user + system) / 1000 > limits.agentRestLookMillis * BUSY) busy = true;
    else if (busy) {
      busy = false;
      void giveBackMemory('most');
    }
  }, limits.agentRestLookMillis).unref();
}

/** Share of a processor from which on the agent counts as busy; idle it takes a hundredth. */
const BUSY = 0.05;
