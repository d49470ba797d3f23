import { ComposeDialog } from '../compose/ComposeDialog.tsx';
import { NoteDialog } from '../marks/NoteDialog.tsx';
import { ManyDialog } from '../replay/ManyDialog.tsx';
import { SnapshotDialogs } from '../snapshots/SnapshotDialogs.tsx';
import { TransferDialogs } from '../transfer/TransferDialogs.tsx';

/** Dialogs in which something is done with pairs. */
export function ActDialogs() {
  return (
    <>
      <ComposeDialog />
      <ManyDialog />
      <NoteDialog />
      <SnapshotDialogs />
      <TransferDialogs />
    </>
  );
}
