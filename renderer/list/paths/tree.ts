import type { PathNode } from '../../../proxy-core/rrpair/shapes.ts';
import { quoted } from '../../filter/terms.ts';

/** A line of the view by host and path. */
export interface PathRow {
  /** Tells it from all others, and stays the same while counts change. */
  key: string;
  /** 0 for a host. */
  level: number;
  /** One segment, or several where there is nothing to choose between. */
  name: string;
  host: string;
  /** From the host on; empty for the host itself. */
  path: string;
  pairs: number;
  errors: number;
  p50Ms: number | null;
  expandable: boolean;
  expanded: boolean;
}

/** Levels that are open until somebody closes them. */
const OPEN_LEVELS = 1;

/** The lines in sight: levels that are not open hide what is below. `toggled` holds the keys of those that are not as usual. */
export function rowsOf(nodes: readonly PathNode[], toggled: ReadonlySet<string>): PathRow[] {
  const rows: PathRow[] = [];
  const walk = (at: number, level: number, host: string, path: string): number => {
    const first = nodes[at];
    if (first === undefined) return at + 1;
    let node = first;
    let end = at;
    let name = node.name;
    // A level that only leads to the next one is one line with it.
    while (node.depth > 0 && node.own === 0 && children(nodes, end).length === 1) {
      end += 1;
      node = nodes[end] ?? node;
      name += node.name;
    }
    const ownHost = node.depth === 0 ? node.name : host;
    const ownPath = node.depth === 0 ? '' : path + name;
    const key = `${ownHost}\n${ownPath}`;
    const below = children(nodes, end);
    const expanded = below.length > 0 && level < OPEN_LEVELS !== toggled.has(key);
    const { pairs, errors, p50Ms } = node;
    rows.push({ key, level, name, host: ownHost, path: ownPath, pairs, errors, p50Ms, expandable: below.length > 0, expanded });
    if (expanded) for (const child of below) walk(child, level + 1, ownHost, ownPath);
    return end;
  };
  for (const [at, { depth }] of nodes.entries()) if (depth === 0) walk(at, 0, '', '');
  return rows;
}

/** Indexes of the levels right below one. */
function children(nodes: readonly PathNode[], at: number): number[] {
  const depth = nodes[at]?.depth ?? 0;
  const found: number[] = [];
  for (let next = at + 1; next < nodes.length; next += 1) {
    const node = nodes[next];
    if (node === undefined || node.depth <= depth) break;
    if (node.depth === depth + 1) found.push(next);
  }
  return found;
}

/** The conditions that find what a line counts. */
export function conditionsFor({ host, path }: Pick<PathRow, 'host' | 'path'>): string[] {
  const conditions = host === '' ? [] : [`host=${quoted(host)}`];
  if (path === '') return conditions;
  const pattern = path
    .split('/{id}')
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
    .join('/[^/?]+')
    .replaceAll('"', String.raw`\"`);
  return [...conditions, `path:~"^${pattern}([/?]|$)"`];
}
