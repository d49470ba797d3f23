import { AppWindow, Database, Globe, type LucideIcon, Mail, Users, Zap } from 'lucide-react';
import type { MapNode, MapNodeKind } from '../../proxy-core/rrpair/service-map.ts';
import { TechnologyBadge } from '../design/Badges.tsx';
import { plural } from '../design/format.ts';
import { visible } from '../design/visible.ts';
import { NODE, type Point } from './layout.ts';

const ICONS: Readonly<Record<MapNodeKind, LucideIcon>> = {
  clients: Users,
  service: AppWindow,
  database: Database,
  cache: Zap,
  queue: Mail,
  host: Globe,
};
const KINDS: Readonly<Record<MapNodeKind, string>> = {
  clients: 'callers',
  service: 'captured',
  database: 'database',
  cache: 'cache',
  queue: 'queue',
  host: 'host',
};

interface NodeCardProps {
  node: MapNode;
  name: string;
  at: Point;
  failing: boolean;
  /** It is the stop of the Tab key. */
  stop: boolean;
  onOpen: () => void;
}

export function NodeCard({ node, name, at, failing, stop, onOpen }: NodeCardProps) {
  const Icon = ICONS[node.kind];
  const made = node.kind === 'clients' ? '' : plural(node.pairs, 'call');
  const [technology, ...more] = node.technologies;
  return (
    <button
      type="button"
      tabIndex={stop ? 0 : -1}
      className={`map-stop map-node map-node-${node.kind} ${failing ? 'map-node-failing' : ''}`}
      style={{ left: at.x - NODE.width / 2, top: at.y - NODE.height / 2 }}
      title={[name, ...node.technologies].map(visible).join('\n')}
      onClick={onOpen}
    >
      <Icon size={18} aria-hidden className="map-icon" />
      <span className="map-node-text">
        <span className="map-node-name captured truncate">{name}</span>
        <span className="map-node-about truncate">
          {technology === undefined ? (
            KINDS[node.kind]
          ) : (
            <>
              <TechnologyBadge name={technology} />
              <span className="sr-only">{KINDS[node.kind]}</span>
            </>
          )}
          {more.length > 0 && <span className="muted">+{more.length}</span>}
          <span className="sr-only">
            {' '}
            {made} {failing ? 'some calls failed' : ''}
          </span>
        </span>
      </span>
    </button>
  );
}
