import { Dialog } from '@base-ui/react/dialog';
import { Search } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { plural } from '../design/format.ts';
import { entriesFor, type Found } from './entries.ts';
import { keyLabel, keyOf, onMac } from './keyNames.ts';
import { closePalette, usePalette } from './store.ts';
import './palette.css';

const LIST_ID = 'palette-list';
const optionId = (index: number): string => `palette-option-${index}`;

/** Everything that the window does, by name. */
export function Palette() {
  const open = usePalette((state) => state.open);
  /** Runs when the palette is gone: what it opens takes the focus for itself. */
  const chosen = useRef<Found | null>(null);
  const field = useRef<HTMLInputElement>(null);
  return (
    <Dialog.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) closePalette();
      }}
      onOpenChangeComplete={(next) => {
        if (next) return;
        const entry = chosen.current;
        chosen.current = null;
        entry?.run();
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="dialog-backdrop" />
        <Dialog.Popup
          className="dialog palette"
          aria-label="Commands"
          initialFocus={() => {
            // At once: left to the dialog it would be a frame later, and what is typed until then would go to the window's keys.
            field.current?.focus();
            return false;
          }}
        >
          <Entries
            field={field}
            onChoose={(entry) => {
              chosen.current = entry;
              closePalette();
            }}
          />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Entries({ field, onChoose }: { field: React.Ref<HTMLInputElement>; onChoose: (entry: Found) => void }) {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const entries = useMemo(() => entriesFor(typed), [typed]);
  const current = Math.min(at, entries.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [current, entries]);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const key = keyOf(event);
    const page = 8;
    const to = { ArrowDown: current + 1, ArrowUp: current - 1, PageDown: current + page, PageUp: current - page }[key];
    const count = entries.length;
    if (event.nativeEvent.isComposing || count === 0) return;
    if (to !== undefined) {
      const around = key.startsWith('Arrow') ? (to + count) % count : Math.min(Math.max(0, to), count - 1);
      setAt(around);
    } else if (key === 'Enter') {
      const entry = entries[current];
      if (entry !== undefined) onChoose(entry);
    } else if (key === 'Mod+k') {
      closePalette();
    } else {
      return;
    }
    event.preventDefault();
  };
  return (
    <>
      <div className="palette-field">
        <Search size={15} aria-hidden />
        <input
          ref={field}
          type="text"
          role="combobox"
          aria-label="Command"
          aria-expanded
          aria-controls={LIST_ID}
          aria-activedescendant={optionId(current)}
          aria-autocomplete="list"
          placeholder="Command, container, filter, or #number of a pair"
          spellCheck={false}
          autoComplete="off"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div ref={list} id={LIST_ID} role="listbox" aria-label="Commands" className="palette-list">
        {entries.map((entry, index) => (
          <div
            key={entry.id}
            id={optionId(index)}
            role="option"
            aria-selected={index === current}
            className="palette-option"
            onPointerMove={() => setAt(index)}
            onClick={() => onChoose(entry)}
          >
            <span className="palette-title captured">
              <Lit text={entry.title} at={entry.at} />
            </span>
            <span className="palette-kind">{entry.kind}</span>
            {entry.key !== undefined && <kbd className="key">{keyLabel(entry.key, onMac())}</kbd>}
          </div>
        ))}
      </div>
      <p role="status" className="sr-only">
        {plural(entries.length, 'command')}
      </p>
    </>
  );
}

/** The characters that were meant stand out. */
function Lit({ text, at }: { text: string; at: readonly number[] }) {
  if (at.length === 0) return text;
  const pieces: React.ReactNode[] = [];
  let from = 0;
  for (const position of at) {
    pieces.push(text.slice(from, position), <b key={position}>{text[position]}</b>);
    from = position + 1;
  }
  return [...pieces, text.slice(from)];
}
