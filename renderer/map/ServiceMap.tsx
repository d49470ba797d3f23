import { useMemo, useRef } from 'react';
import type { ServiceMap as Answer, MapEdge, MapNode } from '../../proxy-core/rrpair/service-map.ts';
import { setPreferences } from '../app/preferences.ts';
import { useContainers } from '../containers/store.ts';
import { formatCount, plural } from '../design/format.ts';
import { applyFilter } from '../filter/actions.ts';
import { useList } from '../list/store.ts';
import { EdgeLabel } from './EdgeLabel.tsx';
import { curveOf, edgeKey, layoutOf, type MapLayout, type MapShape, shapeOf } from './layout.ts';
import { NodeCard } from './NodeCard.tsx';
import { useFit } from './useFit.ts';
import { useMap } from './useMap.ts';
import { edgeFilter, nameOf, nodeFilter } from './words.ts';
import './map.css';

/** Shows in the list what was chosen on the map. */
function show(filter: string): void {
  setPreferences({ listView: 'list' });
  void applyFilter(filter);
}

const open = (filter: (before: string) => string): void => show(filter(useList.getState().filter));

/** Arrow keys walk over the map; only one place on it is a stop of the Tab key. */
function walk(event: React.KeyboardEvent<HTMLElement>): void {
  const forward = event.key === 'ArrowRight' || event.key === 'ArrowDown';
  const step = forward ? 1 : event.key === 'ArrowLeft' || event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('.map-stop')];
  const at = stops.findIndex((stop) => stop === document.activeElement);
  if (at < 0) return;
  event.preventDefault();
  event.stopPropagation();
  const next = stops[(at + step + stops.length) % stops.length];
  for (const stop of stops) stop.tabIndex = stop === next ? 0 : -1;
  next?.focus();
}

/** Services, databases and clients, and who calls whom. */
export function ServiceMap() {
  const answer = useMap();
  const shape = answer === null ? null : JSON.stringify(shapeOf(answer));
  const layout = useMemo(() => (shape === null ? null : layoutOf(JSON.parse(shape) as MapShape)), [shape]);
  if (answer === null || layout === null) return <div className="map" aria-busy="true" />;
  return (
    <section className="map" aria-label="Service map">
      {answer.edges.length === 0 ? (
        <p className="map-note">Nothing that was captured here says who calls whom.</p>
      ) : (
        <Drawing answer={answer} layout={layout} />
      )}
      {answer.edges.length > 0 && (
        <p className="map-note">
          Times are the median and what 95 % stay below.{' '}
          {answer.counted < answer.total && `Drawn from the newest ${formatCount(answer.counted)} pairs. `}
          {answer.left > 0 && `${plural(answer.left, 'pair')} of further hosts left out.`}
        </p>
      )}
    </section>
  );
}

function Drawing({ answer, layout }: { answer: Answer; layout: MapLayout }) {
  const place = useRef<HTMLDivElement>(null);
  const scale = useFit(place, layout.width, layout.height);
  const shortNames = useContainers((state) => state.shortNames);
  const { nodes, edges } = answer;
  const names = new Map(nodes.map((node) => [node.id, nameOf(node, shortNames)]));
  const most = Math.max(...edges.map(({ pairs }) => pairs));
  const endsOf = ({ from, to }: MapEdge): string => `${names.get(from) ?? ''} to ${names.get(to) ?? ''}`;
  const failing = (node: MapNode): boolean => edges.some(({ to, errors }) => to === node.id && errors > 0);
  return (
    <div ref={place} className="map-place" onKeyDown={walk}>
      <div className="map-room" style={{ width: layout.width * scale, height: layout.height * scale }}>
        <div className="map-drawing" style={{ width: layout.width, height: layout.height, scale: String(scale) }}>
          <svg className="map-edges" width={layout.width} height={layout.height} aria-hidden>
            <defs>
              <marker
                id="map-arrow"
                viewBox="0 0 8 8"
                refX="7"
                refY="4"
                markerWidth="8"
                markerHeight="8"
                orient="auto"
                markerUnits="userSpaceOnUse"
              >
                <path d="M 0 0.5 L 7.5 4 L 0 7.5 z" className="map-arrow" />
              </marker>
            </defs>
            {edges.map((edge) => (
              <path
                key={edgeKey(edge.from, edge.to)}
                d={curveOf(layout.edges.get(edgeKey(edge.from, edge.to))?.points ?? [])}
                className={edge.errors > 0 ? 'map-edge map-edge-bad' : 'map-edge'}
                strokeWidth={1 + 2.5 * (Math.log1p(edge.pairs) / Math.log1p(most))}
                markerEnd="url(#map-arrow)"
              />
            ))}
          </svg>
          {nodes.map((node, index) => (
            <NodeCard
              key={node.id}
              node={node}
              name={names.get(node.id) ?? ''}
              at={layout.nodes.get(node.id) ?? { x: 0, y: 0 }}
              failing={failing(node)}
              stop={index === 0}
              onOpen={() => open((before) => nodeFilter(node, edges, before))}
            />
          ))}
          {edges.map((edge) => (
            <EdgeLabel
              key={edgeKey(edge.from, edge.to)}
              edge={edge}
              ends={endsOf(edge)}
              at={layout.edges.get(edgeKey(edge.from, edge.to))?.label ?? { x: 0, y: 0 }}
              onOpen={() => open((before) => edgeFilter(edge, before))}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
