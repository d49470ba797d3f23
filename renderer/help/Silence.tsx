import { X } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import { useEngine } from '../api/engine.ts';
import { useContainers } from '../containers/store.ts';
import { IconButton } from '../design/Button.tsx';
import { visible } from '../design/visible.ts';
import { Checks } from './Doctor.tsx';
import { SILENT_MILLIS, type WatchedSource, watchedSources } from './silence.ts';
import { showHelp } from './store.ts';
import { useDoctor } from './useDoctor.ts';

const NO_CONTAINERS: readonly never[] = [];

/** The checks make calls of their own, which are counted a moment later, ms. */
const COUNTED_MILLIS = 1_500;

/** Appears by itself when something was switched on and nothing came from it for a while: what may be in the way. */
export function Silence() {
  const status = useEngine((state) => state.status);
  const containers = useContainers((state) => state.list) ?? NO_CONTAINERS;
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const [now, setNow] = useState(() => Date.now());
  const [shown, setShown] = useState('');
  const sources = watchedSources(status, containers).filter(({ id }) => !dismissed.has(id));
  const silent = sources.find(({ pairs }) => pairs === 0);
  const due = silent !== undefined && now >= silent.since + SILENT_MILLIS ? silent : undefined;
  const source = sources.find(({ id }) => id === shown) ?? due;
  if (source !== undefined && source.id !== shown) setShown(source.id);
  const since = silent?.since ?? null;
  useEffect(() => {
    if (since === null) return undefined;
    const timer = setTimeout(() => setNow(Date.now()), Math.max(0, since + SILENT_MILLIS - Date.now()) + 1);
    return () => clearTimeout(timer);
  }, [since]);
  if (source === undefined) return null;
  return <Why key={source.id} source={source} onDismiss={() => setDismissed(new Set([...dismissed, source.id]))} />;
}

function Why({ source, onDismiss }: { source: WatchedSource; onDismiss: () => void }) {
  const { checks, running, problem } = useDoctor(source.id);
  const [counted, setCounted] = useState<number | null>(null);
  const count = useEffectEvent(() => setCounted(source.pairs));
  const leave = useEffectEvent(onDismiss);
  useEffect(() => {
    if (running) return undefined;
    const timer = setTimeout(() => count(), COUNTED_MILLIS);
    return () => clearTimeout(timer);
  }, [running]);
  const came = counted !== null && source.pairs > counted;
  useEffect(() => {
    if (came) leave();
  }, [came]);
  const inTheWay = checks.filter(({ outcome }) => outcome === 'failed' || outcome === 'warning');
  return (
    <section className="silence" aria-label="Why do I see nothing?">
      <div className="silence-head">
        <h2>Nothing has come from {visible(source.name)} yet</h2>
        <button type="button" className="link-button" onClick={() => showHelp('route')}>
          Route traffic here
        </button>
        <button type="button" className="link-button" onClick={() => showHelp('doctor')}>
          All checks
        </button>
        <IconButton label="Dismiss" className="icon-button-small" onClick={onDismiss}>
          <X size={13} />
        </IconButton>
      </div>
      <p role="status" className="soft">
        {problem !== '' && problem}
        {problem === '' && running && 'Checking what may be in the way…'}
        {problem === '' &&
          !running &&
          (inTheWay.length === 0
            ? 'Nothing stands in the way: the calls have not been made, or they go past Sidetap.'
            : 'This may be why:')}
      </p>
      {inTheWay.length > 0 && <Checks checks={inTheWay} />}
    </section>
  );
}
