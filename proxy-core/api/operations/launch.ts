import type { Launches } from '../../launch/launches.ts';
import type { Handlers } from '../handlers.ts';

/** Terminals and browsers. `capture` switches capture on when it is off. */
export function launchHandlers(launches: Launches, capture: () => Promise<unknown>): Handlers['launch'] {
  return {
    open: async (options) => {
      await capture();
      return launches.open(options);
    },
    close: async ({ id }) => {
      await launches.close(id);
      return { closed: true };
    },
  };
}
