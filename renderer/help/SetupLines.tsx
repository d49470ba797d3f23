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

const USUAL_PORT = '3000';

/** The command that switches capture on and starts the application under it: the same in every shell. */
export function StartCommand() {
  const app = usePreferences((state) => state.app.trim());
  // What is typed in the field goes into a command line: nothing but an address does.
  const port = /^[\w.:/[\]-]+$/.test(app) ? app : USUAL_PORT;
  return <Code text={`sidetap start capture --port ${port} -- npm start`} what="command" />;
}

/** Copy-paste lines for the terminal that starts the application while capture is on: one command, or the variables alone. */
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
      {value !== null && show === 'both' && (
        <>
          <h3>Paste these lines into the terminal that starts the application</h3>
          <Code text={value.lines} what="lines" />
          <h3>Or start it with this command, where no capture is on yet</h3>
          <Code text={value.command} what="command" />
        </>
      )}
      {value !== null && show === 'command' && <Code text={value.lines} what="lines" />}
    </div>
  );
}
