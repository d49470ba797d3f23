import { sentenceOf } from '../api/client.ts';
import { engine, useEngine } from '../api/engine.ts';
import { usePreferences } from '../app/preferences.ts';
import { switchContainer } from '../containers/actions.ts';
import { canSwitch } from '../containers/groups.ts';
import { useContainers } from '../containers/store.ts';
import { toast } from '../design/toasts.ts';
import { visible } from '../design/visible.ts';
import { openDetail } from '../detail/store.ts';
import { applyFilter } from '../filter/actions.ts';
import { selectPair } from '../list/actions.ts';
import { closeLaunched } from '../sources/launch.ts';
import { actions, isAvailable } from './actions.ts';
import { fuzzy } from './fuzzy.ts';

/** A line of the palette. */
export interface Entry {
  id: string;
  title: string;
  /** What kind of thing it is. */
  kind: string;
  key?: string | undefined;
  run: () => void;
}

export interface Found extends Entry {
  /** Characters of the title that were meant. */
  at: readonly number[];
}

/** Steps that are quicker with their key than by their name, and the palette itself. */
const BY_KEY_ONLY: ReadonlySet<string> = new Set(['next', 'previous', 'close', 'palette']);

/** Beyond so many nobody reads on: one types on. */
const MOST = 80;

/** Shows a pair by its id, wherever it is. */
async function goTo(id: number): Promise<void> {
  try {
    await engine().pairs.get({ id });
    selectPair(id);
    openDetail();
  } catch (error) {
    toast({ text: sentenceOf(error), tone: 'bad' });
  }
}

function containerEntries(): Entry[] {
  const { list, wanted } = useContainers.getState();
  return (list ?? []).filter(canSwitch).map((container) => {
    const on = wanted.get(container.name) ?? ['on', 'attaching', 'waiting'].includes(container.capture.state);
    return {
      id: `container-${container.name}`,
      title: `${on ? 'Switch off' : 'Switch on'} ${visible(container.name)}`,
      kind: 'Container',
      run: () => void switchContainer(container, !on),
    };
  });
}

function launchedEntries(): Entry[] {
  return (useEngine.getState().status?.launched ?? [])
    .filter(({ state }) => state === 'open')
    .map((launched) => ({
      id: `launched-${launched.id}`,
      title: `Close ${launched.program}`,
      kind: 'Sources',
      run: () => void closeLaunched(launched),
    }));
}

function filterEntry(filter: string, kind: string, title = filter): Entry {
  return { id: `filter-${filter}`, title, kind, run: () => void applyFilter(filter) };
}

function filterEntries(): Entry[] {
  const { savedFilters, recentFilters } = usePreferences.getState();
  const notSaved = recentFilters.filter((filter) => !savedFilters.some((saved) => saved.filter === filter));
  return [
    ...savedFilters.map(({ name, filter }) => filterEntry(filter, 'Saved filter', name === '' ? filter : `${name}: ${filter}`)),
    ...notSaved.map((filter) => filterEntry(filter, 'Recent filter')),
  ];
}

/** Everything that can be chosen now. */
function allEntries(): Entry[] {
  return [
    ...actions
      .filter((action) => !BY_KEY_ONLY.has(action.id) && isAvailable(action))
      .map(({ id, title, group, key, run }) => ({ id, title, kind: group, key, run })),
    ...launchedEntries(),
    ...containerEntries(),
    ...filterEntries(),
  ];
}

/** What answers to what was typed, the best first. A number goes to that pair; any other text can be filtered by. */
export function entriesFor(typed: string): Found[] {
  const text = typed.trim();
  const found = allEntries()
    .flatMap((entry) => {
      const match = fuzzy(text, entry.title);
      // Who types “filter” or “container” wants to see those, whatever they are called.
      const kind = match === null ? fuzzy(text, `${entry.kind} ${entry.title}`) : null;
      if (match !== null) return [{ ...entry, at: match.at, score: match.score }];
      return kind === null ? [] : [{ ...entry, at: [], score: kind.score / 2 }];
    })
    .toSorted((a, b) => (text === '' ? 0 : b.score - a.score))
    .slice(0, MOST);
  const pair = /^#?(\d{1,15})$/.exec(text)?.[1];
  const first: Found[] =
    pair === undefined
      ? []
      : [{ id: 'pair', title: `Go to pair #${pair}`, kind: 'Pair', at: [], run: () => void goTo(Number(pair)) }];
  const last: Found[] =
    text === '' ? [] : [{ id: 'typed', title: `Filter by ${text}`, kind: 'Filter', at: [], run: () => void applyFilter(text) }];
  return [...first, ...found, ...last];
}
