import { CornerLeftUp } from 'lucide-react';
import type { PairDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { visible } from '../../design/visible.ts';
import { surenessWords } from './SureMark.tsx';
import { showLinked } from './show.ts';
import { useCaused } from './useCaused.ts';

const SHOWN_CHARS = 120;

/** Says in the overview of a call which request it belongs to, and leads there. */
export function CauseCallout({ detail }: { detail: PairDetail }) {
  const { caused } = useCaused(detail);
  const [first, second] = caused?.causes ?? [];
  // What could be one as well as the other is told where there is room for both.
  if (first === undefined || (second !== undefined && second.confidence === first.confidence)) return null;
  const { pair, confidence, evidence } = first;
  return (
    <div className="callout callout-plain">
      <CornerLeftUp size={15} aria-hidden />
      <p>
        Caused by {visible(pair.command.slice(0, SHOWN_CHARS))}{' '}
        <span className="captured">{visible(pair.location.slice(0, SHOWN_CHARS))}</span>{' '}
        <button
          type="button"
          className="link-button"
          aria-label={`Show the request, pair ${pair.id}`}
          onClick={() => showLinked(pair.id, 'caused')}
        >
          #{pair.id}
        </button>{' '}
        <span className="muted" title={visible(evidence)}>
          {surenessWords(confidence)}
        </span>
      </p>
    </div>
  );
}
