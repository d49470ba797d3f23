import { Send } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../design/Button.tsx';
import { Dialog } from '../design/Dialog.tsx';
import { visible } from '../design/visible.ts';
import { BodyEditor } from './BodyEditor.tsx';
import { CurlPaste } from './CurlPaste.tsx';
import { HeadersEditor } from './HeadersEditor.tsx';
import { changeDraft, closeCompose, loadVersion, sendDraft, useCompose } from './store.ts';
import './compose.css';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** Writes a request and sends it: one that was recorded, changed, or one from scratch. */
export function ComposeDialog() {
  const { draft, original, versions, version, notes, problem, sending } = useCompose();
  const [pasting, setPasting] = useState(false);
  if (draft === null) return null;
  const close = (): void => {
    setPasting(false);
    closeCompose();
  };
  return (
    <Dialog open wide onClose={close} title={original === null ? 'Compose a request' : 'Edit & replay'}>
      <form
        className="compose"
        aria-label="Request"
        onSubmit={(event) => {
          event.preventDefault();
          void sendDraft();
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          void sendDraft();
        }}
      >
        <div className="compose-bar">
          {versions.length > 0 && version !== null && <Versions {...{ versions, version, original }} />}
          <Button tone="quiet" aria-expanded={pasting} onClick={() => setPasting(!pasting)}>
            Paste a curl command
          </Button>
        </div>
        {pasting && <CurlPaste onDone={() => setPasting(false)} />}
        {notes.length > 0 && (
          <ul className="compose-notes tone-warn" aria-label="Not taken over">
            {notes.map((note) => (
              <li key={note} className="captured">
                {visible(note)}
              </li>
            ))}
          </ul>
        )}
        <div className="compose-line">
          <input
            type="text"
            aria-label="Method"
            className="input mono compose-method"
            list="compose-methods"
            spellCheck={false}
            required
            value={draft.method}
            onChange={(event) => changeDraft({ method: event.target.value })}
          />
          <datalist id="compose-methods">
            {METHODS.map((method) => (
              <option key={method} value={method} />
            ))}
          </datalist>
          <input
            type="text"
            aria-label="URL"
            className="input mono"
            placeholder="http://localhost:3000/path"
            spellCheck={false}
            required
            value={draft.url}
            onChange={(event) => changeDraft({ url: event.target.value })}
          />
        </div>
        {draft.target !== null && (
          <label className="field">
            <span>Request target, sent as it stands instead of the URL’s path</span>
            <input
              type="text"
              className="input mono"
              spellCheck={false}
              value={draft.target}
              onChange={(event) => changeDraft({ target: event.target.value === '' ? null : event.target.value })}
            />
          </label>
        )}
        <HeadersEditor headers={draft.headers} />
        <BodyEditor draft={draft} />
        <div className="compose-options">
          <label className="check">
            <input
              type="checkbox"
              checked={draft.automatic}
              onChange={(event) => changeDraft({ automatic: event.target.checked })}
            />
            Add a missing Host, correct the body’s length
          </label>
          <label className="check">
            <input type="checkbox" checked={draft.insecure} onChange={(event) => changeDraft({ insecure: event.target.checked })} />
            Accept an invalid certificate
          </label>
        </div>
        {problem !== '' && (
          <p role="alert" className="tone-bad captured">
            {problem}
          </p>
        )}
        <div className="dialog-buttons">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" tone="primary" icon={<Send size={14} />} disabled={sending} aria-keyshortcuts="Control+Enter">
            {sending ? 'Sending…' : 'Send'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Versions({ versions, version, original }: { versions: readonly number[]; version: number; original: number | null }) {
  return (
    <label className="compose-versions">
      <span className="muted">Begin with</span>
      <select className="select" value={version} onChange={(event) => void loadVersion(Number(event.target.value))}>
        {versions.map((id) => (
          <option key={id} value={id}>
            {id === original ? `what was recorded, pair ${id}` : `what was sent as pair ${id}`}
          </option>
        ))}
      </select>
    </label>
  );
}
