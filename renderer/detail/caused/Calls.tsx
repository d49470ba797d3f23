import { useMemo, useState } from 'react';
import type { Caused } from '../../../proxy-core/rrpair/caused.ts';
import type { PairDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { Button } from '../../design/Button.tsx';
import { formatCount, formatMs, plural } from '../../design/format.ts';
import { applyFilter } from '../../filter/actions.ts';
import { CallLine } from './CallLine.tsx';
import { linesOf } from './lines.ts';
import { SureMark } from './SureMark.tsx';
import { surenessOf, type Waterfall, waterfallOf } from './waterfall.ts';

/** Lines that are laid out before somebody asks for more. */
const FIRST_LINES = 150;

/** Arrow keys walk along the lines, of which only one is a stop of the Tab key. */
function walk(event: React.KeyboardEvent<HTMLElement>): void {
  const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
  const step = steps[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  const lines = [...event.currentTarget.querySelectorAll<HTMLElement>('.call-name')];
  const at = lines.findIndex((line) => line === document.activeElement);
  if (at < 0) return;
  event.preventDefault();
  event.stopPropagation();
  const next = lines[Math.min(lines.length - 1, Math.max(0, at + step))];
  for (const line of lines) line.tabIndex = line === next ? 0 : -1;
  next?.focus();
}

/** The request above, and below it what it caused, all on one scale of time. */
export function Calls({ detail, caused, at }: { detail: PairDetail; caused: Caused; at: number }) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [most, setMost] = useState(FIRST_LINES);
  const fall = useMemo(() => waterfallOf(detail, caused, at), [detail, caused, at]);
  const lines = linesOf(fall, toggled);
  const further = caused.beyond.flatMap(({ calls }) => calls);
  const moreCalls = sumOf([caused, ...caused.beyond], (each) => each.moreCalls);
  const toggle = (key: string): void => {
    setToggled((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  };
  const uncertain = [...caused.calls, ...further].some((call) => surenessOf(call) === 'possible');
  return (
    <>
      <div className="caused-head">
        <p className="caused-lead">{leadOf(caused, fall)}</p>
        <Button tone="quiet" onClick={() => void applyFilter(`caused-by:${detail.id}`)}>
          Show in list
        </Button>
      </div>
      <table className={`calls ${fall.beyond.size > 0 ? 'calls-tree' : ''}`} onKeyDown={walk}>
        <caption className="sr-only">What the request caused, in the order of time</caption>
        <colgroup>
          <col className="calls-names" />
          <col />
          <col className="calls-times" />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">
              <span className="sr-only">Call</span>
            </th>
            <th scope="col" className="calls-scale">
              <span className="sr-only">When</span>
              <span aria-hidden>0</span>
              <span aria-hidden>{formatMs(fall.length / 2)}</span>
              <span aria-hidden>{formatMs(fall.length)}</span>
            </th>
            <th scope="col">
              <span className="sr-only">Time</span>
            </th>
          </tr>
        </thead>
        <tbody>
          <RequestLine detail={detail} fall={fall} />
          {lines.slice(0, most).map((line, index) => (
            <CallLine key={line.key} line={line} length={fall.length} stop={index === 0} onToggle={toggle} />
          ))}
        </tbody>
      </table>
      {lines.length > most && (
        <Button tone="quiet" onClick={() => setMost(most * 4)}>
          Show {plural(Math.min(lines.length - most, most * 3), 'more line')}
        </Button>
      )}
      {moreCalls > 0 && <p className="caused-note">{plural(moreCalls, 'call')} more; the list shows them.</p>}
      {caused.notFollowed > 0 && (
        <p className="caused-note">
          What {plural(caused.notFollowed, 'call')} caused further on was not looked at: there are so many, or so much lies between.
        </p>
      )}
      <ul className="caused-legend">
        <li>
          <span className="legend-own" aria-hidden /> the application itself
        </li>
        <li>
          <SureMark sureness="sure" /> certain: both carry the same id
        </li>
        <li>
          <SureMark sureness="likely" /> likely: the only request at that time
        </li>
        {uncertain && (
          <li>
            <SureMark sureness="possible" /> possible: other requests were in progress
          </li>
        )}
      </ul>
      {caused.unlinked > 0 && (
        <p className="caused-note">
          {plural(caused.unlinked, 'call')} more made meanwhile cannot be told from those of other requests.
        </p>
      )}
    </>
  );
}

function sumOf<T>(of: readonly T[], count: (each: T) => number): number {
  return of.reduce((sum, each) => sum + count(each), 0);
}

function leadOf({ calls, moreCalls, beyond }: Caused, { duration, ownTotal }: Waterfall): string {
  const further = sumOf(beyond, (there) => there.calls.length + there.moreCalls);
  const count = `${plural(calls.length + moreCalls, 'call')}${further > 0 ? `, and ${formatCount(further)} further on` : ''}`;
  if (duration === null || duration <= 0) return `${count} so far.`;
  const waited = Math.max(0, duration - ownTotal);
  return `${count}; ${formatMs(waited)} of ${formatMs(duration)} were spent on them.`;
}

function RequestLine({ detail, fall }: { detail: PairDetail; fall: Waterfall }) {
  const width = fall.duration ?? fall.length;
  const share = (value: number): string => `${(value / fall.length) * 100}%`;
  return (
    <tr className="call-request">
      <th scope="row">
        <span className="truncate">This request</span>
      </th>
      <td className="calls-lane">
        <span className="request-bar" style={{ left: 0, width: `max(3px, ${share(width)})` }} />
        {fall.own.map((gap) => (
          <span
            key={gap.start}
            className="request-own"
            title={`${formatMs(gap.length)} in the application itself`}
            style={{ left: share(gap.start), width: share(gap.length) }}
          />
        ))}
      </td>
      <td className="calls-time">{detail.durationMs === null ? 'open' : formatMs(detail.durationMs)}</td>
    </tr>
  );
}
