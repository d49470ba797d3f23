import { useEffect, useState } from 'react';
import { focusList } from '../app/focus.ts';
import { Button } from '../design/Button.tsx';
import { Dialog } from '../design/Dialog.tsx';
import { plural } from '../design/format.ts';
import { markPairs } from './actions.ts';
import { NoteField } from './NoteField.tsx';
import { useMarks } from './store.ts';
import './marks.css';

const close = (): void => useMarks.setState({ dialog: null });

/** A note for one pair whose details are not in sight, or one for several. */
export function NoteDialog() {
  const dialog = useMarks((state) => state.dialog);
  return dialog === null ? null : <Writing ids={dialog.ids} note={dialog.note} />;
}

function Writing({ ids, note }: { ids: readonly number[]; note: string }) {
  const [text, setText] = useState(note);
  const [only] = ids;
  const several = ids.length > 1;
  // Who empties a field takes the note away; an empty one for several pairs is more likely a slip.
  const useless = text.trim() === note;
  const [before] = useState(() => document.activeElement);
  // The field takes the focus sooner than the dialog could see where it was.
  useEffect(
    () => () => {
      requestAnimationFrame(() => {
        if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus();
        else focusList();
      });
    },
    [before],
  );
  const save = (): void => {
    close();
    if (!useless) void markPairs(ids, { note: text.trim() });
  };
  return (
    <Dialog
      open
      onClose={close}
      title={several ? `Note on ${plural(ids.length, 'pair')}` : `Note on pair ${String(only)}`}
      description={several ? 'It takes the place of notes that are there; that can be undone.' : undefined}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <NoteField value={text} onChange={setText} onSave={save} />
        <div className="dialog-buttons">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" tone="primary" disabled={useless}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
