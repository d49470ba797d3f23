import type { Container } from '../../proxy-core/rrpair/containers.ts';
import { nameInProject } from './names.ts';
import { isOn, type ShownState } from './states.ts';

/** A compose project, or the containers that belong to none. */
export interface Group {
  /** Null for the containers without a project. */
  project: string | null;
  containers: readonly Container[];
}

const order = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Projects by name, then the containers without one. The order depends on names only, so that nothing jumps while states change. */
export function groupsOf(containers: readonly Container[]): Group[] {
  const groups = Map.groupBy(containers, (container) => container.project);
  return [...groups]
    .toSorted(([a], [b]) => {
      if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
      return order.compare(a, b);
    })
    .map(([project, members]) => ({
      project,
      containers: members.toSorted((a, b) => order.compare(nameInProject(a), nameInProject(b))),
    }));
}

/** Whether every word is somewhere in what one knows a container by. */
export function matchesSearch(container: Container, search: string): boolean {
  const { name, image, project, service, networks, ports } = container;
  const known = [name, image, project ?? '', service ?? '', ...networks, ...ports.map((port) => `:${port.host ?? port.container}`)]
    .join(' ')
    .toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => known.includes(word));
}

/** With more containers than this a project begins folded up: its name, its switch, and what of it is captured. */
const FOLD_FROM = 16;

export function isFolded(project: string | null, folds: Readonly<Record<string, boolean>>, containers: number): boolean {
  return folds[project ?? ''] ?? containers >= FOLD_FROM;
}

/** Shown of a project that is folded up as well: what was switched on, and what went wrong with it. */
export function staysInSight(shown: ShownState, problem: string | undefined): boolean {
  return shown !== 'off' || problem !== undefined;
}

/** Of no use to be shown: it does not run, nobody asked for its capture, and nothing is being done with it. */
export function isStopped({ state, capture, trust }: Container): boolean {
  if (capture.state !== 'off' || trust.busy !== '' || trust.applied !== null) return false;
  return state === 'exited' || state === 'created' || state === 'dead' || state === 'removing';
}

/** Whether it can be switched on now, or off. */
export function canSwitch(container: Container): boolean {
  return container.capture.state !== 'off' || (container.refusal === '' && !isStopped(container));
}

/** The one switch of a project: `some` when only some of those that can be captured are. */
export function projectState(
  containers: readonly Container[],
  shown: (container: Container) => ShownState,
): { on: number; of: number; state: 'none' | 'some' | 'all' } {
  const members = containers.filter(canSwitch);
  const on = members.filter((container) => isOn(shown(container))).length;
  return { on, of: members.length, state: on === 0 ? 'none' : on === members.length ? 'all' : 'some' };
}
