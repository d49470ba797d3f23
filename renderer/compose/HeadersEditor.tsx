import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react';
import { type KeyboardEvent, useRef } from 'react';
import { flushSync } from 'react-dom';
import { announce } from '../design/announce.ts';
import { Button, IconButton } from '../design/Button.tsx';
import { type DraftHeader, draftHeader, moved } from './draft.ts';
import { changeDraft } from './store.ts';

function change(headers: readonly DraftHeader[]): void {
  changeDraft({ headers });
}

/** Header fields in the order in which they are sent. Alt and an arrow moves the one that has the focus. */
export function HeadersEditor({ headers }: { headers: readonly DraftHeader[] }) {
  const list = useRef<HTMLUListElement>(null);
  const focusName = (at: number): void => {
    list.current?.querySelectorAll<HTMLElement>('.compose-name')[at]?.focus();
  };
  const move = (at: number, step: -1 | 1): void => {
    const next = moved(headers, at, step);
    if (next === headers) return;
    change(next);
    announce(`Moved to place ${at + step + 1} of ${headers.length}`);
  };
  const add = (): void => {
    // Whoever types on at once types into it.
    flushSync(() => change([...headers, draftHeader('', '')]));
    focusName(headers.length);
  };
  const remove = (at: number): void => {
    flushSync(() => change(headers.toSpliced(at, 1)));
    announce('Header removed');
    focusName(Math.min(at, headers.length - 2));
  };
  const onKey = (event: KeyboardEvent, at: number): void => {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (!event.altKey || step === 0) return;
    event.preventDefault();
    move(at, step);
  };
  return (
    <section aria-label="Headers" className="compose-part">
      <div className="compose-part-head">
        <h3 className="facts-title">Headers</h3>
        <Button tone="quiet" icon={<Plus size={13} />} onClick={add}>
          Add header
        </Button>
      </div>
      <ul ref={list} className="compose-headers">
        {headers.map(({ key, name, value }, at) => {
          const put = (field: DraftHeader): void => change(headers.with(at, field));
          const which = name === '' ? `header ${at + 1}` : name;
          return (
            <li key={key} className="compose-header" onKeyDown={(event) => onKey(event, at)}>
              <input
                type="text"
                aria-label={`Name of header ${at + 1}`}
                className="input mono compose-name"
                spellCheck={false}
                value={name}
                onChange={(event) => put({ key, name: event.target.value, value })}
              />
              <input
                type="text"
                aria-label={`Value of ${which}`}
                className="input mono"
                spellCheck={false}
                value={value}
                onChange={(event) => put({ key, name, value: event.target.value })}
              />
              <IconButton label={`Move ${which} up`} keys="Alt ↑" disabled={at === 0} onClick={() => move(at, -1)}>
                <ArrowUp size={14} />
              </IconButton>
              <IconButton
                label={`Move ${which} down`}
                keys="Alt ↓"
                disabled={at === headers.length - 1}
                onClick={() => move(at, 1)}
              >
                <ArrowDown size={14} />
              </IconButton>
              <IconButton label={`Remove ${which}`} onClick={() => remove(at)}>
                <Trash2 size={14} />
              </IconButton>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
