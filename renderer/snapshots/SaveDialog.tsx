import { useEffect, useRef, useState } from 'react';
import { isAbort, sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { Button } from '../design/Button.tsx';
import { Dialog } from '../design/Dialog.tsx';
import { formatCount, plural } from '../design/format.ts';
import { toast } from '../design/toasts.ts';
import { useList } from '../list/store.ts';
import { Scope, type ScopeKind, selectionOf } from './Scope.tsx';
import { loadSnapshots, showSnapshotDialog } from './store.ts';

/** Keeps pairs under a name, with progress; closing ends it, and nothing of it stays. */
export function SaveDialog({ ids }: { ids: readonly number[] }) {
  const filter = useList((state) => state.filter);
  const [name, setName] = useState(() => new Date().toLocaleString('sv').slice(0, 16));
  const [scope, setScope] = useState<ScopeKind>(ids.length > 0 ? 'picked' : filter === '' ? 'all' : 'filter');
  const [progress, setProgress] = useState<{ done: number; total: number } | null>(null);
  const [problem, setProblem] = useState('');
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);

  const save = async (): Promise<void> => {
    const own = new AbortController();
    stop.current = own;
    setProblem('');
    setProgress({ done: 0, total: 0 });
    try {
      const events = await engine().snapshots.save({ ...selectionOf(scope, ids), name: name.trim() }, { signal: own.signal });
      for await (const { done, total, snapshot } of events) {
        if (snapshot === null) setProgress({ done, total });
        else {
          toast({ text: `${plural(snapshot.pairs, 'pair')} kept as ${snapshot.name}`, tone: 'ok' });
          await loadSnapshots();
          showSnapshotDialog(null);
        }
      }
    } catch (error) {
      if (own.signal.aborted || isAbort(error)) return;
      setProgress(null);
      setProblem(sentenceOf(error));
    }
  };

  const close = (): void => {
    stop.current.abort();
    showSnapshotDialog(null);
  };
  return (
    <Dialog
      open
      onClose={close}
      title="Save a snapshot"
      description="A copy that stays as it is. It stays on this machine, secrets included."
    >
      <form
        className="snapshot-form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <label className="field">
          <span>Name</span>
          <input
            className="input"
            required
            maxLength={200}
            disabled={progress !== null}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <Scope value={scope} ids={ids} disabled={progress !== null} onChange={setScope} />
        {progress !== null && (
          <p className="snapshot-progress">
            <progress
              className="progress"
              aria-label="Saving"
              value={progress.total === 0 ? undefined : progress.done / progress.total}
            />
            {formatCount(progress.done)} of {plural(progress.total, 'pair')}
          </p>
        )}
        {problem !== '' && (
          <p role="alert" className="tone-bad captured">
            {problem}
          </p>
        )}
        <div className="dialog-buttons">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" tone="primary" disabled={progress !== null || name.trim() === ''}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
