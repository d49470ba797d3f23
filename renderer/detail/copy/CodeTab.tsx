import { Download, EyeOff, KeyRound } from 'lucide-react';
import { useEffect, useState } from 'react';
import { copyFormats } from '../../../proxy-core/rrpair/copy-formats.ts';
import { protocolFacts } from '../../../proxy-core/rrpair/protocols.ts';
import type { PairDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { isAbort, sentenceOf } from '../../api/client.ts';
import { saveFile } from '../../app/saveFile.ts';
import { Button } from '../../design/Button.tsx';
import { Code } from '../../design/Code.tsx';
import { visible } from '../../design/visible.ts';
import { fromBase64 } from '../body/bytes.ts';
import { isDecoded, isHttp } from '../facts.ts';
import { setCopyFormat, useDetailPreferences } from '../preferences.ts';
import { askToReveal } from './actions.ts';
import { formatOf, type Produced, produce, shortName } from './produce.ts';

/** The request as a command or a program, secrets masked until the user decides otherwise. */
export function CodeTab({ detail }: { detail: PairDetail }) {
  const format = formatOf(useDetailPreferences((state) => state.copyFormat));
  // For this pair only: the next one is masked again.
  const [revealed, setRevealed] = useState<number | null>(null);
  const reveal = revealed === detail.id;
  const [result, setResult] = useState<{ id: number; produced: Produced | string } | null>(null);
  const possible = isHttp(detail);
  useEffect(() => {
    if (!possible) return undefined;
    const stop = new AbortController();
    produce(detail.id, format, reveal, stop.signal)
      .then((produced) => {
        if (!stop.signal.aborted) setResult({ id: detail.id, produced });
      })
      .catch((error: unknown) => {
        if (!isAbort(error) && !stop.signal.aborted) setResult({ id: detail.id, produced: sentenceOf(error) });
      });
    return () => stop.abort();
  }, [detail.id, detail.state, format, reveal, possible]);
  if (!possible) {
    const what = isDecoded(detail) ? `A command of ${protocolFacts(detail.protocol).title}` : 'A connection that was not decoded';
    return <p className="pane-note">{what} is no HTTP request, so there is nothing to write as code.</p>;
  }
  const shown = result !== null && result.id === detail.id ? result.produced : null;
  return (
    <div className="pane">
      <div className="pane-bar">
        <label className="labelled">
          <span className="muted">Form</span>
          <select className="select" value={format.id} onChange={(event) => setCopyFormat(event.target.value)}>
            {copyFormats.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
        {shown !== null && typeof shown !== 'string' && (
          <>
            <Button
              tone="quiet"
              icon={<Download size={14} />}
              onClick={() => void saveFile(format.fileName, [shown.text], 'application/octet-stream')}
            >
              Save {format.fileName}
            </Button>
            <Masked
              masked={shown.masked}
              revealed={reveal}
              onReveal={() =>
                askToReveal({
                  what: `this ${shortName(format)}`,
                  masked: shown.masked,
                  yes: 'Show secrets',
                  onYes: () => setRevealed(detail.id),
                })
              }
              onMask={() => setRevealed(null)}
            />
          </>
        )}
      </div>
      {typeof shown === 'string' && <p className="pane-note">{shown}</p>}
      {shown !== null && typeof shown !== 'string' && (
        <>
          <Code text={shown.text} what={`${shortName(format)} code`} />
          {shown.notes.map((note) => (
            <p key={note} className="pane-text">
              {visible(note)}
            </p>
          ))}
          {shown.bodyFile !== null && <BodyFile file={shown.bodyFile} />}
        </>
      )}
    </div>
  );
}

interface MaskedProps {
  masked: readonly string[];
  revealed: boolean;
  onReveal: () => void;
  onMask: () => void;
}

function Masked({ masked, revealed, onReveal, onMask }: MaskedProps) {
  if (revealed) {
    return (
      <>
        <span className="tone-warn">Secrets are shown.</span>
        <Button tone="quiet" icon={<EyeOff size={14} />} onClick={onMask}>
          Mask them
        </Button>
      </>
    );
  }
  if (masked.length === 0) return <span className="muted">Nothing in it is masked.</span>;
  return (
    <>
      <span className="muted masked-names captured" title={visible(masked.join(', '))}>
        Masked: {visible(masked.join(', '))}
      </span>
      <Button tone="quiet" icon={<KeyRound size={14} />} onClick={onReveal}>
        Reveal…
      </Button>
    </>
  );
}

function BodyFile({ file }: { file: NonNullable<Produced['bodyFile']> }) {
  return (
    <p className="pane-text">
      The body is too large or too binary to stand in it. It is read from a file.
      <Button
        icon={<Download size={14} />}
        onClick={() => void saveFile(file.name, [fromBase64(file.base64)], 'application/octet-stream')}
      >
        Save {file.name}
      </Button>
    </p>
  );
}
