import type { Status } from '../../proxy-core/api/contract.ts';
import type { Container } from '../../proxy-core/rrpair/containers.ts';
import { nameInProject } from '../containers/names.ts';

/** Time after which someone who has just switched something on wonders why nothing comes, ms. */
export const SILENT_MILLIS = 30_000;

/** A source that is switched on. */
export interface WatchedSource {
  /** Tells this silence from the one after the next switching on. */
  id: string;
  name: string;
  /** When it was switched on, ms since 1970. */
  since: number;
  /** That have come from it since. */
  pairs: number;
}

/** The sources that are switched on, those that have been it for longest first. */
export function watchedSources(status: Status | null, containers: readonly Container[]): WatchedSource[] {
  const found: WatchedSource[] = [];
  const add = (id: string, name: string, startedAt: string | null, pairs: number): void => {
    const since = startedAt === null ? Number.NaN : Date.parse(startedAt);
    if (!Number.isNaN(since)) found.push({ id: `${id} ${since}`, name, since, pairs });
  };
  if (status?.capture.state === 'on') {
    const { startedAt, pairsIn, pairsOut } = status.capture;
    add('local', 'your app', startedAt, pairsIn + pairsOut);
  }
  for (const container of containers) {
    const { state, since, pairsIn, pairsOut } = container.capture;
    if (state === 'on') add(container.name, nameInProject(container), since, pairsIn + pairsOut);
  }
  return found.toSorted((a, b) => a.since - b.since);
}
