import { Camera, Ellipsis, GitCompare, Pencil, Plus, Trash2 } from 'lucide-react';
import type { Snapshot } from '../../proxy-core/rrpair/transfers.ts';
import { IconButton } from '../design/Button.tsx';
import { formatBytes, formatCount, plural } from '../design/format.ts';
import { Menu, MenuItem, MenuSeparator } from '../design/Menu.tsx';
import { visible } from '../design/visible.ts';
import { useList } from '../list/store.ts';
import { offerSnapshot, openSnapshot, showSnapshotDialog, useSnapshots } from './store.ts';
import './snapshots.css';

/** What was kept under a name. */
export function Snapshots() {
  const list = useSnapshots((state) => state.list);
  const shown = useList((state) => state.snapshot?.id);
  return (
    <section aria-label="Snapshots" className="snapshots">
      <div className="snapshots-head">
        <h2 className="sources-title">Snapshots</h2>
        <IconButton label="Save a snapshot" className="icon-button-small" onClick={() => offerSnapshot()}>
          <Plus size={14} />
        </IconButton>
      </div>
      {list !== null && list.length === 0 && <p className="source-note snapshots-none">A copy of pairs that stays as it is.</p>}
      <ul>
        {list?.map((snapshot) => (
          <Item key={snapshot.id} snapshot={snapshot} shown={snapshot.id === shown} />
        ))}
      </ul>
    </section>
  );
}

function Item({ snapshot, shown }: { snapshot: Snapshot; shown: boolean }) {
  const { id, name, pairs, bytes, problem } = snapshot;
  return (
    <li className="snapshot">
      <button
        type="button"
        className="nav-button snapshot-open"
        aria-current={shown}
        disabled={problem !== ''}
        title={problem === '' ? `${plural(pairs, 'pair')}, ${formatBytes(bytes)}` : problem}
        onClick={() => openSnapshot(snapshot)}
      >
        <Camera size={14} aria-hidden />
        <span className="captured truncate">{visible(name)}</span>
        <span className="snapshot-pairs">{problem === '' ? formatCount(pairs) : 'unreadable'}</span>
      </button>
      <Menu
        align="end"
        trigger={
          <button type="button" className="icon-button icon-button-small" aria-label={`Snapshot ${name}`}>
            <Ellipsis size={14} />
          </button>
        }
      >
        <MenuItem icon={<GitCompare size={14} />} onSelect={() => showSnapshotDialog({ kind: 'diff', before: id })}>
          Compare with…
        </MenuItem>
        <MenuItem icon={<Pencil size={14} />} onSelect={() => showSnapshotDialog({ kind: 'rename', snapshot })}>
          Rename…
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Trash2 size={14} />} onSelect={() => showSnapshotDialog({ kind: 'remove', snapshot })}>
          Delete…
        </MenuItem>
      </Menu>
    </li>
  );
}
