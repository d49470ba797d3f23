import { Download } from 'lucide-react';
import { useState } from 'react';
import { engine } from '../api/engine.ts';
import { saveFile } from '../app/saveFile.ts';
import { Button } from '../design/Button.tsx';
import { Code } from '../design/Code.tsx';
import { CopyButton } from '../design/CopyButton.tsx';
import { stepOf } from './steps.ts';
import { useAnswer } from './useAnswer.ts';

/** The system that the window runs on comes first to mind. */
const OWN_SYSTEM = /mac/i.test(navigator.platform) ? /macos/i : /win/i.test(navigator.platform) ? /windows/i : /debian/i;

export function TrustHelp() {
  const { value, problem } = useAnswer('certificates', (signal) => engine().certificates(undefined, { signal }));
  const [chosen, setChosen] = useState<string | null>(null);
  if (problem !== '') return <p className="tone-bad">{problem}</p>;
  if (value === null) return <p className="muted">Loading…</p>;
  const shown =
    value.instructions.find((entry) => entry.id === chosen) ??
    value.instructions.find((entry) => OWN_SYSTEM.test(entry.title)) ??
    value.instructions[0];
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
            {shown.steps.map((step) => {
              const { text, command } = stepOf(step);
              return (
                <div key={step} className="trust-step">
                  {text !== '' && <p className="soft">{text}</p>}
                  {command !== '' && <Code text={command} what="command" />}
                </div>
              );
            })}
          </div>
        )}
      </div>
    </>
  );
}
