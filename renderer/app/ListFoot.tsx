import { FolderTree, Network, SlidersHorizontal, TriangleAlert } from 'lucide-react';
import { useEngine } from '../api/engine.ts';
import { IconButton } from '../design/Button.tsx';
import { formatCount, plural } from '../design/format.ts';
import { Menu } from '../design/Menu.tsx';
import { setQuestion } from '../list/actions.ts';
import { ColumnItems } from '../list/ColumnItems.tsx';
import { endSearch, goOnSearching } from '../list/searching.ts';
import { useList } from '../list/store.ts';
import { setPreferences, usePreferences } from './preferences.ts';

/** How many there are, what is hidden, and what could not be recorded. */
export function ListFoot() {
  const { total, hiddenNoise, noise, paused, newer, filter, searching, search, searchEnded, snapshot } = useList();
  const view = usePreferences((state) => state.listView);
  const stored = useEngine((state) => state.status?.store.pairs ?? 0);
  const shed = useEngine((state) => state.status?.shed ?? null);
  return (
    <footer className="list-foot">
      <span>
        {filter === '' || snapshot !== null ? plural(total, 'pair') : `${formatCount(total)} of ${plural(stored, 'pair')}`}
      </span>
      {searching && <SearchProgress share={search?.share ?? 0} stopped={searchEnded || (search?.stopped ?? false)} />}
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
      <span className="foot-space" />
      {shed !== null && shed.pairs + shed.bodies + shed.unwritten > 0 && <Shed {...shed} />}
      <IconButton
        label="By host and path"
        aria-pressed={view === 'paths'}
        className="icon-button-small"
        onClick={() => setPreferences({ listView: view === 'paths' ? 'list' : 'paths' })}
      >
        <FolderTree size={13} />
      </IconButton>
      <IconButton
        label="Service map"
        aria-pressed={view === 'map'}
        className="icon-button-small"
        onClick={() => setPreferences({ listView: view === 'map' ? 'list' : 'map' })}
      >
        <Network size={13} />
      </IconButton>
      <Menu
        align="end"
        trigger={
          <button type="button" className="icon-button icon-button-small" aria-label="Columns and rows">
            <SlidersHorizontal size={13} />
          </button>
        }
      >
        <ColumnItems />
      </Menu>
    </footer>
  );
}

/** How far the search is, and how to end it. */
function SearchProgress({ share, stopped }: { share: number; stopped: boolean }) {
  const percent = `${Math.floor(share * 100)} %`;
  return (
    <span className="foot-search">
      <span role="status">{stopped ? `Search ended at ${percent}` : 'Searching…'}</span>
      {!stopped && <progress className="progress" aria-label="Search" value={share} title={percent} />}
      <button type="button" className="link-button" onClick={() => void (stopped ? goOnSearching() : endSearch())}>
        {stopped ? 'Search on' : 'Cancel'}
      </button>
    </span>
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
