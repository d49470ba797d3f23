import { ArrowLeftRight, ArrowRight, X } from 'lucide-react';
import { useState } from 'react';
import type { Diff } from '../../../proxy-core/rrpair/results.ts';
import type { PairDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { StatusMark } from '../../design/Badges.tsx';
import { Button, IconButton } from '../../design/Button.tsx';
import { formatBytes, formatClock, plural } from '../../design/format.ts';
import { Segmented } from '../../design/Segmented.tsx';
import { visible } from '../../design/visible.ts';
import { useSnapshots } from '../../snapshots/store.ts';
import { BodyPane } from '../body/BodyPane.tsx';
import { setIgnored, useDetailPreferences } from '../preferences.ts';
import { CompareTimes } from './CompareTimes.tsx';
import { DifferenceRows } from './DifferenceRows.tsx';
import { linesOf } from './marks.ts';
import { type ComparedPair, type Comparison, closeComparison, comparePairs, leaveFor } from './store.ts';
import { type ComparedPairs, useComparison } from './useComparison.ts';
import './compare.css';

const VIEWS = [
  { value: 'differences', label: 'Differences' },
  { value: 'timing', label: 'Timing' },
  { value: 'bodies', label: 'Bodies side by side' },
] as const;
const SIDES = { before: 'before', after: 'after' };
const LOCATION_CHARS = 300;

/** Two pairs beside each other, in the place of a pair's details. */
export function Compare({ comparison }: { comparison: Comparison }) {
  const compared = useComparison(comparison);
  const { before, after } = comparison;
  return (
    <section className="detail" aria-label="Comparison">
      <header className="detail-head">
        <h2 className="detail-title">
          <span className="detail-command">Compare</span>
          <span className="muted">
            pair {before.id} with pair {after.id}
          </span>
        </h2>
        <div className="detail-actions">
          <IconButton label="Swap the two" onClick={() => comparePairs(after, before)}>
            <ArrowLeftRight size={15} />
          </IconButton>
        </div>
        <div className="detail-window">
          <IconButton label="Close comparison" keys="Esc" onClick={closeComparison}>
            <X size={16} />
          </IconButton>
        </div>
      </header>
      {compared === null && <p className="pane-note">Comparing…</p>}
      {typeof compared === 'string' && (
        <p role="alert" className="pane-note">
          {compared}
        </p>
      )}
      {compared !== null && typeof compared !== 'string' && <Compared compared={compared} comparison={comparison} />}
    </section>
  );
}

function bodyHeading({ bodyKind }: Diff): string {
  return bodyKind === 'json' ? 'body, by JSON path' : 'body';
}

function groupsOf({ request, response }: ComparedPairs): Parameters<typeof linesOf>[0] {
  return [
    { heading: 'Status', side: 'response', part: 'start', differences: response.status === null ? [] : [response.status] },
    { heading: 'Response headers', side: 'response', part: 'headers', differences: response.headers },
    { heading: `Response ${bodyHeading(response)}`, side: 'response', part: 'body', differences: response.body },
    { heading: 'Request line', side: 'request', part: 'start', differences: request.status === null ? [] : [request.status] },
    { heading: 'Request headers', side: 'request', part: 'headers', differences: request.headers },
    { heading: `Request ${bodyHeading(request)}`, side: 'request', part: 'body', differences: request.body },
  ];
}

function Compared({ compared, comparison }: { compared: ComparedPairs; comparison: Comparison }) {
  const marked = useDetailPreferences((state) => state.ignored);
  const [view, setView] = useState<(typeof VIEWS)[number]['value']>('differences');
  const [all, setAll] = useState(false);
  const { lines, counting, ignored } = linesOf(groupsOf(compared), new Set(marked), all);
  const truncated = compared.request.truncated || compared.response.truncated;
  const { before, after } = compared;
  return (
    <>
      <div className="pane-bar">
        <Segmented label="Compare" value={view} options={VIEWS} onChange={setView} />
        {ignored > 0 && view === 'differences' && (
          <Button tone="quiet" aria-pressed={all} onClick={() => setAll(!all)}>
            {all ? 'Hide' : 'Show'} {formatIgnored(ignored)}
          </Button>
        )}
        <span className={counting === 0 && !truncated ? 'tone-ok compare-verdict' : 'tone-warn compare-verdict'} role="status">
          {counting === 0 && !truncated ? 'Nothing differs' : `${plural(counting, 'difference')}${truncated ? ' or more' : ''}`}
          {counting === 0 && !truncated && ignored > 0 ? ' but noise' : ''}
        </span>
      </div>
      <div className="compare-heads">
        <Head title="Before" pair={before} link={comparison.before} />
        <Head title="After" pair={after} link={comparison.after} />
      </div>
      {view === 'timing' && <CompareTimes before={before} after={after} />}
      {view === 'bodies' && (
        <div className="compare-bodies">
          <Body pair={before} of={comparison.before} />
          <Body pair={after} of={comparison.after} />
        </div>
      )}
      {view === 'differences' &&
        (lines.length === 0 ? (
          <p className="pane-note">
            {ignored === 0
              ? 'Requests and responses are the same: start lines, headers and bodies.'
              : 'What differs is noise: dates, ids and the like, or what you marked.'}
          </p>
        ) : (
          <DifferenceRows lines={lines} sides={SIDES} onMark={setIgnored} />
        ))}
      {truncated && view === 'differences' && <p className="message-sizes muted">More differs than is listed.</p>}
    </>
  );
}

function formatIgnored(ignored: number): string {
  return plural(ignored, 'that does not count', 'that do not count');
}

function Head({ title, pair, link }: { title: string; pair: PairDetail; link: ComparedPair }) {
  const snapshots = useSnapshots((state) => state.list);
  const snapshotName = snapshots?.find(({ id }) => id === link.snapshot)?.name ?? link.snapshot ?? '';
  return (
    <section className="compare-head" aria-label={title}>
      <h3 className="facts-title">{title}</h3>
      <p className="compare-facts">
        <span className="detail-command">{visible(pair.command)}</span>
        <span className="captured truncate compare-location">{visible(pair.location.slice(0, LOCATION_CHARS))}</span>
        <StatusMark status={pair.status} error={pair.error} open={pair.state === 'open'} />
      </p>
      <p className="compare-facts muted">
        <span>{formatBytes(pair.responseBytes)}</span>
        <span>{formatClock(pair.startedAt)}</span>
        {link.snapshot === undefined ? (
          <button type="button" className="link-button pair-link" onClick={() => leaveFor(link)}>
            Open pair {pair.id} <ArrowRight size={12} aria-hidden />
          </button>
        ) : (
          <span className="captured">in snapshot {visible(snapshotName)}</span>
        )}
      </p>
    </section>
  );
}

function Body({ pair, of }: { pair: PairDetail; of: ComparedPair }) {
  if (pair.response === null) return <p className="pane-note">There is no response.</p>;
  return <BodyPane key={pair.id} detail={pair} side="response" message={pair.response} snapshot={of.snapshot} />;
}
