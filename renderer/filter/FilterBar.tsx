import { History, Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { usePreferences } from '../app/preferences.ts';
import { IconButton } from '../design/Button.tsx';
import { Menu, MenuHeading, MenuItem, MenuSeparator } from '../design/Menu.tsx';
import { applyFilter, clearFilter, remember, typeFilter } from './actions.ts';
import { useFilter } from './store.ts';
import './filter.css';

/** What can be asked, for those who see the language for the first time. */
const EXAMPLES: readonly { filter: string; says: string }[] = [
  { filter: 'status>=400', says: 'Client and server errors' },
  { filter: 'latency>500ms', says: 'Slow answers' },
  { filter: 'direction=out', says: 'Calls that the application makes' },
  { filter: 'command=POST path:orders', says: 'POST to paths that contain “orders”' },
];

export const FILTER_ID = 'filter';

export function FilterBar() {
  const { draft, fault } = useFilter();
  const recent = usePreferences((state) => state.recentFilters);
  const input = useRef<HTMLInputElement>(null);
  const [scrolled, setScrolled] = useState(0);
  useEffect(() => setScrolled(input.current?.scrollLeft ?? 0), [draft, fault]);
  return (
    <search className="filter">
      <Search size={14} aria-hidden className="filter-icon" />
      <div className="filter-field">
        <input
          ref={input}
          id={FILTER_ID}
          type="text"
          className="filter-input"
          aria-label="Filter"
          aria-invalid={fault !== null}
          aria-describedby={fault === null ? undefined : 'filter-fault'}
          placeholder="Filter: status>=400 host:api latency>200ms"
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          value={draft}
          onChange={(event) => typeFilter(event.target.value)}
          onScroll={(event) => setScrolled(event.currentTarget.scrollLeft)}
          onBlur={() => {
            if (fault === null) remember(draft);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              void applyFilter(draft);
            } else if (event.key === 'Escape') {
              event.preventDefault();
              if (draft === '') document.getElementById('pairs')?.focus();
              else clearFilter();
            } else if (event.key === 'ArrowDown') {
              event.preventDefault();
              document.getElementById('pairs')?.focus();
            }
          }}
        />
        {fault !== null && fault.column >= 0 && (
          <span aria-hidden className="filter-mark" style={{ left: `calc(${fault.column}ch - ${scrolled}px)` }} />
        )}
      </div>
      {fault !== null && (
        <p id="filter-fault" role="alert" className="filter-fault">
          {fault.column >= 0 && <span className="filter-fault-place">Column {fault.column + 1}</span>}
          {fault.message}
        </p>
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
          <button type="button" className="icon-button icon-button-small" aria-label="Recent filters and examples">
            <History size={14} />
          </button>
        }
      >
        {recent.length > 0 && (
          <>
            <MenuHeading>Recent</MenuHeading>
            {recent.map((filter) => (
              <MenuItem key={filter} onSelect={() => void applyFilter(filter)}>
                <span className="mono">{filter}</span>
              </MenuItem>
            ))}
            <MenuSeparator />
          </>
        )}
        <MenuHeading>Examples</MenuHeading>
        {EXAMPLES.map(({ filter, says }) => (
          <MenuItem key={filter} onSelect={() => void applyFilter(filter)}>
            <span className="mono">{filter}</span>
            <span className="filter-says">{says}</span>
          </MenuItem>
        ))}
      </Menu>
    </search>
  );
}
