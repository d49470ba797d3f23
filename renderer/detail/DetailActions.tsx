import { PencilLine, Pin, PinOff, RotateCcw } from 'lucide-react';
import type { PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { editPair } from '../compose/store.ts';
import { Button, IconButton } from '../design/Button.tsx';
import { useList } from '../list/store.ts';
import { replay, useReplay } from '../replay/actions.ts';
import { togglePin } from './actions.ts';
import { CompareMenu } from './compare/CompareMenu.tsx';
import { CopyMenu } from './copy/CopyMenu.tsx';
import { isHttp } from './facts.ts';

export function DetailActions({ detail }: { detail: PairDetail }) {
  const running = useReplay((state) => state.running.has(detail.id));
  // A snapshot is only for reading.
  const live = useList((state) => state.snapshot === null);
  return (
    <div className="detail-actions">
      {isHttp(detail) && (
        <>
          {live && (
            <>
              <Button
                tone="primary"
                icon={<RotateCcw size={14} />}
                disabled={running}
                aria-keyshortcuts="r"
                onClick={() => void replay(detail.id)}
              >
                {running ? 'Replaying…' : 'Replay'}
              </Button>
              <Button icon={<PencilLine size={14} />} aria-keyshortcuts="e" onClick={() => void editPair(detail.id)}>
                Edit & replay
              </Button>
            </>
          )}
          <CopyMenu id={detail.id} />
          <CompareMenu detail={detail} />
        </>
      )}
      {live && (
        <IconButton
          label={detail.pinned ? 'Unpin' : 'Pin'}
          keys="P"
          aria-pressed={detail.pinned}
          onClick={() => void togglePin(detail.id, detail.pinned)}
        >
          {detail.pinned ? <PinOff size={15} /> : <Pin size={15} />}
        </IconButton>
      )}
    </div>
  );
}
