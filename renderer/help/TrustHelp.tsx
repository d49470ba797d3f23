import { Download } from 'lucide-react';
import { useState } from 'react';
import { engine } from '../api/engine.ts';
import { saveFile } from '../app/saveFile.ts';
import { Button } from '../design/Button.tsx';
import { Code } from '../design/Code.tsx';
import { CopyButton } from '../design/CopyButton.tsx';
import { useAnswer } from './useAnswer.ts';

/** Whether a step is something to type rather than something to read. */
export function isCommand(step: string): boolean {
  return !/^[A-Z][a-z]+\b.*[.:]$|^[A-Z][a-z]+ [a-z]+ [a-z]+/.test(step.trim());
}

export function TrustHelp() {
  const { value, problem } = useAnswer('certificates', (signal) => engine().certificates(undefined, { signal }));
  const [chosen, setChosen] = useState<string | null>(null);
  if (problem !== '') return <p className="tone-bad">{problem}</p>;
  if (value === null) return <p className="muted">Loading…</p>;
  const shown = value.instructions.find((entry) => entry.id === chosen) ?? value.instructions[0];
  return (
    <>
      <dl className="facts-list">
        <div className="fact">
          <dt>File</dt>
          <dd>
            <span className="mono captured">{value.caPath}</span>
            <CopyButton text={value.caPath} what="path" />
          </dd>
        </div>
        <div className="fact">
          <dt>SHA-256</dt>
          <dd>
            <span className="mono captured">{value.sha256}</span>
            <CopyButton text={value.sha256} what="fingerprint" />
          </dd>
        </div>
        <div className="fact">
          <dt>Valid until</dt>
          <dd>{new Date(value.notAfter).toLocaleDateString(undefined, { dateStyle: 'long' })}</dd>
        </div>
      </dl>
      <div>
        <Button
          icon={<Download size={14} />}
          onClick={() => void saveFile('sidetap-ca.pem', [value.pem], 'application/x-pem-file')}
        >
          Save certificate
        </Button>
      </div>
      <div className="trust">
        <ul className="trust-list" aria-label="System or runtime">
          {value.instructions.map((entry) => (
            <li key={entry.id}>
              <button type="button" className="nav-button" aria-pressed={entry === shown} onClick={() => setChosen(entry.id)}>
                {entry.title}
              </button>
            </li>
          ))}
        </ul>
        {shown !== undefined && (
          <div className="trust-steps" aria-live="polite">
            <h3>{shown.title}</h3>
            {shown.steps.map((step) =>
              isCommand(step) ? <Code key={step} text={step} what="command" /> : <p key={step}>{step}</p>,
            )}
          </div>
        )}
      </div>
    </>
  );
}
