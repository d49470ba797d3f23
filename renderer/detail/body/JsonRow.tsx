import { ChevronDown, ChevronRight } from 'lucide-react';
import { LineKind } from './jsonLines.ts';
import { Marked } from './Marked.tsx';
import type { TreeRow } from './work/tree.ts';

/** Levels that are indented; deeper ones stand below each other. */
const MOST_INDENTS = 60;

const CLASSES: Readonly<Record<number, string>> = {
  [LineKind.string]: 'code-string',
  [LineKind.number]: 'code-number',
  [LineKind.atom]: 'code-atom',
};

function wordsOf(kind: number, folded: boolean): string | null {
  switch (kind) {
    case LineKind.openObject:
      return folded ? '{ … }' : '{';
    case LineKind.openArray:
      return folded ? '[ … ]' : '[';
    case LineKind.closeObject:
      return '}';
    case LineKind.closeArray:
      return ']';
    case LineKind.emptyObject:
      return '{}';
    case LineKind.emptyArray:
      return '[]';
    default:
      return null;
  }
}

interface JsonRowProps {
  index: number;
  /** Undefined until it is there. */
  row: TreeRow | undefined;
  top: number;
  indent: number;
  current: boolean;
  needle: string;
  onFold: (line: number, closed: boolean) => void;
  onSelect: (index: number) => void;
  onHover: (index: number) => void;
}

export function JsonRow({ index, row, top, indent, current, needle, onFold, onSelect, onHover }: JsonRowProps) {
  if (row === undefined) {
    return (
      <div id={`json-${index}`} role="treeitem" aria-label="Loading" aria-selected={current} className="line" style={{ top }} />
    );
  }
  const { line, depth, kind, key, value, more, comma, opens, folded, hinted, note, unended } = row;
  const punctuation = unended ? '…' : wordsOf(kind, folded);
  return (
    <div
      id={`json-${index}`}
      role="treeitem"
      aria-level={depth + 1}
      aria-expanded={opens ? !folded : undefined}
      aria-selected={current}
      className={current ? 'line line-current' : 'line'}
      style={{ top, paddingLeft: 22 + Math.min(depth, MOST_INDENTS) * indent }}
      onClick={() => onSelect(index)}
      onPointerEnter={() => onHover(index)}
    >
      {opens && (
        <button
          type="button"
          tabIndex={-1}
          className="fold"
          aria-label={folded ? 'Unfold' : 'Fold'}
          onClick={(event) => {
            event.stopPropagation();
            onFold(line, !folded);
          }}
        >
          {folded ? <ChevronRight size={13} /> : <ChevronDown size={13} />}
        </button>
      )}
      {key !== '' && (
        <>
          <span className="code-key">
            <Marked text={key} needle={needle} />
          </span>
          <span className="code-mark">: </span>
        </>
      )}
      {punctuation === null ? (
        <span className={hinted ? `${CLASSES[kind] ?? ''} code-hinted` : (CLASSES[kind] ?? '')}>
          <Marked text={value} needle={needle} />
        </span>
      ) : (
        <span className="code-mark">{punctuation}</span>
      )}
      {more > 0 && <span className="muted"> … {more} characters more</span>}
      {comma && <span className="code-mark">,</span>}
      {note !== '' && <span className="code-note">{note}</span>}
    </div>
  );
}
