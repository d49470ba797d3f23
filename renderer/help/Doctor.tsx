import { CircleAlert, CircleCheck, CircleMinus, RotateCw, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { Check } from '../../proxy-core/rrpair/results.ts';
import { Button } from '../design/Button.tsx';
import { useDoctor } from './useDoctor.ts';

const ICONS = {
  ok: <CircleCheck size={16} className="tone-ok" aria-label="In order" />,
  warning: <TriangleAlert size={16} className="tone-warn" aria-label="Worth a look" />,
  failed: <CircleAlert size={16} className="tone-bad" aria-label="Not in order" />,
  skipped: <CircleMinus size={16} className="muted" aria-label="Not checked" />,
} as const;

/** Every step on the way of a request, checked one after the other. */
export function Doctor() {
  const [turn, setTurn] = useState(0);
  const { checks, running, problem } = useDoctor(turn);
  const failed = checks.filter((check) => check.outcome === 'failed').length;
  return (
    <div className="doctor">
      <div className="doctor-head">
        <p aria-live="polite">
          {running
            ? 'Checking…'
            : failed > 0
              ? `${failed} of ${checks.length} checks failed.`
              : 'Nothing stands in the way of traffic.'}
        </p>
        <Button icon={<RotateCw size={14} />} disabled={running} onClick={() => setTurn(turn + 1)}>
          Check again
        </Button>
      </div>
      {problem !== '' && <p className="tone-bad">{problem}</p>}
      <Checks checks={checks} />
    </div>
  );
}

export function Checks({ checks }: { checks: readonly Check[] }) {
  return (
    <ul className="checks" aria-label="Checks">
      {checks.map((check) => (
        <li key={check.id} className="check-row">
          {ICONS[check.outcome]}
          <div>
            <h3>{check.title}</h3>
            <p className="soft captured">{check.detail}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
