import { ArrowDownLeft, ArrowUpRight, ChevronRight } from 'lucide-react';
import { useEngine } from '../api/engine.ts';
import { setPreferences, usePreferences } from '../app/preferences.ts';
import { CopyButton } from '../design/CopyButton.tsx';
import { formatCount, plural } from '../design/format.ts';
import { Switch } from '../design/Switch.tsx';
import { portOf, switchCapture, useSources } from './actions.ts';

/** `http://localhost:3000` as `:3000`; other machines keep their name. */
const shortUrl = (url: string): string =>
  url
    .replace(/^http:\/\//, '')
    .replace(/\/$/, '')
    .replace(/^(?:localhost|127\.0\.0\.1|\[::1\])(?=:)/, '');

/** The application on this machine, with the switch of its capture. */
export function LocalSource() {
  const capture = useEngine((state) => state.status?.capture ?? null);
  const connected = useEngine((state) => state.link === 'open');
  const { busy, problem } = useSources();
  const app = usePreferences((state) => state.app);
  const on = capture !== null && (capture.state === 'on' || capture.state === 'stopping');
  const moving = capture?.state === 'starting' || capture?.state === 'stopping';
  return (
    <section className="source" aria-label="Local app">
      <div className="source-head">
        <span className={`source-dot ${on ? 'source-dot-on' : ''}`} aria-hidden />
        <h3>Local app</h3>
        <Switch
          label="Capture the local app"
          checked={on}
          busy={busy !== '' || moving || !connected}
          onChange={(next) => void switchCapture(next)}
        />
      </div>
      {on ? (
        <>
          <dl className="ports">
            {capture.inbound !== null && (
              <Port
                direction="in"
                title="Inbound"
                address={capture.inbound.url}
                count={capture.pairsIn}
                to={capture.app === null ? '' : shortUrl(capture.app)}
              />
            )}
            {capture.outbound !== null && (
              <Port direction="out" title="Outbound" address={capture.outbound.url} count={capture.pairsOut} to="" />
            )}
          </dl>
          <p className="source-note">{plural(capture.connections, 'open connection')}</p>
        </>
      ) : (
        <form
          className="source-form"
          onSubmit={(event) => {
            event.preventDefault();
            void switchCapture(true);
          }}
        >
          <label className="field">
            <span>Port or URL of your app</span>
            <input
              type="text"
              className="input"
              value={app}
              placeholder="3000"
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => setPreferences({ app: event.target.value })}
            />
          </label>
          <Options />
        </form>
      )}
      {problem?.of === 'capture' && (
        <p role="alert" className="source-problem">
          {problem.sentence}
        </p>
      )}
    </section>
  );
}

interface PortProps {
  direction: 'in' | 'out';
  title: string;
  address: string;
  /** Where it leads, where that is fixed. */
  to: string;
  count: number;
}

function Port({ direction, title, address, to, count }: PortProps) {
  const short = shortUrl(address);
  return (
    <div className="port">
      <dt title={title}>
        {direction === 'in' ? (
          <ArrowDownLeft size={14} className="direction-in" aria-hidden />
        ) : (
          <ArrowUpRight size={14} className="direction-out" aria-hidden />
        )}
        <span className="sr-only">{title}</span>
      </dt>
      <dd>
        <span className="port-address mono" title={`${title}: ${address}${to === '' ? '' : ` leads to ${to}`}`}>
          {short}
          {to !== '' && <span className="muted"> → {to}</span>}
        </span>
        <CopyButton text={address} what={`${title.toLowerCase()} address`} />
        <span className="port-count" title={`${title} pairs since capture started`}>
          {formatCount(count)}
        </span>
      </dd>
    </div>
  );
}

function Options() {
  const { inPort, outPort, insecureUpstream } = usePreferences();
  return (
    <details className="options">
      <summary>
        <ChevronRight size={13} aria-hidden /> Options
      </summary>
      <div className="options-ports">
        <label className="field">
          <span>In port</span>
          <input
            type="text"
            inputMode="numeric"
            className="input"
            placeholder="4143"
            value={inPort}
            aria-invalid={portOf(inPort) === null}
            onChange={(event) => setPreferences({ inPort: event.target.value })}
          />
        </label>
        <label className="field">
          <span>Out port</span>
          <input
            type="text"
            inputMode="numeric"
            className="input"
            placeholder="4140"
            value={outPort}
            aria-invalid={portOf(outPort) === null}
            onChange={(event) => setPreferences({ outPort: event.target.value })}
          />
        </label>
      </div>
      <label className="check">
        <input
          type="checkbox"
          checked={insecureUpstream}
          onChange={(event) => setPreferences({ insecureUpstream: event.target.checked })}
        />
        Accept invalid server certificates
      </label>
    </details>
  );
}
