import type { SnippetShell } from '../../proxy-core/rrpair/results.ts';
import { engine, useEngine } from '../api/engine.ts';
import { setPreferences, usePreferences } from '../app/preferences.ts';
import { Code } from '../design/Code.tsx';
import { Segmented } from '../design/Segmented.tsx';
import { useAnswer } from './useAnswer.ts';

const SHELLS: readonly { value: SnippetShell; label: string }[] = [
  { value: 'bash', label: 'bash, zsh' },
  { value: 'fish', label: 'fish' },
  { value: 'powershell', label: 'PowerShell' },
  { value: 'cmd', label: 'cmd' },
];

/** Copy-paste lines for the terminal that starts the application: one command, or the variables alone. */
export function SetupLines({ show }: { show: 'command' | 'both' }) {
  const shell = usePreferences((state) => state.snippetShell);
  const ports = useEngine(
    (state) => `${state.status?.capture.inbound?.port} ${state.status?.capture.outbound?.port} ${state.status?.capture.app}`,
  );
  const { value, problem } = useAnswer(`${shell} ${ports}`, (signal) => engine().setup({ shell }, { signal }));
  return (
    <div className="setup">
      <Segmented label="Shell" value={shell} options={SHELLS} onChange={(next) => setPreferences({ snippetShell: next })} />
      {problem !== '' && <p className="tone-bad">{problem}</p>}
      {value !== null && (
        <>
          {show === 'both' && <h3>Start the application under capture</h3>}
          <Code text={value.command} what="command" />
          {show === 'both' && (
            <>
              <h3>Or paste these lines into its terminal first</h3>
              <Code text={value.lines} what="lines" />
            </>
          )}
        </>
      )}
    </div>
  );
}
