import { ArrowRight } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Diff } from '../../proxy-core/rrpair/results.ts';
import type { PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { isAbort, sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { StatusMark } from '../design/Badges.tsx';
import { formatBytes, formatClock, formatMs } from '../design/format.ts';
import { Segmented } from '../design/Segmented.tsx';
import { BodyPane } from '../detail/body/BodyPane.tsx';
import { selectPair } from '../list/actions.ts';
import { inSnapshot } from '../list/snapshot.ts';
import { useReplay } from './actions.ts';
import { Differences } from './Differences.tsx';
import './replay.css';

interface Pairing {
  before: PairDetail;
  after: PairDetail;
  diff: Diff;
}

/** The recorded answer and that of a replay, side by side, with what differs. */
export function ReplayTab({ detail }: { detail: PairDetail }) {
  const shown = useReplay((state) => state.shown);
  const own = detail.replayOf === null;
  const before = detail.replayOf ?? detail.id;
  const replays = own ? detail.replays : [detail.id];
  const newest = Math.max(...replays);
  const after = shown !== null && replays.includes(shown) ? shown : newest;
  const [pairing, setPairing] = useState<Pairing | string | null>(null);
  const [view, setView] = useState<'differences' | 'bodies'>('differences');
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const run = async (): Promise<void> => {
      const { pairs, replay } = engine();
      const { snapshot } = inSnapshot();
      const both = snapshot === undefined ? {} : { beforeSnapshot: snapshot, afterSnapshot: snapshot };
      const [first, second, diff] = await Promise.all([
        pairs.get({ id: before, ...inSnapshot() }, { signal }),
        pairs.get({ id: after, ...inSnapshot() }, { signal }),
        replay.diff({ before, after, ...both }, { signal }),
      ]);
      if (!signal.aborted) setPairing({ before: first, after: second, diff });
    };
    run().catch((error: unknown) => {
      if (!isAbort(error) && !signal.aborted) setPairing(sentenceOf(error));
    });
    return () => stop.abort();
  }, [before, after]);
  if (pairing === null) return <p className="pane-note">Comparing…</p>;
  if (typeof pairing === 'string') return <p className="pane-note">{pairing}</p>;
  return (
    <div className="replay">
      <div className="pane-bar">
        <Segmented
          label="Compare"
          value={view}
          options={[
            { value: 'differences', label: 'Differences' },
            { value: 'bodies', label: 'Bodies side by side' },
          ]}
          onChange={setView}
        />
        {own && replays.length > 1 && (
          <label className="replay-choice">
            <span className="muted">Replay</span>
            <select
              className="select"
              value={after}
              onChange={(event) => useReplay.setState({ shown: Number(event.target.value) })}
            >
              {[...replays]
                .sort((a, b) => b - a)
                .map((id) => (
                  <option key={id} value={id}>
                    pair {id}
                  </option>
                ))}
            </select>
          </label>
        )}
        <span className={pairing.diff.equal ? 'tone-ok replay-verdict' : 'tone-warn replay-verdict'}>
          {pairing.diff.equal ? 'The same answer' : 'The answer differs'}
        </span>
      </div>
      <div className="replay-heads">
        <Head title="Recorded" pair={pairing.before} link={!own} />
        <Head title="Replayed" pair={pairing.after} link={own} />
      </div>
      {view === 'differences' ? (
        <Differences diff={pairing.diff} />
      ) : (
        <div className="replay-bodies">
          <Body pair={pairing.before} />
          <Body pair={pairing.after} />
        </div>
      )}
    </div>
  );
}

function Head({ title, pair, link }: { title: string; pair: PairDetail; link: boolean }) {
  return (
    <section className="replay-head" aria-label={title}>
      <h3 className="facts-title">{title}</h3>
      <p className="replay-facts">
        <StatusMark status={pair.status} error={pair.error} open={pair.state === 'open'} />
        <span>{pair.latencyMs === null ? '–' : formatMs(pair.latencyMs)}</span>
        <span className="muted">{formatBytes(pair.responseBytes)}</span>
        <span className="muted">{formatClock(pair.startedAt)}</span>
        {link && (
          <button type="button" className="link-button pair-link" onClick={() => selectPair(pair.id)}>
            Open pair {pair.id} <ArrowRight size={12} aria-hidden />
          </button>
        )}
      </p>
      {pair.failure !== null && <p className="tone-bad">{pair.failure.sentence}</p>}
    </section>
  );
}

function Body({ pair }: { pair: PairDetail }) {
  if (pair.response === null) return <p className="pane-note">There is no response.</p>;
  return <BodyPane key={pair.id} detail={pair} side="response" message={pair.response} {...inSnapshot()} />;
}
