/** A filter that is kept, by the name that somebody gave it. */
export interface SavedFilter {
  /** Empty: it goes by what it says. */
  name: string;
  filter: string;
}

export const MOST_SAVED = 50;
export const NAME_CHARS = 80;

/** What it is called where it can be picked. */
export function calledBy({ name, filter }: SavedFilter): string {
  return name === '' ? filter : name;
}

/** Keeps a filter under a name, the newest first; one that is kept already gets the name. */
export function withSaved(saved: readonly SavedFilter[], filter: string, name: string): readonly SavedFilter[] {
  const entry = { filter: filter.trim(), name: name.trim().slice(0, NAME_CHARS) };
  if (entry.filter === '') return saved;
  if (saved.some((each) => each.filter === entry.filter)) return saved.map((each) => (each.filter === entry.filter ? entry : each));
  return [entry, ...saved].slice(0, MOST_SAVED);
}

/** What an older version has kept: filters without names. */
export function savedFrom(kept: unknown): readonly SavedFilter[] {
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((each: unknown): SavedFilter[] => {
    if (typeof each === 'string') return [{ name: '', filter: each }];
    if (typeof each !== 'object' || each === null || !('filter' in each) || typeof each.filter !== 'string') return [];
    return [{ name: 'name' in each && typeof each.name === 'string' ? each.name : '', filter: each.filter }];
  });
}
