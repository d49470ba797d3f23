import { useEngine } from '../api/engine.ts';
import { setPreferences } from '../app/preferences.ts';
import { switchContainer, switchProject } from '../containers/actions.ts';
import { canSwitch, groupsOf, isStopped, projectState } from '../containers/groups.ts';
import { isOn, progressWords, shownState } from '../containers/states.ts';
import { useContainers } from '../containers/store.ts';
import { plural } from '../design/format.ts';
import { Sentence } from '../design/Sentence.tsx';
import { Switch } from '../design/Switch.tsx';
import { TriSwitch } from '../design/TriSwitch.tsx';
import { visible } from '../design/visible.ts';
import { showHelp } from '../help/store.ts';

/** Switches that are offered here; all of them are among the sources. */
const MOST = 5;

/** The first way: nothing to install, to set or to restart. */
export function ContainerWay() {
  const docker = useEngine((state) => state.status?.docker ?? null);
  const { list, wanted } = useContainers();
  if (docker?.state === 'unavailable') {
    return (
      <>
        <p className="soft captured">
          <Sentence text={docker.problem} />
        </p>
        <HowItWorks />
      </>
    );
  }
  if (list === null || docker?.state !== 'ready') return <p className="soft">Looking for Docker…</p>;
  const running = list.filter((container) => !isStopped(container) && canSwitch(container));
  if (running.length === 0) {
    return (
      <>
        <p className="soft">Start one, and it appears here: its traffic is seen without any change to it.</p>
        <HowItWorks />
      </>
    );
  }
  const groups = groupsOf(running);
  const projects = groups.filter(({ project }) => project !== null);
  const single = groups.filter(({ project }) => project === null).flatMap(({ containers }) => containers);
  const shownProjects = projects.slice(0, MOST);
  const shownSingle = single.slice(0, MOST - shownProjects.length);
  const more = projects.length + single.length - shownProjects.length - shownSingle.length;
  return (
    <>
      <p className="soft">Flip a switch: it is not restarted, and nothing in it changes.</p>
      <ul className="way-switches">
        {shownProjects.map(({ project, containers }) => {
          const { state } = projectState(containers, (container) => shownState(container, wanted.get(container.name)));
          return (
            <li key={`project ${project}`}>
              <span className="truncate">{visible(project ?? '')}</span>
              <span className="muted way-says">{plural(containers.length, 'container')}</span>
              <TriSwitch
                label={`Capture project ${visible(project ?? '')}, from here`}
                state={state}
                onChange={(on) => {
                  setPreferences({ knowsContainers: true });
                  void switchProject(project ?? '', on);
                }}
              />
            </li>
          );
        })}
        {shownSingle.map((container) => {
          const shown = shownState(container, wanted.get(container.name));
          return (
            <li key={container.name}>
              <span className="truncate">{visible(container.name)}</span>
              <span className="muted way-says truncate">{progressWords(container, shown)}</span>
              <Switch
                label={`Capture ${container.name}, from here`}
                checked={isOn(shown)}
                onChange={(on) => {
                  setPreferences({ knowsContainers: true });
                  void switchContainer(container, on);
                }}
              />
            </li>
          );
        })}
      </ul>
      <p className="soft way-more">
        {more > 0 && `${more} more among the sources. `}
        <HowItWorks />
      </p>
    </>
  );
}

function HowItWorks() {
  return (
    <button type="button" className="link-button" onClick={() => showHelp('containers')}>
      How it works
    </button>
  );
}
