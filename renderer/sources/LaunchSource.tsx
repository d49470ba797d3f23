import { Square, X } from 'lucide-react';
import type { Launched } from '../../proxy-core/rrpair/launched.ts';
import { IconButton } from '../design/Button.tsx';
import { LaunchButtons } from './LaunchButtons.tsx';
import { closeLaunched, useLaunched } from './launch.ts';

const STATES: Readonly<Record<Launched['state'], string>> = {
  starting: 'opening…',
  open: '',
  closing: 'closing…',
  ended: 'ended',
};

/** A terminal and browsers under capture: opened here, closed here or with the capture. */
export function LaunchSource() {
  const launched = useLaunched();
  return (
    <section className="source" aria-label="Terminal and browsers">
      <div className="source-head">
        <span className={`source-dot ${launched.some(({ state }) => state === 'open') ? 'source-dot-on' : ''}`} aria-hidden />
        <h3>Open under capture</h3>
        <LaunchButtons />
      </div>
      {launched.length > 0 && (
        <ul className="launched" aria-label="Opened under capture">
          {launched.map((each) => (
            <LaunchedItem key={each.id} launched={each} />
          ))}
        </ul>
      )}
    </section>
  );
}

function LaunchedItem({ launched }: { launched: Launched }) {
  const { program, state, note } = launched;
  const over = state === 'ended';
  return (
    <li>
      <div className="launched-line">
        <span className={over ? 'truncate muted' : 'truncate'}>{program}</span>
        <span className="launched-state">{STATES[state]}</span>
        <IconButton
          label={over ? `Remove ${program}` : `Close ${program}`}
          className="icon-button-small"
          disabled={state === 'starting' || state === 'closing'}
          onClick={() => void closeLaunched(launched)}
        >
          {over ? <X size={13} /> : <Square size={11} fill="currentColor" />}
        </IconButton>
      </div>
      {note !== '' && !over && <p className="launched-note">{note}</p>}
    </li>
  );
}
