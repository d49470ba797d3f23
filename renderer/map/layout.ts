import { Graph, layout } from '@dagrejs/dagre';
import type { ServiceMap } from '../../proxy-core/rrpair/service-map.ts';

/** Pixels at full size; the style sheet draws them so large. */
export const NODE = { width: 196, height: 56 };
const LABEL = { width: 150, height: 36 };
const MARGIN = 18;

export interface Point {
  x: number;
  y: number;
}

export interface MapLayout {
  width: number;
  height: number;
  /** Centres, by the node's id. */
  nodes: ReadonlyMap<string, Point>;
  /** By `edgeKey`: its bends and the centre of its label. */
  edges: ReadonlyMap<string, { points: readonly Point[]; label: Point }>;
}

/** What a layout depends on: nodes and ways, without their numbers, in an order of their own. As long as it is the same, nothing moves. */
export interface MapShape {
  nodes: readonly string[];
  edges: readonly (readonly [from: string, to: string])[];
}

export function shapeOf({ nodes, edges }: Pick<ServiceMap, 'nodes' | 'edges'>): MapShape {
  return {
    nodes: nodes.map(({ id }) => id).toSorted(),
    edges: edges.map(({ from, to }) => [from, to] as const).toSorted((a, b) => (edgeKey(...a) < edgeKey(...b) ? -1 : 1)),
  };
}

export function edgeKey(from: string, to: string): string {
  return `${from}\n${to}`;
}

/** Where everything stands: callers on the left, what they call to the right of them. */
export function layoutOf({ nodes, edges }: MapShape): MapLayout {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 22, edgesep: 14, ranksep: 34, marginx: MARGIN, marginy: MARGIN });
  for (const id of nodes) graph.setNode(id, { ...NODE });
  for (const [from, to] of edges) graph.setEdge(from, to, { ...LABEL, labelpos: 'c' });
  layout(graph);
  const size = graph.graph() as { width?: number; height?: number };
  return {
    width: size.width ?? 0,
    height: size.height ?? 0,
    nodes: new Map(nodes.map((id) => [id, pointOf(graph.node(id))])),
    edges: new Map(
      edges.map(([from, to]) => {
        const laid = graph.edge(from, to) as { points?: Point[] } & Partial<Point>;
        const points = ends(pointOf(graph.node(from)), pointOf(graph.node(to)), laid.points ?? []);
        return [edgeKey(from, to), { points, label: pointOf(laid) }];
      }),
    ),
  };
}

/** A line that leads on leaves on the right and arrives on the left, wherever the bends are; one that leads back goes as it was laid. */
function ends(from: Point, to: Point, points: readonly Point[]): Point[] {
  if (from.x >= to.x) return [...points];
  return [{ x: from.x + NODE.width / 2, y: from.y }, ...points.slice(1, -1), { x: to.x - NODE.width / 2, y: to.y }];
}

function pointOf(laid: unknown): Point {
  const { x = 0, y = 0 } = laid as Partial<Point>;
  return { x, y };
}

/** A soft line through the bends. */
export function curveOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let path = `M ${round(first.x)} ${round(first.y)}`;
  let before = first;
  for (const point of rest) {
    const middle = (before.x + point.x) / 2;
    path += ` C ${round(middle)} ${round(before.y)}, ${round(middle)} ${round(point.y)}, ${round(point.x)} ${round(point.y)}`;
    before = point;
  }
  return path;
}

const round = (value: number): string => value.toFixed(1);
