import { GitCompareArrows, MousePointerClick } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { PairDetail, PairSummary } from '../../../proxy-core/rrpair/shapes.ts';
import { isAbort } from '../../api/client.ts';
import { engine } from '../../api/engine.ts';
import { Button } from '../../design/Button.tsx';
import { formatClock, formatMs } from '../../design/format.ts';
import { Menu, MenuHeading, MenuItem, MenuSeparator } from '../../design/Menu.tsx';
import { statusText } from '../../design/status.ts';
import { termText } from '../../filter/terms.ts';
import { inSnapshot } from '../../list/snapshot.ts';
import { comparePairs, waitForOther } from './store.ts';

const SHOWN = 8;

function term(field: string, value: string): string {
  return termText({ field, value, label: '' }, false);
}

function sameCall({ command, host, location }: PairDetail): string {
  const [path = ''] = location.split('?', 1);
  return [term('command', command), term('host', host), term('path', path)].join(' ');
}

/** “Compare with …”: earlier and later calls of the same kind, or any pair of the list. */
export function CompareMenu({ detail }: { detail: PairDetail }) {
  return (
    <Menu
      align="end"
      trigger={
        <Button icon={<GitCompareArrows size={14} />} aria-label="Compare with another pair">
          <span className="wide-only">Compare</span>
        </Button>
      }
    >
      <Choices detail={detail} />
    </Menu>
  );
}

function Choices({ detail }: { detail: PairDetail }) {
  const [others, setOthers] = useState<readonly PairSummary[] | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    engine()
      .pairs.list({ filter: sameCall(detail), noise: true, limit: SHOWN + 1, ...inSnapshot() }, { signal: stop.signal })
      .then(({ rows }) => {
        if (!stop.signal.aborted) setOthers(rows.filter(({ id }) => id !== detail.id).slice(0, SHOWN));
      })
      .catch((error: unknown) => {
        // The list can still be pointed into.
        if (!isAbort(error) && !stop.signal.aborted) setOthers([]);
      });
    return () => stop.abort();
  }, [detail]);
  return (
    <>
      <MenuItem icon={<MousePointerClick size={14} />} onSelect={() => waitForOther(detail.id)}>
        Select the other in the list
      </MenuItem>
      <MenuSeparator />
      <MenuHeading>The same call, newest first</MenuHeading>
      {others === null && (
        <MenuItem disabled onSelect={() => undefined}>
          {'Looking…'}
        </MenuItem>
      )}
      {others?.length === 0 && (
        <MenuItem disabled onSelect={() => undefined}>
          {'There is no other one'}
        </MenuItem>
      )}
      {others?.map((other) => (
        <MenuItem
          key={other.id}
          onSelect={() => comparePairs(Math.min(other.id, detail.id), Math.max(other.id, detail.id))}
          keys={other.latencyMs === null ? undefined : formatMs(other.latencyMs)}
        >
          {formatClock(other.startedAt)} · {statusText(other.status, other.error, other.state === 'open')}
        </MenuItem>
      ))}
    </>
  );
}
