import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { usePreferences } from '../app/preferences.ts';
import { Button, IconButton } from '../design/Button.tsx';
import { Dialog } from '../design/Dialog.tsx';
import { applyFilter, forgetFilter, saveFilter } from './actions.ts';
import { calledBy, NAME_CHARS, type SavedFilter } from './saved.ts';
import { useFilter } from './store.ts';

const close = (): void => useFilter.setState({ saved: false });

/** The filters that are kept: the one in the field is named and saved, the others renamed, put in force or forgotten. */
export function SavedFilters() {
  const { saved: open, draft, fault } = useFilter();
  const saved = usePreferences((state) => state.savedFilters);
  if (!open) return null;
  const current = draft.trim();
  const fresh = current !== '' && fault === null && !saved.some(({ filter }) => filter === current);
  return (
    <Dialog open onClose={close} title="Saved filters">
      <div className="saved-filters">
        {fresh && <NewFilter filter={current} />}
        {saved.length > 0 && (
          <ul className="saved-list" aria-label="Saved filters">
            {saved.map((entry) => (
              <Saved key={entry.filter} entry={entry} />
            ))}
          </ul>
        )}
        {!fresh && saved.length === 0 && <p className="muted">None yet: type a filter, then save it with the star beside it.</p>}
      </div>
    </Dialog>
  );
}

function NewFilter({ filter }: { filter: string }) {
  const [name, setName] = useState('');
  return (
    <form
      className="saved-new"
      onSubmit={(event) => {
        event.preventDefault();
        saveFilter(filter, name);
        close();
      }}
    >
      <label className="field">
        <span>
          Name for <span className="mono captured">{filter}</span>
        </span>
        <input className="input" maxLength={NAME_CHARS} value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      <Button type="submit" tone="primary">
        Save
      </Button>
    </form>
  );
}

function Saved({ entry }: { entry: SavedFilter }) {
  const { name, filter } = entry;
  const [draft, setDraft] = useState(name);
  const rename = (): void => {
    if (draft.trim() !== name) saveFilter(filter, draft);
  };
  return (
    <li className="saved-one">
      <input
        className="input"
        aria-label={`Name of ${filter}`}
        placeholder="No name"
        maxLength={NAME_CHARS}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={rename}
        onKeyDown={(event) => {
          if (event.key === 'Enter') rename();
        }}
      />
      <span className="mono truncate captured" title={filter}>
        {filter}
      </span>
      <Button
        tone="quiet"
        aria-label={`Apply ${calledBy(entry)}`}
        onClick={() => {
          close();
          void applyFilter(filter);
        }}
      >
        Apply
      </Button>
      <IconButton label={`Forget ${calledBy(entry)}`} className="icon-button-small" onClick={() => forgetFilter(filter)}>
        <Trash2 size={14} />
      </IconButton>
    </li>
  );
}
