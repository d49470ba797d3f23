import { isOfService } from '../detect/kinds.ts';
import { type Protocol, protocolFacts } from '../rrpair/protocols.ts';
import type { MapEdge, MapNode, MapNodeKind } from '../rrpair/service-map.ts';

/** Pairs that are alike to the map. */
export interface MapPairs {
  count: number;
  outbound: boolean;
  source: string;
  protocol: string;
  host: string;
  /** How many of them. */
  failed: number;
  /** µs, of those that were answered. */
  latencies: readonly number[];
  technologies: readonly string[];
}

/** What of a pair's connection counts. */
export interface MapConnection {
  /** Docker's name for whoever called; empty when there is none. */
  clientName: string;
  tls: boolean;
  /** The captured source at its other end; null where nothing is captured. */
  otherEnd: string | null;
}

interface Node extends Pick<MapNode, 'id' | 'kind' | 'name'> {
  pairs: number;
  technologies: Map<string, number>;
}

interface Edge extends Pick<MapEdge, 'from' | 'to' | 'finds'> {
  pairs: number;
  errors: number;
  encrypted: number;
  latencies: number[];
  technologies: Map<string, number>;
}

/** Technologies that a node or an edge names. */
const NAMED = 4;

/** Counts pairs by who calls whom. Bounded: what comes when there are too many nodes is counted as left out. */
export class MapBuilder {
  readonly #nodes = new Map<string, Node>();
  readonly #edges = new Map<string, Edge>();
  readonly #mostNodes: number;
  /** Pairs without a place. */
  left = 0;

  constructor(mostNodes: number) {
    this.#mostNodes = mostNodes;
  }

  add(pair: MapPairs, connection: MapConnection): void {
    const { source, host, protocol } = pair;
    const own = this.#node(`service ${source}`, 'service', source);
    // Between two that are captured, the caller's end counts: it knows how long it waited.
    if (!pair.outbound && connection.otherEnd !== null) {
      count(own, pair);
      return;
    }
    const other = this.#otherOf(pair, connection);
    if (own === undefined || other === undefined) {
      this.left += pair.count;
      return;
    }
    const [from, to] = pair.outbound ? [own, other] : [other, own];
    count(to, pair);
    if (from.kind === 'clients') from.pairs += pair.count;
    const key = `${from.id}\n${to.id}`;
    let edge = this.#edges.get(key);
    if (edge === undefined) {
      const finds: MapEdge['finds'] = pair.outbound
        ? { source, direction: 'out', host, protocol }
        : { source, direction: 'in', host: null, protocol: null };
      edge = { from: from.id, to: to.id, finds, pairs: 0, errors: 0, encrypted: 0, latencies: [], technologies: new Map() };
      this.#edges.set(key, edge);
    }
    // One host may be called by several names and in several ways.
    if (edge.finds.host !== null && edge.finds.host !== host) edge.finds = { ...edge.finds, host: null };
    if (edge.finds.protocol !== null && edge.finds.protocol !== protocol) edge.finds = { ...edge.finds, protocol: null };
    edge.pairs += pair.count;
    edge.errors += pair.failed;
    if (connection.tls) edge.encrypted += pair.count;
    for (const latency of pair.latencies) edge.latencies.push(latency);
    const [primary] = pair.technologies;
    if (primary !== undefined) edge.technologies.set(primary, (edge.technologies.get(primary) ?? 0) + pair.count);
  }

  #otherOf({ outbound, protocol, host }: MapPairs, { clientName, otherEnd }: MapConnection): Node | undefined {
    if (!outbound) return this.#node(`clients ${clientName}`, 'clients', clientName);
    if (otherEnd !== null) return this.#node(`service ${otherEnd}`, 'service', otherEnd);
    const kind = kindOf(protocol);
    return this.#node(`${kind === 'host' ? '' : protocolFacts(protocol).title} ${host}`, kind, host);
  }

  #node(id: string, kind: MapNodeKind, name: string): Node | undefined {
    let node = this.#nodes.get(id);
    if (node === undefined && this.#nodes.size < this.#mostNodes) {
      node = { id, kind, name, pairs: 0, technologies: new Map() };
      this.#nodes.set(id, node);
    }
    return node;
  }

  nodes(): MapNode[] {
    return [...this.#nodes.values()].map(({ id, kind, name, pairs, technologies }) => ({
      id,
      kind,
      name,
      pairs,
      technologies: kind === 'clients' ? [] : mostFrequent(technologies),
    }));
  }

  edges(): MapEdge[] {
    return [...this.#edges.values()].map(({ from, to, finds, pairs, errors, encrypted, latencies, technologies }) => {
      const sorted = Float64Array.from(latencies).sort();
      return {
        from,
        to,
        pairs,
        errors,
        p50Ms: quantile(sorted, 0.5),
        p95Ms: quantile(sorted, 0.95),
        tls: encrypted === 0 ? 'none' : encrypted === pairs ? 'all' : 'some',
        technologies: mostFrequent(technologies),
        finds,
      };
    });
  }
}

function kindOf(protocol: string): MapNodeKind {
  return kinds[protocol as Protocol] ?? (protocolFacts(protocol).location === 'sql' ? 'database' : 'host');
}

/** Where it does not follow from what its locations are. */
const kinds: Readonly<Partial<Record<string, MapNodeKind>>> = {
  redis: 'cache',
  memcached: 'cache',
  mongodb: 'database',
  kafka: 'queue',
  amqp: 'queue',
  mqtt: 'queue',
  nats: 'queue',
};

function count(node: Node | undefined, { technologies, count: pairs }: MapPairs): void {
  if (node === undefined) return;
  node.pairs += pairs;
  for (const name of technologies) if (isOfService(name)) node.technologies.set(name, (node.technologies.get(name) ?? 0) + pairs);
}

function mostFrequent(counts: ReadonlyMap<string, number>): string[] {
  return [...counts]
    .toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
    .slice(0, NAMED)
    .map(([name]) => name);
}

/** Of µs, in ms. */
function quantile(sorted: Float64Array, share: number): number | null {
  if (sorted.length === 0) return null;
  return (sorted[Math.ceil(sorted.length * share) - 1] ?? 0) / 1_000;
}
