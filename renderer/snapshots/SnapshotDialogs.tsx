import { useState } from 'react';
import { assertNever } from '../../proxy-core/errors.ts';
import type { Snapshot } from '../../proxy-core/rrpair/transfers.ts';
import { sentenceOf } from '../api/client.ts';
import { Button } from '../design/Button.tsx';
import { Dialog } from '../design/Dialog.tsx';
import { formatBytes, plural } from '../design/format.ts';
import { SaveDialog } from './SaveDialog.tsx';
import { SnapshotDiff } from './SnapshotDiff.tsx';
import { removeSnapshot, renameSnapshot, showSnapshotDialog, useSnapshots } from './store.ts';

const close = (): void => showSnapshotDialog(null);

export function SnapshotDialogs() {
  const dialog = useSnapshots((state) => state.dialog);
  if (dialog === null) return null;
  switch (dialog.kind) {
    case 'save':
      return <SaveDialog ids={dialog.ids} />;
    case 'rename':
      return <RenameDialog snapshot={dialog.snapshot} />;
    case 'remove':
      return <RemoveDialog snapshot={dialog.snapshot} />;
    case 'diff':
      return <SnapshotDiff begin={dialog.before} />;
    default:
      return assertNever(dialog);
  }
}

function useAttempt(work: () => Promise<void>): { problem: string; busy: boolean; run: () => void } {
  const [state, setState] = useState({ problem: '', busy: false });
  const run = async (): Promise<void> => {
    setState({ problem: '', busy: true });
    try {
      await work();
      close();
    } catch (error) {
      setState({ problem: sentenceOf(error), busy: false });
    }
  };
  return { ...state, run: () => void run() };
}

function RenameDialog({ snapshot }: { snapshot: Snapshot }) {
  const [name, setName] = useState(snapshot.name);
  const { problem, busy, run } = useAttempt(() => renameSnapshot(snapshot, name.trim()));
  return (
    <Dialog open onClose={close} title="Rename snapshot">
      <form
        className="snapshot-form"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <label className="field">
          <span>Name</span>
          <input className="input" required maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <Problem text={problem} />
        <div className="dialog-buttons">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" tone="primary" disabled={busy || name.trim() === ''}>
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function RemoveDialog({ snapshot }: { snapshot: Snapshot }) {
  const { problem, busy, run } = useAttempt(() => removeSnapshot(snapshot));
  return (
    <Dialog
      open
      onClose={close}
      title={`Delete snapshot ${snapshot.name}?`}
      description={`Its ${plural(snapshot.pairs, 'pair')} (${formatBytes(snapshot.bytes)}) cannot be brought back.`}
    >
      <Problem text={problem} />
      <div className="dialog-buttons">
        <Button onClick={close}>Keep it</Button>
        <Button tone="danger" disabled={busy} onClick={run}>
          Delete
        </Button>
      </div>
    </Dialog>
  );
}

function Problem({ text }: { text: string }) {
  return text === '' ? null : (
    <p role="alert" className="tone-bad captured">
      {text}
    </p>
  );
}
