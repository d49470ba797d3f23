import { Button } from '../design/Button.tsx';
import { cancelTransfer, useTransfer } from './store.ts';

/** How far a transfer is, and the way to end it. */
export function Progress({ label }: { label: string }) {
  const progress = useTransfer((state) => state.progress);
  const problem = useTransfer((state) => state.problem);
  return (
    <>
      {progress !== null && (
        <p className="transfer-progress">
          <progress
            className="progress transfer-bar"
            aria-label={label}
            value={progress.total === 0 ? undefined : progress.done / progress.total}
          />
          <Button onClick={cancelTransfer}>Cancel</Button>
        </p>
      )}
      {problem !== '' && (
        <p role="alert" className="tone-bad captured">
          {problem}
        </p>
      )}
    </>
  );
}
