import { ChevronsDownUp, ChevronsUpDown } from 'lucide-react';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { assertNever } from '../../../proxy-core/errors.ts';
import { IconButton } from '../../design/Button.tsx';
import { copyText } from '../../design/copy.ts';
import { type VirtualHandle, VirtualRows } from '../../design/VirtualRows.tsx';
import { BodyBar, type BodyTools } from './BodyBar.tsx';
import { JsonFoot } from './JsonFoot.tsx';
import { JsonRow } from './JsonRow.tsx';
import type { TreeSession } from './treeSession.ts';
import { useTreeFind } from './useTreeFind.ts';

const ROW_HEIGHT = 19;
const INDENT = 16;

interface JsonViewProps {
  session: TreeSession;
  tools: BodyTools;
  label: string;
}

async function copyOf(session: TreeSession, of: 'path' | 'value'): Promise<void> {
  const line = session.currentLine;
  if (line >= 0) await copyText(session.worker.do({ what: 'treeText', as: session.as, of, line }), of);
}

type TreeKey = 'ArrowDown' | 'ArrowUp' | 'PageDown' | 'PageUp' | 'Home' | 'End' | 'ArrowRight' | 'ArrowLeft';

function isTreeKey(key: string): key is TreeKey {
  return /^(?:Arrow(?:Down|Up|Left|Right)|Page(?:Down|Up)|Home|End)$/.test(key);
}

/** Moves through the tree as a key says; `page` is how many rows a page has. */
function press(session: TreeSession, key: TreeKey, page: number): void {
  const { current, state } = session;
  const row = current === null ? undefined : session.row(current);
  const move = (by: number): void => session.select(current === null ? 0 : current + by);
  switch (key) {
    case 'ArrowDown':
      return move(1);
    case 'ArrowUp':
      return move(-1);
    case 'PageDown':
      return move(page);
    case 'PageUp':
      return move(-page);
    case 'Home':
      return session.select(0);
    case 'End':
      return session.select(state.count - 1);
    case 'ArrowRight':
      if (row?.folded === true) session.act({ do: 'fold', line: row.line, closed: false });
      else if (row?.opens === true) move(1);
      return undefined;
    case 'ArrowLeft':
      if (row?.opens === true && !row.folded) session.act({ do: 'fold', line: row.line, closed: true });
      else if (row !== undefined) session.act({ do: 'goTo', line: Math.max(0, row.parent) });
      return undefined;
    default:
      return assertNever(key);
  }
}

/** JSON, or what is shown like it, as a tree: folded, searched, copied from, and with what its values mean. */
export function JsonView({ session, tools, label }: JsonViewProps) {
  const handle = useRef<VirtualHandle>(null);
  useSyncExternalStore(session.subscribe, session.revision);
  const [hovered, setHovered] = useState<number | null>(null);
  const finder = useTreeFind(session);
  const { state, current } = session;

  useEffect(() => {
    if (current !== null) handle.current?.showRow(current);
  }, [current, state]);

  const onKeyDown = (event: React.KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c' && current !== null) {
      // What is marked with the mouse is copied by the browser.
      if (window.getSelection()?.isCollapsed === false) return;
      event.preventDefault();
      void copyOf(session, event.shiftKey ? 'path' : 'value');
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !isTreeKey(event.key)) return;
    const { key } = event;
    session.afterwards(() => press(session, key, handle.current?.rowsInSight() ?? 1));
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <BodyBar tools={tools} finder={finder}>
        <IconButton label="Fold all" className="icon-button-small" onClick={() => session.act({ do: 'foldAll' })}>
          <ChevronsDownUp size={14} />
        </IconButton>
        <IconButton label="Unfold all" className="icon-button-small" onClick={() => session.act({ do: 'unfoldAll' })}>
          <ChevronsUpDown size={14} />
        </IconButton>
      </BodyBar>
      <VirtualRows
        handle={handle}
        role="tree"
        aria-label={label}
        aria-activedescendant={current === null ? undefined : `json-${current}`}
        tabIndex={0}
        className="lines json"
        count={state.count}
        rowHeight={ROW_HEIGHT}
        contentWidth={`calc(${Math.min(state.widest, 4_000)}ch + 60px)`}
        onKeyDown={onKeyDown}
        onPointerLeave={() => setHovered(null)}
        onSight={(sight) => session.look(sight)}
        renderRow={(index, top) => (
          <JsonRow
            index={index}
            row={session.row(index)}
            top={top}
            indent={INDENT}
            current={index === current}
            needle={finder.needle}
            onFold={(line, closed) => session.act({ do: 'fold', line, closed })}
            onSelect={(row) => session.select(row)}
            onHover={setHovered}
          />
        )}
      />
      <JsonFoot session={session} hovered={hovered} />
      {session.problem !== '' && <p className="body-notice">{session.problem}</p>}
    </>
  );
}
