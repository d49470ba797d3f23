import { Lock, LockOpen } from 'lucide-react';
import type { MapEdge } from '../../proxy-core/rrpair/service-map.ts';
import { plural } from '../design/format.ts';
import type { Point } from './layout.ts';
import { edgeWords, errorShare, timesOf } from './words.ts';

interface EdgeLabelProps {
  edge: MapEdge;
  /** What it leads from and to. */
  ends: string;
  at: Point;
  onOpen: () => void;
}

/** How often, how well and how fast, on the way between two. */
export function EdgeLabel({ edge, ends, at, onOpen }: EdgeLabelProps) {
  const words = edgeWords(edge);
  return (
    <button
      type="button"
      tabIndex={-1}
      className="map-stop map-label"
      style={{ left: at.x, top: at.y }}
      title={`${ends}: ${plural(edge.pairs, 'call')}, ${words}`}
      onClick={onOpen}
    >
      <span className="sr-only">{ends}: </span>
      <span className="map-label-line">
        {edge.tls === 'all' && <Lock size={10} aria-hidden className="map-lock" />}
        {edge.tls === 'some' && <LockOpen size={10} aria-hidden className="map-lock" />}
        {plural(edge.pairs, 'call')}
        {edge.errors > 0 && <span className="tone-bad">· {errorShare(edge)} failed</span>}
      </span>
      <span className="map-label-times">{timesOf(edge)}</span>
      <span className="sr-only">, {words}</span>
    </button>
  );
}
