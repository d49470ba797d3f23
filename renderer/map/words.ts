import type { MapEdge, MapNode } from '../../proxy-core/rrpair/service-map.ts';
import { formatCount, formatMs } from '../design/format.ts';
import { visible } from '../design/visible.ts';
import { quoted, withTerm } from '../filter/terms.ts';
import { sourceWords } from '../list/sources.ts';

export function nameOf({ kind, name }: MapNode, shortNames: ReadonlyMap<string, string>): string {
  if (kind === 'service') return visible(sourceWords(name, shortNames));
  if (kind === 'clients') return name === '' ? 'Clients' : visible(name);
  return name === '' ? '(no host)' : visible(name);
}

/** 0.7 / 7.8 ms */
export function timesOf({ p50Ms, p95Ms }: MapEdge): string {
  if (p50Ms === null || p95Ms === null) return '–';
  const [first, last] = [formatMs(p50Ms), formatMs(p95Ms)];
  const [unit, lastUnit] = [first.split(' ').at(-1), last.split(' ').at(-1)];
  return unit === lastUnit ? `${first.slice(0, -(unit?.length ?? 0) - 1)} / ${last}` : `${first} / ${last}`;
}

/** 2.5 % */
export function errorShare({ errors, pairs }: MapEdge): string {
  const percent = (errors / Math.max(1, pairs)) * 100;
  return `${percent < 10 && percent > 0 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

const TLS: Readonly<Record<MapEdge['tls'], string>> = { all: 'through TLS', some: 'partly through TLS', none: 'without TLS' };

/** What the figures of an edge mean. */
export function edgeWords(edge: MapEdge): string {
  const { errors, p50Ms, p95Ms } = edge;
  const times = p50Ms === null || p95Ms === null ? '' : `, half of them within ${formatMs(p50Ms)}, 95 % within ${formatMs(p95Ms)}`;
  const failed = errors === 0 ? 'none failed' : `${formatCount(errors)} failed (${errorShare(edge)})`;
  return `${failed}${times}, ${TLS[edge.tls]}`;
}

/** The filter that finds the calls of an edge, within what is asked for already. */
export function edgeFilter({ finds }: MapEdge, before: string): string {
  const { source, direction, host, protocol } = finds;
  const terms = [`source=${quoted(source)}`, `direction:${direction}`];
  if (host !== null) terms.push(`host=${quoted(host)}`);
  if (protocol !== null) terms.push(`protocol:${protocol}`);
  return terms.reduce((filter, term) => withTerm(filter, term), before);
}

/** The filter for a node: what it received; a captured service's own calls too. */
export function nodeFilter(node: MapNode, edges: readonly MapEdge[], before: string): string {
  if (node.kind === 'service') return withTerm(before, `source=${quoted(node.name)}`);
  if (node.kind === 'clients') {
    const edge = edges.find(({ from }) => from === node.id);
    return edge === undefined ? before : edgeFilter(edge, before);
  }
  const into = edges.filter(({ to }) => to === node.id);
  const [only] = into;
  if (only !== undefined && into.length === 1) return edgeFilter(only, before);
  const filter = withTerm(withTerm(before, 'direction:out'), `host=${quoted(node.name)}`);
  const protocols = new Set(into.map(({ finds }) => finds.protocol));
  const [protocol] = protocols;
  return protocols.size === 1 && typeof protocol === 'string' ? withTerm(filter, `protocol:${protocol}`) : filter;
}
