import type { PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { DirectionMark, directionWords, StatusMark } from '../design/Badges.tsx';
import { formatMs } from '../design/format.ts';
import { visible } from '../design/visible.ts';

const TITLE_CHARS = 400;

/** POST /orders → 201 · 48 ms */
export function DetailTitle({ detail }: { detail: PairDetail }) {
  return (
    <h2 className="detail-title">
      <span className="detail-direction" title={directionWords[detail.direction]}>
        <DirectionMark direction={detail.direction} />
      </span>
      <span className="detail-command">{visible(detail.command.slice(0, TITLE_CHARS))}</span>
      <span className="captured truncate detail-location" title={visible(detail.location.slice(0, TITLE_CHARS))}>
        {visible(detail.location.slice(0, TITLE_CHARS))}
      </span>
      <span className="muted" aria-label="answered">
        →
      </span>
      <StatusMark status={detail.status} error={detail.error} open={detail.state === 'open'} />
      {detail.latencyMs !== null && <span className="detail-latency">· {formatMs(detail.latencyMs)}</span>}
    </h2>
  );
}
