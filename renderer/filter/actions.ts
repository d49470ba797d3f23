import { sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { setPreferences } from '../app/preferences.ts';
import { announce } from '../design/announce.ts';
import { setQuestion } from '../list/actions.ts';
import { useList } from '../list/store.ts';
import { withSaved } from './saved.ts';
import { showsOnly, toggledSource } from './sources.ts';
import { useFilter } from './store.ts';
import { type Term, termText, withTerm } from './terms.ts';

const TYPING_MILLIS = 220;
/** The same while a field is being named: what stands there is not a word to search for yet. */
const NAMING_MILLIS = 900;
const MOST_RECENT = 8;

let timer: ReturnType<typeof setTimeout> | undefined;
let turn = 0;

async function check(text: string): Promise<boolean> {
  const asked = ++turn;
  try {
    const result = text.trim() === '' ? { ok: true as const } : await engine().filter.check({ filter: text });
    if (asked !== turn) return false;
    if (!result.ok) {
      useFilter.setState({ fault: { message: result.message, column: result.column } });
      return false;
    }
  } catch (error) {
    if (asked === turn) useFilter.setState({ fault: { message: sentenceOf(error), column: -1 } });
    return false;
  }
  useFilter.setState({ fault: null });
  if (text.trim() !== useList.getState().filter) setQuestion({ filter: text.trim() });
  return true;
}

/** What is typed is checked after a short rest, and put in force when it is right. */
export function typeFilter(draft: string, naming = false): void {
  useFilter.setState({ draft, fault: null });
  clearTimeout(timer);
  timer = setTimeout(() => void check(draft), naming ? NAMING_MILLIS : TYPING_MILLIS);
}

/** Puts a filter in force at once and remembers it. */
export async function applyFilter(text: string): Promise<void> {
  clearTimeout(timer);
  useFilter.setState({ draft: text });
  if (!(await check(text))) {
    const { fault } = useFilter.getState();
    if (fault !== null) announce(`The filter is not right: ${fault.message}`);
    return;
  }
  remember(text);
}

export function remember(text: string): void {
  const filter = text.trim();
  if (filter === '') return;
  setPreferences(({ recentFilters }) => ({
    recentFilters: [filter, ...recentFilters.filter((entry) => entry !== filter)].slice(0, MOST_RECENT),
  }));
}

/** Keeps a filter for good under a name, or gives a kept one another. */
export function saveFilter(filter: string, name: string): void {
  setPreferences(({ savedFilters }) => ({ savedFilters: withSaved(savedFilters, filter, name) }));
  announce('Filter saved');
}

export function forgetFilter(filter: string): void {
  setPreferences(({ savedFilters }) => ({ savedFilters: savedFilters.filter((each) => each.filter !== filter) }));
  announce('Filter forgotten');
}

export function clearFilter(): void {
  void applyFilter('');
}

/** One more condition, from a cell. */
export function addTerm(term: Term, exclude: boolean): void {
  const { draft, fault } = useFilter.getState();
  // What is wrong in the field is not kept: it would stop the condition from being put in force.
  const base = fault === null ? draft : useList.getState().filter;
  void applyFilter(withTerm(base, termText(term, exclude)));
  announce(exclude ? `Excluding ${term.label}` : `Showing only ${term.label}`);
}

/** Shows only what was captured from one source; the second time, everything again. */
export async function toggleSource(source: string): Promise<void> {
  // What is in force counts, not what is being typed: the mark on the source tells of the former.
  const { filter } = useList.getState();
  const next = toggledSource(filter, source);
  await applyFilter(next);
  announce(showsOnly(next, source) ? `Showing only ${source}` : 'Showing all sources');
}
