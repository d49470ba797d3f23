import type { Caused } from '../../../proxy-core/rrpair/caused.ts';
import type { PairDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { plural } from '../../design/format.ts';
import { Calls } from './Calls.tsx';
import { CauseList } from './CauseList.tsx';
import { useCaused } from './useCaused.ts';
import './caused.css';

/** What a request caused, or what caused a call. */
export function CausedTab({ detail }: { detail: PairDetail }) {
  const { caused, problem, at } = useCaused(detail);
  if (problem !== '') return <p className="pane-note">{problem}</p>;
  if (caused === null) return <p className="pane-note">Looking at what happened at that time…</p>;
  if (detail.direction === 'out') {
    return (
      <div className="caused">
        {caused.causes.length === 0 ? <p className="caused-none">{withoutCause(caused)}</p> : <CauseList causes={caused.causes} />}
        {!caused.complete && <Incomplete />}
      </div>
    );
  }
  return (
    <div className="caused">
      {caused.calls.length === 0 ? (
        <p className="caused-none">{withoutCalls(detail, caused)}</p>
      ) : (
        <Calls detail={detail} caused={caused} at={at} />
      )}
      {!caused.complete && <Incomplete />}
    </div>
  );
}

function Incomplete() {
  return <p className="caused-note">So much happened at that time that not all of it was looked at.</p>;
}

function withoutCause({ concurrent }: Caused): string {
  if (concurrent === 0) {
    return 'No captured request was in progress when this was sent: the application made it by itself, or the request did not come through Sidetap.';
  }
  return `${plural(concurrent, 'request was', 'requests were')} in progress when this was sent, and nothing tells which of them it belongs to. A trace id (traceparent, X-Request-Id) that the application passes on would.`;
}

function withoutCalls({ state }: PairDetail, { unlinked }: Caused): string {
  if (unlinked > 0) {
    return `${plural(unlinked, 'call was', 'calls were')} made meanwhile, and nothing tells to which request they belong. A trace id (traceparent, X-Request-Id) that the application passes on would.`;
  }
  return state === 'open'
    ? 'The application has made no call for this request so far.'
    : 'The application made no call for this request that Sidetap has seen.';
}
