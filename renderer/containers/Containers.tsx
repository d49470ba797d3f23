import { ChevronRight, CircleHelp, Search, X } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import type { Container } from '../../proxy-core/rrpair/containers.ts';
import { useEngine } from '../api/engine.ts';
import { setPreferences, usePreferences } from '../app/preferences.ts';
import { Button, IconButton } from '../design/Button.tsx';
import { plural } from '../design/format.ts';
import { Sentence } from '../design/Sentence.tsx';
import { TriSwitch } from '../design/TriSwitch.tsx';
import { visible } from '../design/visible.ts';
import { showHelp } from '../help/store.ts';
import { switchProject } from './actions.ts';
import { ContainerItem } from './ContainerItem.tsx';
import { type Group, groupsOf, isFolded, isStopped, matchesSearch, projectState, staysInSight } from './groups.ts';
import { type ShownState, shownState } from './states.ts';
import { useContainers } from './store.ts';
import './containers.css';

/** From so many on they can be searched. */
const SEARCH_FROM = 7;

/** The containers of this machine's Docker, each with the switch of its capture. */
export function Containers() {
  const list = useContainers((state) => state.list);
  const capturing = useEngine((state) => state.status?.docker.capturing ?? 0);
  const [search, setSearch] = useState('');
  const sought = useDeferredValue(search.trim());
  const usable = useEngine((state) => state.status?.docker.state !== 'unavailable');
  const searchable = usable && (list?.length ?? 0) >= SEARCH_FROM;
  return (
    <section className="containers" aria-label="Containers">
      <header className="containers-head">
        <div className="containers-title">
          <h2>Containers</h2>
          {usable && capturing > 0 && <span className="containers-on">{capturing} on</span>}
          <IconButton label="How containers are captured" className="icon-button-small" onClick={() => showHelp('containers')}>
            <CircleHelp size={14} />
          </IconButton>
        </div>
        {searchable && (
          <search className="containers-search">
            <Search size={13} aria-hidden />
            <input
              type="text"
              aria-label="Search containers"
              placeholder={`Search ${list?.length ?? 0} containers`}
              spellCheck={false}
              autoComplete="off"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Escape' || search === '') return;
                event.preventDefault();
                event.stopPropagation();
                setSearch('');
              }}
            />
            {search !== '' && (
              <button
                type="button"
                className="icon-button icon-button-small"
                aria-label="Clear search"
                onClick={() => setSearch('')}
              >
                <X size={13} />
              </button>
            )}
          </search>
        )}
      </header>
      <Body list={list} search={searchable ? sought : ''} />
    </section>
  );
}

function Body({ list, search }: { list: readonly Container[] | null; search: string }) {
  const state = useEngine((engine) => engine.status?.docker.state ?? 'connecting');
  const problem = useEngine((engine) => engine.status?.docker.problem ?? '');
  const [stoppedShown, setStoppedShown] = useState(false);
  if (state === 'unavailable') {
    return (
      <p role="status" className="containers-note captured">
        <Sentence text={problem} />
      </p>
    );
  }
  if (list === null || (state === 'connecting' && list.length === 0)) {
    return (
      <p className="containers-note" aria-busy="true">
        Looking for Docker…
      </p>
    );
  }
  if (list.length === 0) return <p className="containers-note">No container is running. Start one, and it appears here.</p>;
  const found = search === '' ? list : list.filter((container) => matchesSearch(container, search));
  const stopped = found.filter(isStopped).length;
  const shown = search !== '' || stoppedShown ? found : found.filter((container) => !isStopped(container));
  const groups = groupsOf(shown);
  return (
    <>
      <FirstTime />
      {search !== '' && (
        <p role="status" className={found.length === 0 ? 'containers-note' : 'sr-only'}>
          {found.length === 0 ? 'No container is called that.' : plural(found.length, 'container')}
        </p>
      )}
      {groups.map((group) => (
        <GroupOf
          key={group.project === null ? 'none' : `project ${group.project}`}
          group={group}
          alone={groups.length === 1}
          sought={search !== ''}
        />
      ))}
      {search === '' && stopped > 0 && (
        <button
          type="button"
          className="link-button containers-stopped"
          aria-expanded={stoppedShown}
          onClick={() => setStoppedShown(!stoppedShown)}
        >
          {stoppedShown ? 'Hide' : 'Show'} {plural(stopped, 'stopped container')}
        </button>
      )}
    </>
  );
}

/** Until the first switch was moved. */
function FirstTime() {
  const known = usePreferences((state) => state.knowsContainers);
  if (known) return null;
  return (
    <div className="containers-first">
      <p>Flip a switch, and the next request into and out of that container is in the list. It is neither changed nor restarted.</p>
      <div className="containers-first-actions">
        <button type="button" className="link-button" onClick={() => showHelp('containers')}>
          How it works
        </button>
        <Button tone="quiet" onClick={() => setPreferences({ knowsContainers: true })}>
          Got it
        </Button>
      </div>
    </div>
  );
}

interface GroupProps {
  group: Group;
  /** There is no other group to tell it from. */
  alone: boolean;
  /** What was sought is shown, folded up or not. */
  sought: boolean;
}

function GroupOf({ group: { project, containers }, alone, sought }: GroupProps) {
  const { list, wanted, problems } = useContainers();
  const folds = usePreferences((state) => state.projectFolds);
  const shownOf = (container: Container): ShownState => shownState(container, wanted.get(container.name));
  // All of the project, found or not: its switch switches all.
  const members = list?.filter((container) => container.project === project) ?? [];
  const { on, of, state } = projectState(members, shownOf);
  const folded = !sought && !(alone && project === null) && isFolded(project, folds, list?.length ?? 0);
  const inSight = folded
    ? containers.filter((container) => staysInSight(shownOf(container), problems.get(container.name)))
    : containers;
  const title = project === null ? 'Other containers' : visible(project);
  const items = (
    <ul className="container-list" aria-label={project === null ? title : `Containers of ${title}`}>
      {inSight.map((container) => (
        <ContainerItem key={container.name} container={container} wanted={wanted.get(container.name)} />
      ))}
    </ul>
  );
  // Nothing to tell it from: no heading.
  if (project === null && alone) return items;
  return (
    <section className="project" aria-label={project === null ? title : `Project ${title}`}>
      <div className="project-head">
        <button
          type="button"
          className="project-fold"
          aria-expanded={!folded}
          onClick={() => setPreferences(({ projectFolds }) => ({ projectFolds: { ...projectFolds, [project ?? '']: !folded } }))}
        >
          <ChevronRight size={13} aria-hidden className="project-mark" />
          <h3 className="truncate" title={project === null ? undefined : `Compose project ${title}`}>
            {title}
          </h3>
        </button>
        <span className="project-count" title={on > 0 ? `${on} of ${of} are captured` : plural(containers.length, 'container')}>
          {on > 0 ? `${on} of ${of}` : folded ? containers.length : ''}
        </span>
        {project !== null && (
          <TriSwitch
            label={`Capture project ${title}`}
            state={state}
            disabled={of === 0}
            onChange={(next) => {
              setPreferences({ knowsContainers: true });
              void switchProject(project, next);
            }}
          />
        )}
      </div>
      {inSight.length > 0 && items}
    </section>
  );
}
