import { ChevronDown, ChevronRight } from 'lucide-react';
import { type JsonLines, LineKind, lineAt } from './jsonLines.ts';
import { Marked } from './Marked.tsx';

/** Levels that are indented; deeper ones stand below each other. */
const MOST_INDENTS = 60;
/** Characters of a value that a line shows; all of it can be copied. */
const SHOWN_CHARS = 2_000;

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
  text: string;
  lines: JsonLines;
  line: number;
  top: number;
  indent: number;
  folded: boolean;
  current: boolean;
  needle: string;
  onFold: (line: number, closed: boolean) => void;
  onSelect: (line: number) => void;
}

export function JsonRow({ text, lines, line, top, indent, folded, current, needle, onFold, onSelect }: JsonRowProps) {
  const { depth, kind, comma, keyFrom, keyTo, valueFrom, valueTo, close } = lineAt(lines, line);
  const opens = close > 0;
  const punctuation = wordsOf(kind, folded);
  const shownTo = Math.min(valueTo, valueFrom + SHOWN_CHARS);
  // What is folded ends where it closes, and so does its comma.
  const withComma = folded && opens ? lineAt(lines, close).comma : comma;
  return (
    <div
      id={`json-${line}`}
      role="treeitem"
      aria-level={depth + 1}
      aria-expanded={opens ? !folded : undefined}
      aria-selected={current}
      className={current ? 'line line-current' : 'line'}
      style={{ top, paddingLeft: 22 + Math.min(depth, MOST_INDENTS) * indent }}
      onClick={() => onSelect(line)}
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
      {keyTo > keyFrom && (
        <>
          <span className="code-key">
            <Marked text={text.slice(keyFrom, Math.min(keyTo, keyFrom + SHOWN_CHARS))} needle={needle} />
          </span>
          <span className="code-mark">: </span>
        </>
      )}
      {punctuation === null ? (
        <span className={CLASSES[kind] ?? ''}>
          <Marked text={text.slice(valueFrom, shownTo)} needle={needle} />
        </span>
      ) : (
        <span className="code-mark">{punctuation}</span>
      )}
      {shownTo < valueTo && <span className="muted"> … {valueTo - shownTo} characters more</span>}
      {withComma && <span className="code-mark">,</span>}
    </div>
  );
}
