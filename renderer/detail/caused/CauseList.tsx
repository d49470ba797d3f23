import { CornerLeftUp } from 'lucide-react';
import type { Cause } from '../../../proxy-core/rrpair/caused.ts';
import { StatusMark } from '../../design/Badges.tsx';
import { formatMs } from '../../design/format.ts';
import { visible } from '../../design/visible.ts';
import { SureMark, surenessWords } from './SureMark.tsx';
import { showLinked } from './show.ts';
import { surenessOf } from './waterfall.ts';

/** Characters of what was captured that are laid out. */
const SHOWN_CHARS = 300;

/** The requests that may have caused a call, the most probable first. */
export function CauseList({ causes }: { causes: readonly Cause[] }) {
  const [first] = causes;
  const lead =
    first !== undefined && causes.length === 1
      ? 'This was sent because of:'
      : `This was sent because of one of ${causes.length} requests:`;
  return (
    <>
      <p className="caused-lead">{lead}</p>
      <ul className="cause-list">
        {causes.map(({ pair, evidence, confidence }) => (
          <li key={pair.id}>
            <button type="button" className="cause" onClick={() => showLinked(pair.id, 'caused')}>
              <CornerLeftUp size={15} aria-hidden className="cause-arrow" />
              <span className="cause-call">
                <span className="cause-name">
                  <strong>{visible(pair.command.slice(0, SHOWN_CHARS))}</strong>{' '}
                  <span className="captured truncate">{visible(pair.location.slice(0, SHOWN_CHARS))}</span>
                  <StatusMark status={pair.status} error={pair.error} open={pair.state === 'open'} />
                  {pair.durationMs !== null && <span className="muted">{formatMs(pair.durationMs)}</span>}
                  <span className="muted">#{pair.id}</span>
                </span>
                <span className="cause-why">
                  <SureMark sureness={surenessOf({ confidence })} />
                  <span>
                    {surenessWords(confidence)}. <span className="captured">{visible(evidence)}</span>
                  </span>
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
