import type { PairDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { formatMs } from '../../design/format.ts';

type Row = [name: string, before: number | null, after: number | null];

function rowsOf(before: PairDetail, after: PairDetail): Row[] {
  const [one, two] = [before.timing, after.timing];
  const rows: Row[] = [
    ['Connect', one.dialMs || null, two.dialMs || null],
    ['TLS', one.tlsMs || null, two.tlsMs || null],
    ['Request sent', one.requestMs, two.requestMs],
    ['Waiting', one.waitMs, two.waitMs],
    ['Receiving', one.responseMs, two.responseMs],
    ['Latency', before.latencyMs, after.latencyMs],
    ['Duration', before.durationMs, after.durationMs],
  ];
  return rows.filter(([, left, right]) => left !== null || right !== null);
}

/** `+12 ms (3.1×)` */
function change(before: number | null, after: number | null): string {
  if (before === null || after === null) return '';
  const by = after - before;
  const sign = by < 0 ? '−' : '+';
  const ratio = before > 0.05 && after > 0.05 ? ` (${(after / before).toFixed(after / before < 10 ? 1 : 0)}×)` : '';
  return `${sign}${formatMs(Math.abs(by))}${ratio}`;
}

/** How long each part took in both, on one scale. */
export function CompareTimes({ before, after }: { before: PairDetail; after: PairDetail }) {
  const rows = rowsOf(before, after);
  if (rows.length === 0) return <p className="pane-note">There are no times for these two.</p>;
  const most = Math.max(...rows.flatMap(([, left, right]) => [left ?? 0, right ?? 0]), Number.MIN_VALUE);
  return (
    <div className="timing">
      <table className="waterfall compare-times">
        <caption className="sr-only">Times of both pairs</caption>
        <thead>
          <tr>
            <th scope="col">Phase</th>
            <th scope="col">
              <span className="sr-only">On a common scale</span>
            </th>
            <th scope="col" className="waterfall-time">
              Before
            </th>
            <th scope="col" className="waterfall-time">
              After
            </th>
            <th scope="col" className="waterfall-time">
              Change
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, left, right]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="waterfall-lane" aria-hidden>
                <span className="waterfall-bar compare-bar-before" style={{ width: `max(2px, ${((left ?? 0) / most) * 100}%)` }} />
                <span className="waterfall-bar compare-bar-after" style={{ width: `max(2px, ${((right ?? 0) / most) * 100}%)` }} />
              </td>
              <td className="waterfall-time">{left === null ? '–' : formatMs(left)}</td>
              <td className="waterfall-time">{right === null ? '–' : formatMs(right)}</td>
              <td className="waterfall-time soft">{change(left, right)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
