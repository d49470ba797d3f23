import { assertNever } from '../../../../proxy-core/errors.ts';
import { type Folds, foldDepth, foldsOf, lineOfRow, reveal, rowOfLine } from '../folds.ts';
import { type Hint, hintOf } from '../hints.ts';
import { LineKind, lineOfOffset, pathOf, plainValue, SHOWN_CHARS } from '../jsonLines.ts';
import type { LinesEnd, ParsedLines } from '../jsonParse.ts';
import { findIn, MOST_FOUND } from './find.ts';
import { noteAt, type TreeNotes } from './treeText.ts';
import type { Asker } from './work.ts';

/**
 * A tree that is looked at. It stays where it was read: its text, its lines and what of them is folded never come to the window's thread, which
 * asks for the few rows that it draws.
 */

/** One row as it is drawn. */
export interface TreeRow {
  line: number;
  depth: number;
  /** One of `LineKind`. */
  kind: number;
  /** As it stands in the text, at most `SHOWN_CHARS` of it; empty for none. */
  key: string;
  /** The same of the value; a sign where something opens or closes. */
  value: string;
  /** Characters of the value that are not in `value`. */
  more: number;
  comma: boolean;
  opens: boolean;
  folded: boolean;
  /** The line that opens what this one stands in; -1 at the top. */
  parent: number;
  /** There is something to say of what the value means. */
  hinted: boolean;
  /** Said beside the value; empty for none. */
  note: string;
  /** It closes what has no end in the text. */
  unended: boolean;
}

/** How the tree looks at the moment: rows of another version are none of this one. */
export interface TreeState {
  version: number;
  /** Rows to be seen. */
  count: number;
  /** Characters of the longest line. */
  widest: number;
  end: LinesEnd;
}

/** What is done to a tree. */
export type TreeAct =
  | { do: 'fold'; line: number; closed: boolean }
  | { do: 'foldAll' }
  | { do: 'unfoldAll' }
  | { do: 'goTo'; line: number }
  | { do: 'goToFound'; place: number };

/** Rows from `first` up to, not including, `end`. */
export interface RowRange {
  first: number;
  end: number;
}

export interface TreeChange {
  state: TreeState;
  /** The row that was asked for, or at which the line that was to be kept is now; -1 for none. */
  row: number;
}

/** What is said of one line when it is chosen or pointed at. */
export interface LineMeaning {
  /** The end of its path. */
  path: string;
  note: string;
  hint: Hint | null;
}

const PATH_CHARS = 160;
/** A tree is folded from here on by “Fold all”. */
const FOLDED_DEPTH = 1;

export class TreeDoc {
  readonly #parsed: ParsedLines;
  readonly #notes: TreeNotes;
  #folded: Uint8Array;
  #folds: Folds;
  #version = 1;
  #found: Int32Array = new Int32Array(0);

  constructor(parsed: ParsedLines, notes: TreeNotes) {
    this.#parsed = parsed;
    this.#notes = notes;
    this.#folded = new Uint8Array(parsed.lines.count);
    this.#folds = foldsOf(parsed.lines, this.#folded);
  }

  get state(): TreeState {
    const { lines, end } = this.#parsed;
    return { version: this.#version, count: this.#folds.count, widest: lines.widest, end };
  }

  page({ first, end }: RowRange): { version: number; rows: TreeRow[] } {
    const rows: TreeRow[] = [];
    for (let row = first; row < Math.min(end, this.#folds.count); row += 1) rows.push(this.#row(lineOfRow(this.#folds, row)));
    return { version: this.#version, rows };
  }

  /** `keep` is the line that the user is at, -1 for none. */
  act(act: TreeAct, keep: number): TreeChange {
    const line = this.#apply(act, keep);
    this.#folds = foldsOf(this.#parsed.lines, this.#folded);
    this.#version += 1;
    return { state: this.state, row: line < 0 ? -1 : rowOfLine(this.#folds, line) };
  }

  /** Does it, and answers which line is to be in sight. */
  #apply(act: TreeAct, keep: number): number {
    const { lines } = this.#parsed;
    switch (act.do) {
      case 'fold':
        if (lines.closeAt(act.line) > act.line) this.#folded[act.line] = act.closed ? 1 : 0;
        return keep;
      case 'foldAll':
        this.#folded = foldDepth(lines, FOLDED_DEPTH);
        return keep;
      case 'unfoldAll':
        this.#folded.fill(0);
        return keep;
      case 'goTo':
        reveal(lines, this.#folded, act.line);
        return act.line;
      case 'goToFound': {
        const offset = this.#found[act.place];
        if (offset === undefined) return keep;
        const line = lineOfOffset(lines, offset);
        reveal(lines, this.#folded, line);
        return line;
      }
      default:
        return assertNever(act);
    }
  }

  meaning(line: number): LineMeaning {
    const { lines } = this.#parsed;
    const { kind, valueFrom, valueTo } = lines.at(line);
    const hint = hintOf(kind, lines.text.slice(valueFrom, valueTo));
    return { path: pathOf(lines, line).slice(-PATH_CHARS), note: noteAt(this.#notes, valueFrom), hint };
  }

  copied(of: 'path' | 'value' | 'all', line: number): string {
    const { lines } = this.#parsed;
    return of === 'all' ? lines.text : of === 'path' ? pathOf(lines, line) : plainValue(lines, line);
  }

  /** Where it stands stays here, for `goToFound`. */
  async find(needle: string, { tell, wanted }: Asker): Promise<{ count: number; more: boolean }> {
    const places = await findIn(this.#parsed.lines.text, needle, tell, wanted);
    if (wanted()) this.#found = places;
    return { count: places.length, more: places.length >= MOST_FOUND };
  }

  #row(line: number): TreeRow {
    const { lines } = this.#parsed;
    const at = lines.at(line);
    const { kind, keyFrom, keyTo, valueFrom, valueTo, close } = at;
    const shownTo = Math.min(valueTo, valueFrom + SHOWN_CHARS);
    const folded = this.#folded[line] === 1;
    const opens = close > line;
    const scalar = kind === LineKind.string || kind === LineKind.number || kind === LineKind.atom;
    return {
      line,
      depth: at.depth,
      kind,
      key: lines.text.slice(keyFrom, Math.min(keyTo, keyFrom + SHOWN_CHARS)),
      value: lines.text.slice(valueFrom, shownTo),
      more: valueTo - shownTo,
      // What is folded ends where it closes, and so does its comma.
      comma: folded && opens ? lines.at(close).comma : at.comma,
      opens,
      folded,
      parent: at.parent,
      hinted: scalar && hintOf(kind, lines.text.slice(valueFrom, valueTo)) !== null,
      note: noteAt(this.#notes, valueFrom),
      unended: at.unended,
    };
  }
}
