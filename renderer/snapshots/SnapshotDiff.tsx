import { useEffect, useState } from 'react';
import type { SnapshotDiffCounts, SnapshotDifference } from '../../proxy-core/rrpair/transfers.ts';
import { isAbort, sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { Dialog } from '../design/Dialog.tsx';
import { formatCount, formatMs, plural } from '../design/format.ts';
import { visible } from '../design/visible.ts';
import { comparePairs } from '../detail/compare/store.ts';
import { useList } from '../list/store.ts';
import { loadSessions, useSessions } from './sessions.ts';
import { sessionTitle } from './sessionTitle.ts';
import { askedFor, counterpart, placeOf, type Side, STORED, sessionSide } from './sides.ts';
import { leaveSnapshot, showSnapshotDialog, useSnapshots } from './store.ts';

/** Differences that are laid out; all are counted. */
const SHOWN = 500;

interface Found {
  of: string;
  done: number;
  total: number;
  differences: readonly SnapshotDifference[];
  counts: SnapshotDiffCounts | null;
  problem: string;
}

function useDiff(before: Side, after: Side): Found {
  const of = `${before} ${after}`;
  const nothing: Found = { of, done: 0, total: 0, differences: [], counts: null, problem: '' };
  const [found, setFound] = useState<Found>(nothing);
  useEffect(() => {
    const stop = new AbortController();
    const fresh: Found = { of, done: 0, total: 0, differences: [], counts: null, problem: '' };
    const run = async (): Promise<void> => {
      let differences: readonly SnapshotDifference[] = [];
      const sessions = useSessions.getState().list ?? [];
      const events = await engine().snapshots.diff(
        { before: askedFor(before, sessions), after: askedFor(after, sessions) },
        { signal: stop.signal },
      );
      for await (const { done, total, counts, differences: more } of events) {
        differences = [...differences, ...more].slice(0, SHOWN);
        if (!stop.signal.aborted) setFound({ ...fresh, done, total, counts, differences });
      }
    };
    run().catch((error: unknown) => {
      if (!stop.signal.aborted && !isAbort(error)) setFound({ ...fresh, problem: sentenceOf(error) });
    });
    return () => stop.abort();
  }, [of, before, after]);
  return found.of === of ? found : nothing;
}

/** What changed from one snapshot or session to another, or to what is stored now. */
export function SnapshotDiff({ begin }: { begin: Side }) {
  const [before, setBefore] = useState(begin);
  const [after, setAfter] = useState(() => counterpart(begin, useSessions.getState().list ?? []));
  useEffect(() => void loadSessions(), []);
  const { done, total, differences, counts, problem } = useDiff(before, after);
  return (
    <Dialog open wide onClose={() => showSnapshotDialog(null)} title="Compare snapshots and sessions">
      <div className="diff-sides">
        <SideField label="Before" value={before} onChange={setBefore} />
        <SideField label="After" value={after} onChange={setAfter} />
      </div>
      {problem !== '' && (
        <p role="alert" className="tone-bad captured">
          {problem}
        </p>
      )}
      {problem === '' && counts === null && (
        <p className="snapshot-progress">
          <progress className="progress" aria-label="Comparing" value={total === 0 ? undefined : done / total} /> Comparing…
        </p>
      )}
      {counts !== null && <Counts counts={counts} />}
      {differences.length > 0 && (
        <ul className="diff-list" aria-label="Differences">
          {differences.map((difference, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- the list only grows; one call can differ many times
            <Line key={at} difference={difference} before={before} after={after} />
          ))}
        </ul>
      )}
      {counts !== null && counts.changed + counts.onlyBefore + counts.onlyAfter > SHOWN && (
        <p className="muted">The first {formatCount(SHOWN)} are listed.</p>
      )}
    </Dialog>
  );
}

function SideField({ label, value, onChange }: { label: string; value: Side; onChange: (value: Side) => void }) {
  const snapshots = useSnapshots((state) => state.list) ?? [];
  const sessions = useSessions((state) => state.list) ?? [];
  return (
    <label className="field">
      <span>{label}</span>
      <select className="select" value={value} onChange={(event) => onChange(event.target.value)}>
        <option value={STORED}>What is stored now</option>
        {snapshots.length > 0 && (
          <optgroup label="Snapshots">
            {snapshots.map(({ id, name }) => (
              <option key={id} value={id}>
                {visible(name)}
              </option>
            ))}
          </optgroup>
        )}
        {sessions.length > 0 && (
          <optgroup label="Sessions">
            {sessions.map((session) => (
              <option key={session.firstPair} value={sessionSide(session)}>
                {sessionTitle(session)}
              </option>
            ))}
          </optgroup>
        )}
      </select>
    </label>
  );
}

function Counts({ counts }: { counts: SnapshotDiffCounts }) {
  const { same, changed, onlyBefore, onlyAfter, slower, faster, medianMs } = counts;
  return (
    <p role="status" className="diff-counts">
      <span className="tone-ok">{formatCount(same)} the same</span>
      <span className={changed > 0 ? 'tone-warn' : 'muted'}>{formatCount(changed)} changed</span>
      <span>{formatCount(onlyBefore)} only before</span>
      <span>{formatCount(onlyAfter)} only after</span>
      <span className="muted">
        {formatCount(slower)} slower, {formatCount(faster)} faster
      </span>
      {medianMs.before !== null && medianMs.after !== null && (
        <span className="muted">
          median {formatMs(medianMs.before)} → {formatMs(medianMs.after)}
        </span>
      )}
    </p>
  );
}

function wordsOf({ kind, status, headers, body, slower, faster }: SnapshotDifference): string {
  if (kind !== 'changed') return kind === 'only-before' ? 'only before' : 'only after';
  return [
    ...(status === null ? [] : [`${status.before} → ${status.after}`]),
    ...(headers > 0 ? [plural(headers, 'header field')] : []),
    ...(body > 0 ? [`${plural(body, 'place')} in the body`] : []),
    ...(slower ? ['slower'] : faster ? ['faster'] : []),
  ].join(', ');
}

function Line({ difference, before, after }: { difference: SnapshotDifference; before: Side; after: Side }) {
  const { command, host, location, before: first, after: second } = difference;
  const words = visible(`${command} ${host}${location}`.slice(0, 300));
  return (
    <li>
      {first !== null && second !== null ? (
        <button
          type="button"
          className="link-button captured truncate"
          onClick={() => {
            showSnapshotDialog(null);
            // Pairs of two places are not looked at from within one of them.
            if (useList.getState().snapshot !== null) leaveSnapshot();
            comparePairs({ id: first, ...placeOf(before) }, { id: second, ...placeOf(after) });
          }}
        >
          {words}
        </button>
      ) : (
        <span className="captured truncate">{words}</span>
      )}
      <span className="muted captured">{visible(wordsOf(difference))}</span>
    </li>
  );
}
