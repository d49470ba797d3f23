import type { PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { formatMs } from '../design/format.ts';
import { phasesOf } from './phases.ts';

/** Where the time went, one bar below the other on a common scale. */
export function Timing({ detail }: { detail: PairDetail }) {
  const { phases, total } = phasesOf(detail.timing);
  if (total <= 0) return <p className="pane-note">There are no times for this one.</p>;
  return (
    <div className="timing">
      <table className="waterfall">
        <caption className="sr-only">Where the time went</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">Phase</th>
            <th scope="col">Share</th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {phases.map((phase) => (
            <tr key={phase.name}>
              <th scope="row" title={phase.says}>
                {phase.name}
              </th>
              <td className="waterfall-lane">
                <span
                  className={`waterfall-bar waterfall-${phase.kind}`}
                  style={{ left: `${(phase.start / total) * 100}%`, width: `max(2px, ${(phase.length / total) * 100}%)` }}
                />
              </td>
              <td className="waterfall-time">{formatMs(phase.length)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <td className="waterfall-scale" aria-hidden>
              <span>0</span>
              <span>{formatMs(total / 2)}</span>
              <span>{formatMs(total)}</span>
            </td>
            <td className="waterfall-time">{formatMs(total)}</td>
          </tr>
        </tfoot>
      </table>
      <dl className="timing-legend">
        {phases.map((phase) => (
          <div key={phase.name}>
            <dt>{phase.name}</dt>
            <dd>{phase.says}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
