import { ArrowRight, CircleCheck, CircleDashed, FilterX } from 'lucide-react';
import { useEngine } from '../api/engine.ts';
import { setPreferences, usePreferences } from '../app/preferences.ts';
import { Button } from '../design/Button.tsx';
import { Code } from '../design/Code.tsx';
import { plural } from '../design/format.ts';
import { clearFilter } from '../filter/actions.ts';
import { SetupLines, StartCommand } from '../help/SetupLines.tsx';
import { showHelp } from '../help/store.ts';
import { setQuestion } from '../list/actions.ts';
import { useList } from '../list/store.ts';
import { switchCapture, switchDemo, useSources } from '../sources/actions.ts';
import './empty.css';

/** Nothing matches the filter: what one can do about it. */
export function NoMatch() {
  const hidden = useList((state) => state.hiddenNoise);
  const filter = useList((state) => state.filter);
  return (
    <div className="no-match">
      <FilterX size={22} aria-hidden className="muted" />
      <p>{filter === '' ? 'Only health checks and probes so far.' : 'Nothing matches this filter.'}</p>
      <div className="no-match-actions">
        {filter !== '' && <Button onClick={clearFilter}>Clear filter</Button>}
        {hidden > 0 && (
          <Button onClick={() => setQuestion({ noise: true })}>
            Show {plural(hidden, 'health check or probe', 'health checks and probes')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Three ways to the first pair in under a minute. */
export function Empty() {
  const capture = useEngine((state) => state.status?.capture ?? null);
  const inbound = capture?.inbound ?? null;
  const on = capture?.state === 'on';
  const { busy, problem } = useSources();
  return (
    <div className="empty">
      <div className="empty-inner">
        <h2>{on ? 'Waiting for the first request' : 'See every request in and out of your app'}</h2>
        <p className="soft empty-lead">
          {on ? 'Capture is on. Send some traffic through it in one of these ways.' : 'Start with whichever is quickest.'}
        </p>
        <ol className="ways">
          <li className="way">
            <h3>Start your app under capture</h3>
            <p className="soft">
              {on
                ? 'Paste these lines into its terminal, then start it: they set the proxy and the certificate.'
                : 'One command in your project sets the proxy and the certificate for it.'}
            </p>
            {on ? <SetupLines show="command" /> : <StartCommand />}
          </li>
          <li className="way">
            <h3>Call an app that is already running</h3>
            {inbound !== null ? (
              <>
                <p className="soft">Call the inbound port; it leads to {capture?.app}.</p>
                <Code text={`curl ${inbound.url}/`} what="curl command" />
              </>
            ) : (
              <CallForm />
            )}
          </li>
          <li className="way">
            <h3>Try the demo</h3>
            <p className="soft">A small shop with steady traffic, slow answers and errors included.</p>
            <Button tone={on ? 'plain' : 'primary'} disabled={busy !== ''} onClick={() => void switchDemo(true)}>
              {busy === 'demo' ? 'Starting…' : 'Start the demo shop'}
            </Button>
            {problem?.of === 'demo' && <p className="tone-bad">{problem.sentence}</p>}
          </li>
        </ol>
        <Checked />
      </div>
    </div>
  );
}

function CallForm() {
  const app = usePreferences((state) => state.app);
  const { busy, problem } = useSources();
  return (
    <form
      className="call-form"
      onSubmit={(event) => {
        event.preventDefault();
        void switchCapture(true);
      }}
    >
      <p className="soft">Say where it listens, and get a port that shows every call to it.</p>
      <div className="call-row">
        <input
          type="text"
          className="input"
          aria-label="Port or URL of the running app"
          placeholder="3000"
          spellCheck={false}
          value={app}
          onChange={(event) => setPreferences({ app: event.target.value })}
        />
        <Button type="submit" disabled={busy !== '' || app.trim() === ''}>
          Start capture
        </Button>
      </div>
      {problem?.of === 'capture' && <p className="tone-bad">{problem.sentence}</p>}
    </form>
  );
}

/** What is known to be in order while nothing arrives. */
function Checked() {
  const { status, link } = useEngine();
  const capture = status?.capture ?? null;
  const inbound = capture?.inbound ?? null;
  const outbound = capture?.outbound ?? null;
  const connections = capture?.connections ?? 0;
  const lines: [boolean, string][] = [
    [link === 'open', link === 'open' ? 'Sidetap’s engine is running' : 'Sidetap’s engine is not connected'],
    inbound === null
      ? [false, 'No inbound port yet: capture is off, or no app was given']
      : [true, `Inbound port ${inbound.port} listens, for ${capture?.app ?? ''}`],
    outbound === null ? [false, 'No outbound port yet: capture is off'] : [true, `Outbound port ${outbound.port} listens`],
    connections === 0 ? [false, 'No connection has come in'] : [true, plural(connections, 'open connection')],
  ];
  return (
    <section className="checked" aria-label="What was checked">
      <ul>
        {lines.map(([fine, text]) => (
          <li key={text}>
            {fine ? (
              <CircleCheck size={14} className="tone-ok" aria-label="yes" />
            ) : (
              <CircleDashed size={14} className="muted" aria-label="not yet" />
            )}
            {text}
          </li>
        ))}
      </ul>
      <button type="button" className="link-button empty-doctor" onClick={() => showHelp('doctor')}>
        Why do I see nothing? Run all checks <ArrowRight size={13} aria-hidden />
      </button>
    </section>
  );
}
