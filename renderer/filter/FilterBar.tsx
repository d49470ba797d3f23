import { BookOpen, History, Search, Star, X } from 'lucide-react';
import { usePreferences } from '../app/preferences.ts';
import { IconButton } from '../design/Button.tsx';
import { Menu, MenuHeading, MenuItem, MenuSeparator } from '../design/Menu.tsx';
import { applyFilter, clearFilter } from './actions.ts';
import { FilterInput } from './FilterInput.tsx';
import { SavedFilters } from './SavedFilters.tsx';
import { SyntaxHelp } from './SyntaxHelp.tsx';
import type { SavedFilter } from './saved.ts';
import { useFilter } from './store.ts';
import './filter.css';

/** What can be asked, for those who see the language for the first time. */
const EXAMPLES: readonly { filter: string; says: string }[] = [
  { filter: 'status>=400', says: 'Client and server errors' },
  { filter: 'latency>500ms', says: 'Slow answers' },
  { filter: 'direction=out', says: 'Calls that the application makes' },
  { filter: 'command=POST path:orders', says: 'POST to paths that contain “orders”' },
];

const showSaved = (): void => useFilter.setState({ saved: true });

export function FilterBar() {
  const { draft, fault } = useFilter();
  const recent = usePreferences((state) => state.recentFilters);
  const saved = usePreferences((state) => state.savedFilters);
  const isSaved = saved.some(({ filter }) => filter === draft.trim());
  const notSaved = recent.filter((filter) => !saved.some((each) => each.filter === filter)).map((filter) => ({ name: '', filter }));
  return (
    <search className="filter">
      <Search size={14} aria-hidden className="filter-icon" />
      <FilterInput />
      {draft.trim() !== '' && fault === null && (
        <IconButton
          label={isSaved ? 'Saved. Rename or forget this filter' : 'Save this filter'}
          aria-pressed={isSaved}
          className="icon-button-small filter-star"
          onClick={showSaved}
        >
          <Star size={14} />
        </IconButton>
      )}
      {draft !== '' && (
        <IconButton label="Clear filter" keys="Esc" className="icon-button-small" onClick={clearFilter}>
          <X size={14} />
        </IconButton>
      )}
      {draft === '' && (
        <kbd className="key" aria-hidden>
          /
        </kbd>
      )}
      <Menu
        align="end"
        trigger={
          <button type="button" className="icon-button icon-button-small" aria-label="Saved filters, examples and syntax">
            <History size={14} />
          </button>
        }
      >
        <Filters heading="Saved" filters={saved} />
        <Filters heading="Recent" filters={notSaved} />
        <MenuHeading>Examples</MenuHeading>
        {EXAMPLES.map(({ filter, says }) => (
          <MenuItem key={filter} onSelect={() => void applyFilter(filter)}>
            <span className="mono">{filter}</span>
            <span className="filter-says">{says}</span>
          </MenuItem>
        ))}
        <MenuSeparator />
        {saved.length > 0 && (
          <MenuItem icon={<Star size={14} />} onSelect={showSaved}>
            Rename or forget saved filters
          </MenuItem>
        )}
        <MenuItem icon={<BookOpen size={14} />} onSelect={() => useFilter.setState({ help: true })}>
          Syntax
        </MenuItem>
      </Menu>
      <SyntaxHelp />
      <SavedFilters />
    </search>
  );
}

function Filters({ heading, filters }: { heading: string; filters: readonly SavedFilter[] }) {
  if (filters.length === 0) return null;
  return (
    <>
      <MenuHeading>{heading}</MenuHeading>
      {filters.map(({ name, filter }) => (
        <MenuItem key={filter} onSelect={() => void applyFilter(filter)}>
          {name !== '' && <span className="filter-name">{name}</span>}
          <span className={name === '' ? 'mono' : 'mono filter-says'}>{filter}</span>
        </MenuItem>
      ))}
      <MenuSeparator />
    </>
  );
}
