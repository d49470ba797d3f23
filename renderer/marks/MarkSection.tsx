import { PencilLine, StickyNote } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { focusList } from '../app/focus.ts';
import { Button } from '../design/Button.tsx';
import { Menu } from '../design/Menu.tsx';
import { useList } from '../list/store.ts';
import { markPairs } from './actions.ts';
import { ColourDot } from './ColourDot.tsx';
import { ColourItems } from './ColourItems.tsx';
import { NoteField } from './NoteField.tsx';
import { useMarks } from './store.ts';
import { colourWords, noteWords } from './words.ts';
import './marks.css';

/** What the user thinks of the pair: its colour, and the note, which is written where it stands. */
export function MarkSection({ detail }: { detail: PairDetail }) {
  const isEditing = useMarks((state) => state.editing === detail.id);
  const live = useList((state) => state.snapshot === null);
  const { id, colour, note } = detail;
  const word = colour === null ? 'Colour' : colourWords[colour];
  if (!live) {
    if (colour === null && note === '') return null;
    return (
      <div className="mark-section">
        {colour !== null && (
          <p className="mark-colour">
            <ColourDot colour={colour} /> {word}
          </p>
        )}
        {note !== '' && <p className="mark-note">{noteWords(note)}</p>}
      </div>
    );
  }
  return (
    <div className="mark-section">
      <Menu
        trigger={
          <Button
            tone="quiet"
            className="mark-colour"
            icon={<ColourDot colour={colour} />}
            aria-label={colour === null ? 'Colour: none' : `Colour: ${word}`}
          >
            {word}
          </Button>
        }
      >
        <ColourItems ids={[id]} colour={colour} />
      </Menu>
      {isEditing ? <Editing key={id} id={id} note={note} /> : <Words id={id} note={note} />}
    </div>
  );
}

const edit = (id: number): void => useMarks.setState({ editing: id, byButton: true });

function Words({ id, note }: { id: number; note: string }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!useMarks.getState().byButton) return;
    useMarks.setState({ byButton: false });
    button.current?.focus();
  }, []);
  // One button for both, so that it keeps the focus when the note comes or goes.
  return (
    <div className="mark-words">
      {note !== '' && <p className="mark-note">{noteWords(note)}</p>}
      <Button
        ref={button}
        tone="quiet"
        icon={note === '' ? <StickyNote size={14} /> : <PencilLine size={13} />}
        aria-label={note === '' ? undefined : 'Edit the note'}
        aria-keyshortcuts="m"
        onClick={() => edit(id)}
      >
        {note === '' ? 'Add a note' : 'Edit'}
      </Button>
    </div>
  );
}

/** To the list, unless a button began the writing. */
function giveFocusBack(): void {
  if (!useMarks.getState().byButton) focusList();
}

/** Leaving the field saves what was written, as Enter does. */
function Editing({ id, note }: { id: number; note: string }) {
  const [text, setText] = useState(note);
  const ended = useRef(false);
  const end = (): boolean => {
    if (ended.current) return false;
    ended.current = true;
    useMarks.setState((state) => (state.editing === id ? { editing: null } : {}));
    return true;
  };
  const save = (): void => {
    if (end() && text.trim() !== note) void markPairs([id], { note: text.trim() });
  };
  return (
    <div className="mark-editing">
      <NoteField
        value={text}
        onChange={setText}
        onSave={() => {
          save();
          giveFocusBack();
        }}
        onCancel={() => {
          end();
          giveFocusBack();
        }}
        onBlur={() => {
          // The focus went where the user wanted it.
          useMarks.setState({ byButton: false });
          save();
        }}
      />
    </div>
  );
}
