import type { LinkBasis } from '../rrpair/caused.ts';
import type { TraceId } from './trace-ids.ts';

/** A request that came in. Times in µs since the epoch; null when it has not happened yet. */
export interface Arrival {
  id: number;
  start: number;
  /** First byte of its response. */
  answered: number | null;
  end: number | null;
  ids: readonly TraceId[];
}

/** A call, or a statement, that the same application made. */
export interface Departure {
  id: number;
  start: number;
  end: number | null;
  ids: readonly TraceId[];
  /** Departures of one group have one cause: those of a transaction. Null when it stands alone. */
  group: string | null;
  /** It brought what others sent, at times that tell nothing: only what that carries links it. */
  polled: boolean;
}

/** One request that may be the cause. */
export interface Attribution {
  arrival: number;
  basis: LinkBasis;
  /** The identity that both carry; null when it was the time. */
  id: TraceId | null;
  confidence: number;
}

/** What a request that has begun to answer is worth as a cause, beside one that has not: streams make calls too, but most calls come before. */
const ANSWERING = 0.15;
/** A call that outlives the request: few are not waited for. */
const OUTLIVED = 0.3;
/** A request that carries a trace, for a call that carries another one. */
const OTHER_TRACE = 0.1;
/** What timers, start-up and whatever else calls by itself is worth: so that nothing is certain by time alone. */
const ITSELF = 0.1;
/** Below it nothing is said: five requests at once, and it could be any of them. */
const LEAST = 0.2;
/** Requests of one identity that are looked at. */
const SHARED = 64;

/**
 * Finds for each departure the requests that may have caused it, the most probable first. Arrivals and departures are of one source, in the order of
 * their start. What stands in no answer is not known.
 */
export class Attributions {
  readonly #arrivals: readonly Arrival[];
  readonly #byKey = new Map<string, Arrival[]>();
  readonly #groups = new Map<string, Departure[]>();
  readonly #ofGroup = new Map<string, Attribution[]>();
  /** Those in progress at `#at`, and how many of all were looked at for that. */
  #now: Arrival[] = [];
  #at = Number.NEGATIVE_INFINITY;
  #next = 0;

  constructor(arrivals: readonly Arrival[], departures: readonly Departure[]) {
    this.#arrivals = arrivals;
    for (const arrival of arrivals) for (const { key } of arrival.ids) into(this.#byKey, key, arrival);
    for (const departure of departures) {
      const group = this.#groupOf(departure);
      if (group !== null) into(this.#groups, group, departure);
    }
  }

  of(departure: Departure): Attribution[] {
    const own = this.#byIdentity(departure);
    if (own.length > 0 || departure.polled) return own;
    const group = this.#groupOf(departure);
    if (group === null) return this.#byTime([departure]);
    let found = this.#ofGroup.get(group);
    if (found === undefined) {
      found = this.#together(this.#groups.get(group) ?? [departure]);
      this.#ofGroup.set(group, found);
    }
    return found;
  }

  /** How many requests were in progress at a moment. */
  inProgress(at: number): number {
    return this.#active(at).length;
  }

  /** A trace that no request brought was begun by the application: what carries it belongs together. */
  #groupOf({ group, ids, polled }: Departure): string | null {
    if (group !== null || polled) return group;
    return ids.find((id) => id.rule.family === 'trace' && !this.#byKey.has(id.key))?.key ?? null;
  }

  /** Where one of a transaction carries an identity, it speaks for all. */
  #together(departures: readonly Departure[]): Attribution[] {
    for (const departure of departures) {
      const found = this.#byIdentity(departure);
      for (const each of found) each.basis = 'transaction';
      if (found.length > 0) return found;
    }
    return this.#byTime(departures);
  }

  #byIdentity(departure: Departure): Attribution[] {
    const found = new Map<number, Attribution>();
    for (const id of departure.ids) {
      const begun = lastBegun(this.#byKey.get(id.key) ?? [], departure.start);
      const now = begun.filter((arrival) => isInProgress(arrival, departure.start));
      // What goes on after the response was caused by it all the same: the one that ended last is the closest.
      const meant = now.length > 0 ? now : begun.slice(-1);
      const basis = id.place === 'sql-comment' ? 'sql-comment' : id.rule.basis;
      const confidence = 1 / (now.length > 0 ? now.length : begun.length);
      // An id that everybody carries tells nothing.
      if (meant.length === 0 || confidence < LEAST) continue;
      for (const { id: arrival } of meant.toReversed())
        if (!found.has(arrival)) found.set(arrival, { arrival, basis, id, confidence });
      // Messages that are sent together have causes of their own; of one call the most telling identity decides.
      if (id.place !== 'message') break;
    }
    return [...found.values()];
  }

  #byTime(departures: readonly Departure[]): Attribution[] {
    const [first] = departures;
    if (first === undefined) return [];
    // Where no request spans all that belongs together, some of it goes on behind the response.
    let weighed = this.#weighed(departures);
    if (weighed.length === 0 && departures.length > 1) weighed = this.#weighed([first]);
    const sum = weighed.reduce((total, { weight }) => total + weight, ITSELF);
    return weighed
      .map(({ arrival, weight }) => ({ arrival, basis: 'time' as const, id: null, confidence: weight / sum }))
      .filter(({ confidence }) => confidence >= LEAST)
      .sort((a, b) => b.confidence - a.confidence);
  }

  #weighed(departures: readonly Departure[]): { arrival: number; weight: number }[] {
    return this.#active(departures[0]?.start ?? 0)
      .map((arrival) => ({ arrival: arrival.id, weight: leastWeight(arrival, departures) }))
      .filter(({ weight }) => weight > 0);
  }

  /** Requests in progress at a moment. Whoever asks goes forward in time, so that each request is taken up and dropped once. */
  #active(at: number): readonly Arrival[] {
    if (at < this.#at) {
      this.#next = 0;
      this.#now = [];
    }
    this.#at = at;
    for (let next = this.#arrivals[this.#next]; next !== undefined && next.start <= at; next = this.#arrivals[this.#next]) {
      this.#now.push(next);
      this.#next += 1;
    }
    this.#now = this.#now.filter((arrival) => isInProgress(arrival, at));
    return this.#now;
  }
}

function leastWeight(arrival: Arrival, departures: readonly Departure[]): number {
  let least = 1;
  for (const departure of departures) {
    least = Math.min(least, weightOf(arrival, departure));
    if (least === 0) break;
  }
  return least;
}

/** Of those that carry one identity, the last few that had begun: where there are more than that, it tells them apart no longer. */
function lastBegun(arrivals: readonly Arrival[], at: number): Arrival[] {
  let low = 0;
  let high = arrivals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((arrivals[middle]?.start ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return arrivals.slice(Math.max(0, low - SHARED), low);
}

function isInProgress({ start, end }: Arrival, at: number): boolean {
  return start <= at && (end === null || at <= end);
}

function weightOf(arrival: Arrival, departure: Departure): number {
  if (!isInProgress(arrival, departure.start)) return 0;
  let weight = arrival.answered !== null && departure.start > arrival.answered ? ANSWERING : 1;
  if (arrival.end !== null && (departure.end === null || departure.end > arrival.end)) weight *= OUTLIVED;
  if (carriesAnother(arrival, departure)) weight *= OTHER_TRACE;
  return weight;
}

/** Both carry an identity of the same family, and not the same one. */
function carriesAnother(arrival: Arrival, departure: Departure): boolean {
  return departure.ids.some(
    ({ rule, key }) => arrival.ids.some((id) => id.rule.header === rule.header) && !arrival.ids.some((id) => id.key === key),
  );
}

function into<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
