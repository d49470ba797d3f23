import type { PathTreeAnswer } from '../../../proxy-core/rrpair/shapes.ts';
import type { EngineClient } from '../../api/client.ts';
import { type Question, useAnswer } from '../useAnswer.ts';

/** Rest between two questions, ms: each costs the engine's reader a quarter of a second. */
const REFRESH_MILLIS = 2_000;

function ask(client: EngineClient, question: Question): Promise<PathTreeAnswer> {
  return client.pairs.paths(question);
}

/** What the list's question finds, by host and path; null before the first answer. */
export function usePaths(): PathTreeAnswer | null {
  return useAnswer(ask, REFRESH_MILLIS);
}
