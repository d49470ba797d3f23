import { Camera, GitCompare, Pencil, Plus, Trash2 } from 'lucide-react';
import type { Snapshot } from '../../proxy-core/rrpair/transfers.ts';
import { IconButton } from '../design/Button.tsx';
import { formatBytes, formatCount, plural } from '../design/format.ts';
import { MenuItem, MenuSeparator } from '../design/Menu.tsx';
import { visible } from '../design/visible.ts';
import { useList } from '../list/store.ts';
import { KeptItem } from './KeptItem.tsx';
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
    <KeptItem
      icon={<Camera size={14} aria-hidden />}
      name={visible(name)}
      count={problem === '' ? formatCount(pairs) : 'unreadable'}
      hint={problem === '' ? `${plural(pairs, 'pair')}, ${formatBytes(bytes)}` : problem}
      menuLabel={`Snapshot ${name}`}
      shown={shown}
      disabled={problem !== ''}
      onShow={() => openSnapshot(snapshot)}
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
    </KeptItem>
  );
}
