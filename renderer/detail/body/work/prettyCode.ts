import type { Parser, SyntaxNodeRef } from '@lezer/common';

type Kind = 'css' | 'javascript';

const INDENT = '  ';
/** Levels that are indented; a hostile source opens thousands. */
const MOST_INDENTS = 40;

/** Nodes that are one piece whatever stands in them. */
const WHOLE = new Set([
  'String',
  'TemplateString',
  'RegExp',
  'LineComment',
  'BlockComment',
  'Comment',
  'StringLiteral',
  'JSXText',
  'JSXAttributeValue',
]);

/** Braces within these are part of an expression and stay in their line. */
const INLINE = new Set(['ObjectPattern', 'ImportGroup', 'ExportGroup', 'Interpolation', 'JSXEscape', 'TemplateString']);

interface Piece {
  from: number;
  to: number;
  name: string;
  parent: string;
}

/** The leaves of a source, comments and strings as one. */
function piecesOf(text: string, parser: Parser): Piece[] {
  const pieces: Piece[] = [];
  parser.parse(text).iterate({
    enter: (node: SyntaxNodeRef) => {
      const whole = WHOLE.has(node.name);
      if (!whole && node.node.firstChild !== null) return true;
      if (node.to > node.from) pieces.push({ from: node.from, to: node.to, name: node.name, parent: node.node.parent?.name ?? '' });
      return false;
    },
  });
  return pieces;
}

class Lines {
  #text = '';
  #depth = 0;
  #fresh = true;

  get text(): string {
    return this.#text.trimEnd();
  }

  get fresh(): boolean {
    return this.#fresh;
  }

  write(piece: string): void {
    if (this.#fresh) this.#text += INDENT.repeat(Math.min(MOST_INDENTS, this.#depth));
    this.#text += piece;
    this.#fresh = false;
  }

  end(): void {
    if (!this.#fresh) this.#text += '\n';
    this.#fresh = true;
  }

  blank(): void {
    this.end();
    if (this.#text !== '' && !this.#text.endsWith('\n\n')) this.#text += '\n';
  }

  by(levels: number): void {
    this.#depth = Math.max(0, this.#depth + levels);
  }
}

/** One statement, or declaration, a line. What stands between the pieces stays, lines in it aside. */
export function prettyCode(text: string, parser: Parser, kind: Kind): string {
  const lines = new Lines();
  /** Open parentheses and brackets: a semicolon in `for (;;)` ends no line. */
  let within = 0;
  let at = 0;
  const braces: boolean[] = [];
  for (const { from, to, name, parent } of piecesOf(text, parser)) {
    const gap = text.slice(at, from);
    const piece = text.slice(from, to);
    at = to;
    const rest = gap.trim();
    if (gap.includes('\n') && /\n\s*\n/.test(gap)) lines.blank();
    // A line that ended where a statement may end without a semicolon ends here too.
    else if (gap.includes('\n') && !lines.fresh) lines.end();
    if (piece === '}' && !INLINE.has(parent)) {
      lines.end();
      if (braces.pop() === true) lines.by(-1);
    } else if (gap !== '' && !lines.fresh && rest === '') {
      lines.write(' ');
    }
    if (rest !== '') lines.write(rest);
    // A colon of a declaration is followed by a space, as people write it.
    lines.write(piece);
    if (name.includes('Comment')) {
      if (name === 'LineComment' || (kind === 'css' && within === 0)) lines.end();
    } else if (piece === '{' && !INLINE.has(parent)) {
      braces.push(true);
      lines.by(1);
      lines.end();
    } else if (piece === '}' && !INLINE.has(parent)) {
      const next = /^\s*(.)/.exec(text.slice(to, to + 20))?.[1] ?? '';
      const goesOn = /^\s*(?:else|catch|finally|while|from)\b/.test(text.slice(to, to + 30)) || /[)\],;.:?}=&|(]/.test(next);
      if (kind === 'css' || !goesOn) lines.end();
    } else if (piece === '(' || piece === '[') {
      within += 1;
    } else if (piece === ')' || piece === ']') {
      within = Math.max(0, within - 1);
    } else if (piece === ';' && !parent.startsWith('For')) {
      lines.end();
    } else if (piece === ',' && (parent === 'ObjectExpression' || (kind === 'css' && parent === 'RuleSet'))) {
      lines.end();
    } else if (piece === ':' && (parent === 'Declaration' || parent === 'Property') && !/\s/.test(text[to] ?? '')) {
      lines.write(' ');
    }
  }
  const rest = text.slice(at).trim();
  if (rest !== '') lines.write(rest);
  return lines.text;
}
