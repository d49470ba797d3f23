import { ChevronRight, GitCompare, History } from 'lucide-react';
import type { Session } from '../../proxy-core/rrpair/transfers.ts';
import { formatClock, formatCount, plural } from '../design/format.ts';
import { MenuItem } from '../design/Menu.tsx';
import { useList } from '../list/store.ts';
import { KeptItem } from './KeptItem.tsx';
import { showSession, toggleSessions, useSessions } from './sessions.ts';
import { sessionTitle } from './sessionTitle.ts';
import { sessionSide } from './sides.ts';
import { showSnapshotDialog } from './store.ts';

/** Sessions that are laid out. */
const SHOWN = 20;

/** The traffic of earlier days, as far as it is still stored. */
export function Sessions() {
  const { list, open } = useSessions();
  const filter = useList((state) => (state.snapshot === null ? state.filter : null));
  const more = (list?.length ?? 0) - SHOWN;
  return (
    <section aria-label="Sessions" className="snapshots">
      <h2 className="sources-title">
        <button type="button" className="sessions-toggle" aria-expanded={open} onClick={toggleSessions}>
          Sessions <ChevronRight size={14} aria-hidden className="sessions-chevron" />
        </button>
      </h2>
      {open && list?.length === 0 && <p className="source-note snapshots-none">Nothing is stored yet.</p>}
      {open && (
        <ul>
          {list?.slice(0, SHOWN).map((session) => (
            <Item key={session.firstPair} session={session} shown={session.filter === filter} />
          ))}
        </ul>
      )}
      {open && more > 0 && (
        <p className="source-note snapshots-none">
          {formatCount(more)} more: <code>sidetap sessions</code>
        </p>
      )}
    </section>
  );
}

function Item({ session, shown }: { session: Session; shown: boolean }) {
  const { pairs, errors, startedAt, endedAt } = session;
  const title = sessionTitle(session);
  const times = `${formatClock(startedAt)} – ${endedAt === null ? 'now' : formatClock(endedAt)}`;
  return (
    <KeptItem
      icon={<History size={14} aria-hidden />}
      name={title}
      count={formatCount(pairs)}
      hint={`${times}: ${plural(pairs, 'pair')}, ${plural(errors, 'error')}`}
      menuLabel={`Session ${title}`}
      shown={shown}
      onShow={() => showSession(session)}
    >
      <MenuItem icon={<GitCompare size={14} />} onSelect={() => showSnapshotDialog({ kind: 'diff', before: sessionSide(session) })}>
        Compare with…
      </MenuItem>
    </KeptItem>
  );
}
