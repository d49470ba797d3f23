import { TriangleAlert } from 'lucide-react';
import { useEngine } from '../api/engine.ts';
import { formatCount, plural } from '../design/format.ts';
import { setQuestion } from '../list/actions.ts';
import { useList } from '../list/store.ts';

/** How many there are, what is hidden, and what could not be recorded. */
export function ListFoot() {
  const { total, hiddenNoise, noise, paused, newer, filter, searching } = useList();
  const stored = useEngine((state) => state.status?.store.pairs ?? 0);
  const shed = useEngine((state) => state.status?.shed ?? null);
  return (
    <footer className="list-foot">
      <span>{filter === '' ? plural(total, 'pair') : `${formatCount(total)} of ${plural(stored, 'pair')}`}</span>
      {searching && <span role="status">Searching…</span>}
      {hiddenNoise > 0 && !noise && (
        <span>
          {plural(hiddenNoise, 'health check or probe', 'health checks and probes')} hidden{' '}
          <button type="button" className="link-button" onClick={() => setQuestion({ noise: true })}>
            Show
          </button>
        </span>
      )}
      {noise && (
        <span>
          Health checks and probes shown{' '}
          <button type="button" className="link-button" onClick={() => setQuestion({ noise: false })}>
            Hide
          </button>
        </span>
      )}
      {paused && (
        <span className="foot-paused">Paused{newer > 0 ? `, ${formatCount(newer)} came meanwhile` : ', capture goes on'}</span>
      )}
      {shed !== null && shed.pairs + shed.bodies + shed.unwritten > 0 && <Shed {...shed} />}
    </footer>
  );
}

function Shed({ pairs, bodies, unwritten }: { pairs: number; bodies: number; unwritten: number }) {
  const parts = [
    pairs > 0 ? plural(pairs, 'pair') : '',
    bodies > 0 ? `bodies of ${plural(bodies, 'pair')}` : '',
    unwritten > 0 ? `${plural(unwritten, 'pair')} (disk)` : '',
  ].filter((part) => part !== '');
  return (
    <span
      className="foot-shed tone-warn"
      title="Traffic came faster than it could be recorded. The traffic itself was not touched."
    >
      <TriangleAlert size={12} aria-hidden /> Not recorded: {parts.join(', ')}
    </span>
  );
}
