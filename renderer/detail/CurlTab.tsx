import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { CurlExport } from '../../proxy-core/rrpair/results.ts';
import type { PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { isAbort, sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { setPreferences, usePreferences } from '../app/preferences.ts';
import { saveFile } from '../app/saveFile.ts';
import { Button } from '../design/Button.tsx';
import { Code } from '../design/Code.tsx';
import { Segmented } from '../design/Segmented.tsx';
import { fromBase64 } from './body/bytes.ts';
import { isHttp, shells } from './DetailActions.tsx';

export function CurlTab({ detail }: { detail: PairDetail }) {
  const shell = usePreferences((state) => state.curlShell);
  const [reveal, setReveal] = useState(false);
  const [result, setResult] = useState<CurlExport | string | null>(null);
  const possible = isHttp(detail);
  useEffect(() => {
    if (!possible) return undefined;
    const stop = new AbortController();
    const run = async (): Promise<void> => {
      try {
        setResult(await engine().export.curl({ id: detail.id, shell, reveal }, { signal: stop.signal }));
      } catch (error) {
        if (!isAbort(error)) setResult(sentenceOf(error));
      }
    };
    void run();
    return () => stop.abort();
  }, [detail.id, detail.state, shell, reveal, possible]);
  if (!possible) return <p className="pane-note">A connection that was not decoded has no curl command.</p>;
  return (
    <div className="pane">
      <div className="pane-bar">
        <Segmented label="Shell" value={shell} options={shells} onChange={(value) => setPreferences({ curlShell: value })} />
        <label className="check">
          <input type="checkbox" checked={reveal} onChange={(event) => setReveal(event.target.checked)} />
          With secrets
        </label>
        {result !== null && typeof result !== 'string' && result.masked.length > 0 && (
          <span className="muted">Masked: {result.masked.join(', ')}</span>
        )}
      </div>
      {typeof result === 'string' && <p className="pane-note">{result}</p>}
      {result !== null && typeof result !== 'string' && (
        <>
          <Code text={result.command} what="curl command" />
          {result.notes.map((note) => (
            <p key={note} className="pane-text">
              {note}
            </p>
          ))}
          {result.bodyFile !== null && <BodyFile file={result.bodyFile} />}
        </>
      )}
    </div>
  );
}

function BodyFile({ file }: { file: NonNullable<CurlExport['bodyFile']> }) {
  return (
    <p className="pane-text">
      The body is too large or too binary for a command line. The command reads it from a file.
      <Button
        icon={<Download size={14} />}
        onClick={() => void saveFile(file.name, [fromBase64(file.base64)], 'application/octet-stream')}
      >
        Save {file.name}
      </Button>
    </p>
  );
}
