import { FilterX } from 'lucide-react';
import { useEngine } from '../api/engine.ts';
import { setPreferences, usePreferences } from '../app/preferences.ts';
import { Button } from '../design/Button.tsx';
import { Code } from '../design/Code.tsx';
import { plural } from '../design/format.ts';
import { clearFilter } from '../filter/actions.ts';
import { SetupLines, StartCommand } from '../help/SetupLines.tsx';
import { setQuestion } from '../list/actions.ts';
import { useList } from '../list/store.ts';
import { switchCapture, switchDemo, useSources } from '../sources/actions.ts';
import { LaunchButtons } from '../sources/LaunchButtons.tsx';
import { Checked } from './Checked.tsx';
import { ContainerWay } from './ContainerWay.tsx';
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
  const capturing = useEngine((state) => state.status?.docker.capturing ?? 0);
  const any = on || capturing > 0;
  const { busy, problem } = useSources();
  return (
    <div className="empty">
      <div className="empty-inner">
        <h2>{any ? 'Waiting for the first request' : 'See every request in and out of your app'}</h2>
        <p className="soft empty-lead">
          {capturing > 0
            ? `${plural(capturing, 'container')} captured. The next request into or out of ${capturing === 1 ? 'it' : 'them'} appears here.`
            : on
              ? 'Capture is on. Send some traffic through it in one of these ways.'
              : 'Start with whichever is quickest.'}
        </p>
        <ol className="ways">
          <li className="way">
            <h3>Switch on a container</h3>
            <ContainerWay />
          </li>
          <li className="way">
            <h3>Start your app under capture</h3>
            <p className="soft">Open a terminal for it, or a browser, with one click: what happens in it is captured.</p>
            <LaunchButtons words />
            <p className="soft way-or">
              {on
                ? 'Or paste these lines into a terminal, then start it: they set the proxy and the certificate.'
                : 'Or use one command in your project: it sets the proxy and the certificate.'}
            </p>
            {on ? <SetupLines show="command" /> : <StartCommand />}
            {inbound !== null ? (
              <>
                <p className="soft way-or">Or call the inbound port; it leads to {capture?.app}.</p>
                <Code text={`curl ${inbound.url}/`} what="curl command" />
              </>
            ) : (
              <CallForm />
            )}
          </li>
          <li className="way">
            <h3>Try the demo</h3>
            <p className="soft">A small shop with steady traffic, slow answers and errors included.</p>
            <Button disabled={busy !== ''} onClick={() => void switchDemo(true)}>
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
      <p className="soft way-or">Or, where it runs already, say where it listens and get a port that shows every call to it.</p>
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
