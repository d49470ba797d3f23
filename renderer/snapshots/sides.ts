import type { PairQuery } from '../../proxy-core/rrpair/shapes.ts';
import type { Session } from '../../proxy-core/rrpair/transfers.ts';

/** One side of a comparison, as the value of a choice: a snapshot's id, a session, or what is stored now. */
export type Side = string;

/** What is stored now. */
export const STORED: Side = '';

const SESSION = 'session ';

export function sessionSide({ firstPair }: Pick<Session, 'firstPair'>): Side {
  return `${SESSION}${firstPair}`;
}

/** The side as the engine is asked for it. */
export function askedFor(side: Side, sessions: readonly Session[]): { snapshot?: string; query?: PairQuery } {
  const session = sessions.find((each) => sessionSide(each) === side);
  if (session !== undefined) return { query: { filter: session.filter, noise: true, sort: { by: 'time', descending: false } } };
  return side === STORED ? {} : { snapshot: side };
}

/** Where a pair of that side is found. */
export function placeOf(side: Side): { snapshot?: string } {
  return side === STORED || side.startsWith(SESSION) ? {} : { snapshot: side };
}

/** What a side is first compared with: a session with the one that goes on, anything else with all that is stored. */
export function counterpart(side: Side, sessions: readonly Session[]): Side {
  const [newest] = sessions;
  return side.startsWith(SESSION) && newest !== undefined && sessionSide(newest) !== side ? sessionSide(newest) : STORED;
}
