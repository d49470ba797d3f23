import type { ReplayManyProgress } from '../../proxy-core/rrpair/replay-many.ts';
import { formatCount, formatMs, plural } from '../design/format.ts';
import { visible } from '../design/visible.ts';
import { openDetail } from '../detail/store.ts';
import { selectPair } from '../list/actions.ts';
import { useReplay } from './actions.ts';
import { closeMany } from './many.ts';

function openResult(original: number, pair: number): void {
  closeMany();
  useReplay.setState({ shown: pair });
  selectPair(original);
  openDetail('replay');
}

const STATES = { running: 'Sending', done: 'Done', cancelled: 'Stopped' } as const;

function wordsOf({ status, headers, body }: ReplayManyProgress['differs']): string {
  const parts = [
    status > 0 ? `the status of ${formatCount(status)}` : '',
    headers > 0 ? `headers of ${formatCount(headers)}` : '',
    body > 0 ? `the body of ${formatCount(body)}` : '',
  ].filter((part) => part !== '');
  return `In ${parts.join(', ')}`;
}

/** How far it is, and what differs so far. */
export function ManyResults({ progress }: { progress: ReplayManyProgress }) {
  const { state, total, sent, answered, failed, skipped, unrecorded, equal, different, differs, first, problems } = progress;
  const over = answered + failed + skipped;
  return (
    <section aria-label="Results" className="many-results">
      <p className="many-progress">
        <progress className="progress many-bar" aria-label="Sent" value={total === 0 ? 1 : over / total} />
        <span role={state === 'running' ? undefined : 'status'}>
          {STATES[state]}: {formatCount(over)} of {formatCount(total)} in {formatMs(progress.elapsedMs)}
        </span>
        {state === 'running' && progress.behindMs > 1_000 && (
          <span className="tone-warn">{formatMs(progress.behindMs)} behind the pace</span>
        )}
      </p>
      <dl className="many-counts">
        <Count name="Same answer" value={equal} tone="tone-ok" />
        <Count name="Differs" value={different} tone="tone-warn" />
        <Count name="Failed" value={failed} tone="tone-bad" />
        <Count name="Skipped" value={skipped} tone="tone-plain" />
        {unrecorded > 0 && <Count name="Not recorded" value={unrecorded} tone="tone-warn" />}
        <Count name="Sent" value={sent} tone="tone-plain" />
      </dl>
      {different > 0 && (
        <>
          <p className="muted">{wordsOf(differs)}.</p>
          <ul className="many-list" aria-label="Differences">
            {first.map(({ original, pair, status, headers, body }) => (
              <li key={pair}>
                <button type="button" className="link-button" onClick={() => openResult(original, pair)}>
                  Pair {original} and {pair}
                </button>
                <span className="captured truncate">
                  {visible([...(status === null ? [] : [status]), ...headers, ...body].join(', ').slice(0, 300))}
                </span>
              </li>
            ))}
          </ul>
          {different > first.length && <p className="muted">The first {plural(first.length, 'pair')} that differ are listed.</p>}
        </>
      )}
      {problems.length > 0 && (
        <ul className="many-list" aria-label="Problems">
          {problems.map(({ original, text }, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- the list only grows, and one pair can be in it several times
            <li key={at} className="captured">
              <span className="muted">Pair {original}</span>
              <span>{visible(text)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Count({ name, value, tone }: { name: string; value: number; tone: string }) {
  return (
    <div>
      <dt className="muted">{name}</dt>
      <dd className={value === 0 ? 'muted' : tone}>{formatCount(value)}</dd>
    </div>
  );
}
