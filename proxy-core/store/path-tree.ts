import { targetOf } from '../rrpair/location.ts';
import type { PathNode } from '../rrpair/shapes.ts';

/** Deepest level: host and so many segments; what is below is counted there. */
const DEEPEST = 7;
/** Characters of a name. */
const NAME_CHARS = 200;

interface Branch {
  pairs: number;
  own: number;
  errors: number;
  /** µs. */
  latencies: number[];
  children: Map<string, Branch>;
}

const branch = (): Branch => ({ pairs: 0, own: 0, errors: 0, latencies: [], children: new Map() });

/** What a segment has to look like to stand for many: numbers, UUIDs, hashes and other long tokens with digits in them. */
const IDENTIFIER = /^(?:\d+|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{16,}|(?=[^.]*\d)[\w-]{20,})$/i;

/** The segments of a location, its query left out, each with its slash. What is not a path is one name. */
export function segmentsOf(location: string): string[] {
  const end = location.indexOf('?');
  const path = end < 0 ? location : location.slice(0, end);
  if (!path.startsWith('/')) return path === '' ? [] : [path.slice(0, NAME_CHARS)];
  const target = targetOf(path);
  const segments = target
    .slice(1)
    .split('/')
    .map((segment) => (IDENTIFIER.test(segment) ? '/{id}' : `/${segment.slice(0, NAME_CHARS)}`));
  // What is called there tells apart what one path is for.
  if (target !== path) segments.push((segments.pop() ?? '') + path.slice(target.length, target.length + NAME_CHARS));
  return segments;
}

/** Counts pairs by host and path. Its size is bounded: what comes when it is full is counted at the closest level that is there. */
export class PathTree {
  readonly #root = branch();
  readonly #mostNodes: number;
  #nodes = 0;

  constructor(mostNodes: number) {
    this.#mostNodes = mostNodes;
  }

  /** `latency` in µs. */
  add(host: string, location: string, failed: boolean, latency: number | null): void {
    let at = this.#root;
    for (const name of [host.slice(0, NAME_CHARS), ...segmentsOf(location)].slice(0, DEEPEST)) {
      let next = at.children.get(name);
      if (next === undefined) {
        if (this.#nodes >= this.#mostNodes) break;
        this.#nodes += 1;
        next = branch();
        at.children.set(name, next);
      }
      at = next;
      at.pairs += 1;
      if (failed) at.errors += 1;
      if (latency !== null) at.latencies.push(latency);
    }
    at.own += 1;
  }

  /** Each level after the one that it belongs to, the most frequent first. */
  nodes(): PathNode[] {
    const nodes: PathNode[] = [];
    const walk = ({ children }: Branch, depth: number): void => {
      for (const [name, child] of [...children].toSorted(([a, one], [b, other]) => other.pairs - one.pairs || (a < b ? -1 : 1))) {
        const { pairs, own, errors, latencies } = child;
        nodes.push({ depth, name, pairs, own, errors, p50Ms: median(latencies) });
        walk(child, depth + 1);
      }
    };
    walk(this.#root, 0);
    return nodes;
  }
}

/** Of µs, in ms. */
function median(latencies: readonly number[]): number | null {
  if (latencies.length === 0) return null;
  const sorted = Float64Array.from(latencies).sort();
  return (sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) / 1_000;
}
