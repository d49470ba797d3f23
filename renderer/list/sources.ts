import { create } from 'zustand';
import type { PairSummary } from '../../proxy-core/rrpair/shapes.ts';

/** Sources of the pairs that this window has seen. Once there are several they are told apart in the list, and stay so: columns do not come and go. */
export const useSeenSources = create<{ sources: ReadonlySet<string> }>(() => ({ sources: new Set() }));

/** Containers are made and removed all day; beyond so many it makes no difference. */
const MOST = 100;

export function noteSources(rows: readonly PairSummary[]): void {
  const { sources } = useSeenSources.getState();
  if (sources.size >= MOST) return;
  // A replay has its own mark, and belongs to what was replayed.
  const fresh = rows.map((row) => row.source).filter((source) => source !== 'replay' && !sources.has(source));
  if (fresh.length > 0) useSeenSources.setState({ sources: new Set([...sources, ...fresh]) });
}

const WORDS: Readonly<Record<string, string>> = { local: 'Local app', replay: 'Replay' };

/** What a source is called in the list. */
export function sourceWords(source: string, containers: ReadonlyMap<string, string>): string {
  return WORDS[source] ?? containers.get(source) ?? source;
}
