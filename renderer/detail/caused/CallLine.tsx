import { ArrowRight, ChevronRight } from 'lucide-react';
import type { CausedCall } from '../../../proxy-core/rrpair/caused.ts';
import { protocolFacts } from '../../../proxy-core/rrpair/protocols.ts';
import { useContainers } from '../../containers/store.ts';
import { TechnologyBadge } from '../../design/Badges.tsx';
import { formatMs } from '../../design/format.ts';
import { statusTone } from '../../design/status.ts';
import { technologyHue } from '../../design/technology.ts';
import { visible } from '../../design/visible.ts';
import { sourceWords } from '../../list/sources.ts';
import type { Line } from './lines.ts';
import { SureMark, surenessWords } from './SureMark.tsx';
import { showLinked } from './show.ts';
import { surenessOf } from './waterfall.ts';

/** Characters of what was captured that are laid out. */
const SHOWN_CHARS = 160;
/** How far a line is moved in for each of those that it stands below, px. */
const INDENT = 18;

interface CallLineProps {
  line: Line;
  /** ms that the lane spans. */
  length: number;
  /** It is the stop of the Tab key. */
  stop: boolean;
  onToggle: (key: string) => void;
}

function isBad({ pair }: CausedCall): boolean {
  const tone = statusTone(pair.status, pair.error, pair.state === 'open');
  return tone === 'bad' || tone === 'warn';
}

/** A statement says what it does; that it was executed goes without saying, and so do its comments. */
function wordsOf({ pair }: CausedCall): { command: string; location: string } {
  const isSql = protocolFacts(pair.protocol).location === 'sql';
  const statement = isSql ? pair.location.replaceAll(/\/\*.*?\*\//gs, ' ').trim() : '';
  return {
    command: statement === '' ? visible(pair.command.slice(0, SHOWN_CHARS)) : '',
    location: visible((statement || pair.location).slice(0, SHOWN_CHARS).replaceAll(/\s+/g, ' ')),
  };
}

/** Where the call arrived, when that container is captured too. */
function Arrived({ source }: { source: string }) {
  const shortNames = useContainers((state) => state.shortNames);
  const name = visible(sourceWords(source, shortNames));
  return (
    <span className="call-arrived truncate" title={`Arrived in ${name}`}>
      <ArrowRight size={11} aria-label="arrived in" /> {name}
    </span>
  );
}

/** One call, or several that are alike, each where it lies in the time of the request. */
export function CallLine({ line: { bars, first, depth, folds, beyond }, length, stop, onToggle }: CallLineProps) {
  const { call } = first;
  const { pair, arrived } = call;
  const failed = bars.filter((bar) => isBad(bar.call)).length;
  const { command, location } = wordsOf(call);
  const fold = folds ?? beyond;
  /** As in a tree: to the right opens, to the left closes. */
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (fold === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key !== (fold.open ? 'ArrowLeft' : 'ArrowRight')) return;
    event.preventDefault();
    event.stopPropagation();
    onToggle(fold.key);
  };
  return (
    <tr>
      <th scope="row">
        <div className={`call-head ${fold === null ? 'call-leaf' : ''}`} style={{ paddingLeft: depth * INDENT }}>
          {beyond !== null && (
            <button
              type="button"
              className="call-toggle"
              tabIndex={-1}
              aria-expanded={beyond.open}
              aria-label={`What it caused in ${visible(arrived?.source ?? '')}`}
              onClick={() => onToggle(beyond.key)}
            >
              <ChevronRight size={13} aria-hidden className={`call-fold ${beyond.open ? 'call-fold-open' : ''}`} />
            </button>
          )}
          <button
            type="button"
            className="call-name"
            tabIndex={stop ? 0 : -1}
            aria-expanded={folds === null ? undefined : folds.open}
            title={`${visible(pair.host)}\n${visible(pair.location.slice(0, 1_000))}`}
            onClick={() => (folds === null ? showLinked(pair.id, 'overview') : onToggle(folds.key))}
            onKeyDown={onKeyDown}
          >
            {folds !== null && <ChevronRight size={13} aria-hidden className={`call-fold ${folds.open ? 'call-fold-open' : ''}`} />}
            <SureMark sureness={surenessOf(call)} label={`${surenessWords(call.confidence)}. ${visible(call.evidence)}`} />
            <TechnologyBadge name={pair.technology} />
            {folds !== null && (
              <span className="call-count" title={`${folds.count} times the same but for its values`}>
                ×{folds.count}
              </span>
            )}
            <span className="call-words truncate">
              {command !== '' && <span className="call-command">{command}</span>} <span className="captured">{location}</span>
            </span>
            {arrived !== null && <Arrived source={arrived.source} />}
            {failed > 0 && (
              <span className="call-failed tone-bad">{folds === null ? visible(pair.status || 'failed') : `${failed} failed`}</span>
            )}
          </button>
        </div>
      </th>
      <td className="calls-lane">
        {bars.map((bar) => (
          <span
            key={bar.call.pair.id}
            className={`call-bar hue-${technologyHue(bar.call.pair.technology)} ${isBad(bar.call) ? 'call-bar-bad' : ''} ${surenessOf(bar.call) === 'possible' ? 'call-bar-possible' : ''}`}
            style={{ left: `${(bar.start / length) * 100}%`, width: `max(3px, ${(bar.length / length) * 100}%)` }}
          />
        ))}
      </td>
      <td className="calls-time">
        {folds === null ? (pair.state === 'open' ? 'open' : formatMs(first.length)) : formatMs(folds.total)}
      </td>
    </tr>
  );
}
