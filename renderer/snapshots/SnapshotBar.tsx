import { ArrowLeft, Camera } from 'lucide-react';
import { Button } from '../design/Button.tsx';
import { visible } from '../design/visible.ts';
import { useList } from '../list/store.ts';
import { leaveSnapshot } from './store.ts';

/** Says that the list shows a snapshot, and leads back. */
export function SnapshotBar() {
  const snapshot = useList((state) => state.snapshot);
  if (snapshot === null) return null;
  return (
    <div role="status" className="snapshot-bar">
      <Camera size={15} aria-hidden />
      <p className="truncate">
        Snapshot <strong className="captured">{visible(snapshot.name)}</strong>, only for reading. Capture goes on.
      </p>
      <Button icon={<ArrowLeft size={14} />} onClick={leaveSnapshot}>
        Back to the traffic
      </Button>
    </div>
  );
}
