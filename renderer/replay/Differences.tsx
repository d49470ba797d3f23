import type { Diff } from '../../proxy-core/rrpair/results.ts';
import { DifferenceRows } from '../detail/compare/DifferenceRows.tsx';
import { type Group, linesOf } from '../detail/compare/marks.ts';
import { setIgnored, useDetailPreferences } from '../detail/preferences.ts';

const SIDES = { before: 'in the recording', after: 'in the replay' };

function groupsOf({ status, headers, bodyKind, body }: Diff): Group[] {
  return [
    { heading: 'Status', side: 'response', part: 'start', differences: status === null ? [] : [status] },
    { heading: 'Headers', side: 'response', part: 'headers', differences: headers },
    { heading: bodyKind === 'json' ? 'Body, by JSON path' : 'Body', side: 'response', part: 'body', differences: body },
  ];
}

/** What differs, the recorded value to the left and the replayed one to the right. */
export function Differences({ diff }: { diff: Diff }) {
  const marked = useDetailPreferences((state) => state.ignored);
  const { lines, ignored } = linesOf(groupsOf(diff), new Set(marked), true);
  if (lines.length === 0) return <p className="pane-note">Status, headers and body are the same, byte for byte.</p>;
  return (
    <>
      <DifferenceRows lines={lines} sides={SIDES} onMark={setIgnored} />
      {(ignored > 0 || diff.truncated) && (
        <p className="message-sizes muted">
          {ignored > 0 && 'Dimmed: dates, ids and the like that differ at every call, and what you marked. '}
          {diff.truncated && 'More differs than is listed.'}
        </p>
      )}
    </>
  );
}
