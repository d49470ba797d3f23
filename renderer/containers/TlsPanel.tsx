import { CircleCheck, CircleDashed, LoaderCircle, ShieldAlert, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { Container, TrustMethod } from '../../proxy-core/rrpair/containers.ts';
import { Button } from '../design/Button.tsx';
import { Sentence } from '../design/Sentence.tsx';
import { Switch } from '../design/Switch.tsx';
import { visible } from '../design/visible.ts';
import { giveServerKey, switchContainer, trustCa, undoTrust } from './actions.ts';
import { isOn, shownState } from './states.ts';
import { showDialog, useContainers } from './store.ts';

type How = Exclude<TrustMethod, 'image'>;

interface Fix {
  how: How;
  title: string;
  /** What it changes, and for whom that is enough. */
  says: string;
  button: string;
  /** What it interrupts, asked before it is done; empty when it interrupts nothing. */
  warning: string;
}

const FIXES: readonly Fix[] = [
  {
    how: 'bundle',
    title: 'Add the certificate to the running container',
    says: 'Puts Sidetap’s certificate into the system’s list inside the container. Nothing stops. Enough for what reads that list for every connection: curl, wget, git, Ruby, .NET.',
    button: 'Add it',
    warning: '',
  },
  {
    how: 'restart',
    title: 'Add it, and restart the container',
    says: 'The same, then restarts it in place. For what reads the list only when it starts: Go, PHP, nginx, Python with the system’s certificates.',
    button: 'Add and restart',
    warning: 'It restarts now: its open connections break, and it answers again when it is up.',
  },
  {
    how: 'twin',
    title: 'Let a twin take its place',
    says: 'Starts a copy with the same settings, networks and volumes, and with the variables that make Node, Java, Python and the others trust the certificate. The original is stopped and kept; it comes back when you switch off.',
    button: 'Start the twin',
    warning:
      'The original stops now and the twin starts: open connections break, and what is only in its memory or its own file system is not there until it comes back.',
  },
];

const APPLIED: Readonly<Record<TrustMethod, string>> = {
  bundle: 'Sidetap’s certificate is in this container’s system list.',
  restart: 'Sidetap’s certificate is in this container’s system list, and it was restarted.',
  twin: 'A twin runs in its place. The original is stopped and kept.',
  image: 'It was started by Sidetap, with trust in place.',
};

const STATES: Readonly<Record<Container['trust']['state'], string>> = {
  unknown: 'No TLS connection of this container was seen yet.',
  trusted: 'TLS of this container is read.',
  partly: 'Some of its TLS is not read.',
  untrusted: 'This container does not trust Sidetap’s certificate, so its TLS is not read.',
};

/** Everything about a container's TLS: what is read, what is not, and the ways to change that. */
export function TlsPanel({ container }: { container: Container }) {
  const wanted = useContainers((state) => state.wanted.get(container.name));
  const problem = useContainers((state) => state.tlsProblems.get(container.name));
  const { trust, name } = container;
  const shown = shownState(container, wanted);
  const error = problem ?? trust.error;
  return (
    <>
      {trust.busy === '' && <State container={container} />}
      <div role="status" className="tls-busy-region">
        {trust.busy !== '' && (
          <p className="tls-busy">
            <LoaderCircle size={15} aria-hidden className="spin" /> {visible(trust.busy)}…
          </p>
        )}
      </div>
      {error !== '' && trust.busy === '' && (
        <p
          role="alert"
          className={`container-problem captured ${problem === undefined && trust.applied !== null ? 'container-problem-partly' : ''}`}
        >
          <Sentence text={error} />
        </p>
      )}
      {trust.applied !== null && (
        <div className="tls-applied">
          <p>
            {APPLIED[trust.applied]}
            {trust.applied !== 'image' && <span className="soft"> Switching capture off undoes it too.</span>}
          </p>
          {trust.applied !== 'image' && (
            <Button icon={<Undo2 size={14} />} disabled={trust.busy !== ''} onClick={() => void undoTrust(name)}>
              Undo
            </Button>
          )}
        </div>
      )}
      {trust.busy !== '' ? null : isOn(shown) ? (
        <Fixes container={container} />
      ) : (
        <div className="tls-applied">
          <p>Switch its capture on to see which of its TLS is read, and to change that.</p>
          <Switch label={`Capture ${name}`} checked={false} onChange={() => void switchContainer(container, true)} />
        </div>
      )}
      <section className="tls-inbound">
        <div>
          <h3>TLS that it serves itself</h3>
          <p className="soft">
            {trust.serverKey
              ? 'Sidetap reads it with the key pair that you gave.'
              : 'Calls to this container over TLS are read when Sidetap has its certificate and key.'}
          </p>
        </div>
        {trust.serverKey && <Button onClick={() => void giveServerKey(name, null)}>Forget it</Button>}
        <Button onClick={() => showDialog('key', name)}>{trust.serverKey ? 'Replace…' : 'Give key pair…'}</Button>
      </section>
    </>
  );
}

function State({ container: { trust } }: { container: Container }) {
  return (
    <>
      <div className="tls-state">
        {trust.state === 'trusted' ? (
          <CircleCheck size={18} className="tone-ok" aria-hidden />
        ) : trust.state === 'unknown' ? (
          <CircleDashed size={18} className="muted" aria-hidden />
        ) : (
          <ShieldAlert size={18} className="tone-warn" aria-hidden />
        )}
        <div>
          <p>{STATES[trust.state]}</p>
          {trust.refused.length > 0 && (
            <p className="soft">These calls still work; they only stay unread. New connections are tried anew after a fix.</p>
          )}
        </div>
      </div>
      {trust.refused.length > 0 && (
        <ul className="refused" aria-label="Destinations that are not read">
          {trust.refused.map(({ destination, reason }) => (
            <li key={destination}>
              <span className="mono captured">{visible(destination)}</span>
              <span className="soft captured">{visible(reason)}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Fixes({ container: { name, trust } }: { container: Container }) {
  const [asked, setAsked] = useState<How | null>(null);
  // Each goes further than the one before.
  const left = trust.applied === 'image' ? [] : FIXES.slice(FIXES.findIndex(({ how }) => how === trust.applied) + 1);
  if (left.length === 0) return null;
  const apply = (how: How): void => {
    setAsked(null);
    void trustCa(name, how);
  };
  return (
    <section aria-label="Ways to make it trust the certificate">
      <ol className="fixes">
        {left.map((fix) => (
          <li key={fix.how} className="fix">
            <div>
              <h3>{fix.title}</h3>
              <p className="soft">{fix.says}</p>
            </div>
            {asked === fix.how ? (
              <div className="fix-sure" role="group" aria-label={`Confirm: ${fix.title}`}>
                <p>{fix.warning}</p>
                <div className="fix-actions">
                  {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the button that was pressed is gone, and this one takes its place */}
                  <Button tone="primary" autoFocus onClick={() => apply(fix.how)}>
                    {fix.button}
                  </Button>
                  <Button onClick={() => setAsked(null)}>Cancel</Button>
                </div>
              </div>
            ) : (
              <Button disabled={trust.busy !== ''} onClick={() => (fix.warning === '' ? apply(fix.how) : setAsked(fix.how))}>
                {fix.button}
                {fix.warning === '' ? '' : '…'}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
