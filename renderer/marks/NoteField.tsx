import { useEffect, useRef, useState } from 'react';
import { limits } from '../../proxy-core/limits.ts';
import { formatCount } from '../design/format.ts';

/** Characters left from which on it is said how many. */
const SAY_LEFT = 200;

interface NoteFieldProps {
  value: string;
  onChange: (value: string) => void;
  onSave: () => void;
  onCancel?: () => void;
  onBlur?: () => void;
}

/** A field for a note, which takes the focus. Enter saves; with Shift it begins a line. */
export function NoteField({ value, onChange, onSave, onCancel, onBlur }: NoteFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [started] = useState(value);
  useEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(started.length, started.length);
  }, [started]);
  const left = limits.noteChars - value.length;
  return (
    <>
      <textarea
        ref={field}
        className="input note-field"
        aria-label="Note"
        aria-keyshortcuts="Enter Escape"
        rows={Math.min(8, Math.max(2, value.split('\n').length))}
        maxLength={limits.noteChars}
        placeholder="What is worth remembering about it"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onBlur={onBlur}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault();
            onSave();
          } else if (event.key === 'Escape' && onCancel !== undefined) {
            // It ends the writing, not what it stands in.
            event.preventDefault();
            event.stopPropagation();
            onCancel();
          }
        }}
      />
      <p className="note-hint">
        <kbd className="key">Enter</kbd> saves, <kbd className="key">Shift</kbd> <kbd className="key">Enter</kbd> begins a line
        {left < SAY_LEFT && <span role="status"> · {formatCount(left)} characters left</span>}
      </p>
    </>
  );
}
