import { lazy, Suspense } from 'react';
import { formatBytes } from '../design/format.ts';
import { Segmented } from '../design/Segmented.tsx';
import { latin1 } from '../detail/body/bytes.ts';
import { type BodyKind, type Draft, MOST_BODY_BYTES, withBodyKind } from './draft.ts';
import { isColoured, sourceLanguage } from './sourceLanguage.ts';
import { changeDraft, useCompose } from './store.ts';

const KINDS: readonly { value: BodyKind; label: string }[] = [
  { value: 'none', label: 'None' },
  { value: 'text', label: 'Text' },
  { value: 'base64', label: 'Base64' },
  { value: 'file', label: 'File' },
  { value: 'recorded', label: 'As recorded' },
];

async function takeFile(file: File): Promise<void> {
  if (file.size > MOST_BODY_BYTES) {
    useCompose.setState({ problem: `${file.name} has ${formatBytes(file.size)}; a body that is written here can have 700 KB.` });
    return;
  }
  const base64 = btoa(latin1(new Uint8Array(await file.arrayBuffer())));
  changeDraft({ file: { name: file.name, bytes: file.size, base64 } });
}

/** Loaded when the first body is written. */
const SourceEditor = lazy(async () => ({ default: (await import('./SourceEditor.tsx')).SourceEditor }));

interface PlainProps {
  label: string;
  text: string;
  onChange: (text: string) => void;
}

function Plain({ label, text, onChange }: PlainProps) {
  return (
    <textarea
      aria-label={label}
      className="input mono compose-text"
      spellCheck={false}
      rows={8}
      value={text}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function changeText(text: string): void {
  changeDraft({ text });
}

/** Text in the colours of its language; a long one without. */
function TextBody({ draft: { headers, text } }: { draft: Draft }) {
  if (!isColoured(text)) {
    return (
      <>
        <Plain label="Body as text" text={text} onChange={changeText} />
        <p className="muted">It is longer than 700 KB, so it is shown without colours.</p>
      </>
    );
  }
  return (
    <Suspense fallback={<p className="muted">Loading the editor…</p>}>
      <SourceEditor label="Body as text" text={text} language={sourceLanguage(headers, text)} onChange={changeText} />
    </Suspense>
  );
}

/** The body: written as text or base64, read from a file, or left as it was recorded. */
export function BodyEditor({ draft }: { draft: Draft }) {
  const { bodyKind, recorded } = draft;
  return (
    <section aria-label="Body" className="compose-part">
      <div className="compose-part-head">
        <h3 className="facts-title">Body</h3>
        <Segmented
          label="Body"
          value={bodyKind}
          options={KINDS.filter(({ value }) => value !== 'recorded' || recorded !== null)}
          onChange={(kind) => changeDraft(withBodyKind(draft, kind))}
        />
      </div>
      {bodyKind === 'text' && <TextBody draft={draft} />}
      {bodyKind === 'base64' && <Plain label="Body as base64" text={draft.base64} onChange={(base64) => changeDraft({ base64 })} />}
      {bodyKind === 'file' && (
        <div className="compose-file">
          <input
            type="file"
            aria-label="File with the body"
            onChange={(event) => {
              const [file] = event.target.files ?? [];
              if (file !== undefined) void takeFile(file);
            }}
          />
          {draft.file !== null && <span className="muted">{formatBytes(draft.file.bytes)}</span>}
        </div>
      )}
      {bodyKind === 'recorded' && recorded !== null && (
        <p className="muted">
          The {formatBytes(recorded.bytes)} of pair {recorded.of} are sent as they were recorded
          {recorded.contentEncoding === '' ? '.' : `, ${recorded.contentEncoding} coding included.`}
        </p>
      )}
    </section>
  );
}
