import { useRef, useState } from 'react';
import { moveColumn, resizeColumn } from './columnActions.ts';
import type { Column, ColumnId } from './columns.ts';

/** Pixels the pointer moves before a press becomes a drag. */
const THRESHOLD = 6;

interface Handlers {
  onPointerDown: (event: React.PointerEvent<HTMLElement>) => void;
  onPointerMove: (event: React.PointerEvent<HTMLElement>) => void;
  onPointerUp: (event: React.PointerEvent<HTMLElement>) => void;
  onPointerCancel: () => void;
}

interface Target {
  id: ColumnId;
  /** At which of its edges the dragged column would come to stand. */
  side: 'before' | 'after';
}

export interface ColumnDrag {
  dragged: ColumnId | null;
  target: Target | null;
  /** The click that follows was the end of a drag. */
  justMoved: () => boolean;
  moving: (id: ColumnId) => Handlers;
  resizing: (id: ColumnId) => Handlers;
}

/** The column under the pointer, and the edge that it is nearer to. */
function targetAt(event: React.PointerEvent<HTMLElement>, id: ColumnId): Target | null {
  const header = event.currentTarget.closest('[role="row"]');
  const cells = [...(header?.querySelectorAll<HTMLElement>('[data-column]') ?? [])];
  const cell = cells.find((one) => event.clientX < one.getBoundingClientRect().right) ?? cells.at(-1);
  if (cell === undefined || cell.dataset['column'] === id) return null;
  const { left, width } = cell.getBoundingClientRect();
  return { id: cell.dataset['column'] as ColumnId, side: event.clientX < left + width / 2 ? 'before' : 'after' };
}

/** Moving and resizing columns with the pointer. */
export function useColumnDrag(columns: readonly Column[]): ColumnDrag {
  const start = useRef<{ x: number; width: number } | null>(null);
  const moved = useRef(false);
  const [dragged, setDragged] = useState<ColumnId | null>(null);
  const [target, setTarget] = useState<Target | null>(null);

  const begin = (event: React.PointerEvent<HTMLElement>): void => {
    if (event.button !== 0) return;
    const cell = event.currentTarget.closest<HTMLElement>('[data-column]');
    start.current = { x: event.clientX, width: cell?.offsetWidth ?? 0 };
    moved.current = false;
    // At once: a fast pointer is elsewhere before its first movement is told.
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const end = (): void => {
    start.current = null;
    setDragged(null);
    setTarget(null);
  };

  return {
    dragged,
    target,
    justMoved: () => moved.current,
    moving: (id) => ({
      onPointerDown: begin,
      onPointerMove: (event) => {
        if (start.current === null) return;
        if (!moved.current && Math.abs(event.clientX - start.current.x) < THRESHOLD) return;
        moved.current = true;
        setDragged(id);
        setTarget(targetAt(event, id));
      },
      onPointerUp: () => {
        if (moved.current && target !== null) {
          const at = columns.findIndex((column) => column.id === target.id);
          moveColumn(id, target.side === 'before' ? target.id : (columns[at + 1]?.id ?? null));
        }
        end();
      },
      onPointerCancel: end,
    }),
    resizing: (id) => ({
      onPointerDown: (event) => {
        begin(event);
        event.preventDefault();
      },
      onPointerMove: (event) => {
        if (start.current !== null && event.clientX !== start.current.x) {
          resizeColumn(id, start.current.width + event.clientX - start.current.x);
        }
      },
      onPointerUp: end,
      onPointerCancel: end,
    }),
  };
}
