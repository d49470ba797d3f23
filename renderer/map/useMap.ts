import type { ServiceMap } from '../../proxy-core/rrpair/service-map.ts';
import type { EngineClient } from '../api/client.ts';
import { type Question, useAnswer } from '../list/useAnswer.ts';

/** Rest between two questions, ms: each costs the engine's reader half a second at most. */
const REFRESH_MILLIS = 3_000;

function ask(client: EngineClient, question: Question): Promise<ServiceMap> {
  return client.pairs.map(question);
}

/** Who calls whom, of what the list's question finds; null before the first answer. */
export function useMap(): ServiceMap | null {
  return useAnswer(ask, REFRESH_MILLIS);
}
