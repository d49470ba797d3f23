/** A piece of a statement and what it is. */
export interface SqlToken {
  text: string;
  /** Where it begins. */
  at: number;
  kind: 'word' | 'keyword' | 'text' | 'number' | 'comment' | 'parameter' | 'blank' | 'other';
}

const KEYWORDS: ReadonlySet<string> = new Set(
  `all alter analyze and any array as asc begin between by call cascade case cast check close coalesce collate column commit conflict constraint copy create cross current cursor
database deallocate declare default delete desc describe distinct do drop else end execute exists explain false fetch filter first for foreign from full function grant group having if ilike in index
inner insert interval into is join key last lateral left like limit listen lock materialized natural not nothing notify null nulls offset on only or order outer over partition prepare primary procedure
recursive references release replace restrict returning revoke right rollback row rows savepoint schema select sequence session set share show similar start table temporary then to transaction
trigger true truncate type union unique unlisten update use using vacuum values view when where window with without work`.split(
    /\s+/,
  ),
);

const TOKEN =
  /(?<comment>--[^\n]*|\/\*[^]*?(?:\*\/|$))|(?<text>'(?:[^'\\]|''|\\.)*'?|\$(?<tag>\w*)\$[^]*?(?:\$\k<tag>\$|$))|(?<quoted>"(?:[^"]|"")*"?|`[^`]*`?)|(?<parameter>\$\d+|\?)|(?<number>\b\d+(?:\.\d+)?\b)|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|(?<blank>\s+)|(?<other>[^])/gu;

/** A statement in pieces. Together they are the statement. */
export function sqlTokens(sql: string): SqlToken[] {
  return Array.from(sql.matchAll(TOKEN), (match): SqlToken => {
    const [text] = match;
    const at = match.index;
    const groups = match.groups ?? {};
    if (groups['word'] !== undefined) return { text, at, kind: KEYWORDS.has(text.toLowerCase()) ? 'keyword' : 'word' };
    if (groups['text'] !== undefined) return { text, at, kind: 'text' };
    if (groups['number'] !== undefined) return { text, at, kind: 'number' };
    if (groups['comment'] !== undefined) return { text, at, kind: 'comment' };
    if (groups['parameter'] !== undefined) return { text, at, kind: 'parameter' };
    if (groups['blank'] !== undefined) return { text, at, kind: 'blank' };
    return { text, at, kind: groups['quoted'] === undefined ? 'other' : 'word' };
  });
}

/** Words that begin a line of their own, unless they stand in parentheses. */
const CLAUSES: ReadonlySet<string> = new Set(
  'from where group having order limit offset returning values set union except intersect on left right inner full cross join window fetch for'.split(
    ' ',
  ),
);
/** Before these no line is broken: `left join`, `on conflict do`, `for update`. */
const CONTINUED: ReadonlySet<string> = new Set('left right inner full cross natural outer delete is distinct insert'.split(' '));
/** Statements up to here fit in a line. */
const SHORT = 60;

/** The statement with a line for each clause; one that has lines already, or is short, stays as it is. */
export function sqlInLines(sql: string): string {
  if (sql.length <= SHORT || sql.trim().includes('\n')) return sql;
  let lines = '';
  let depth = 0;
  let before = '';
  for (const { text, kind } of sqlTokens(sql)) {
    const word = text.toLowerCase();
    if (kind === 'other' && text === '(') depth += 1;
    else if (kind === 'other' && text === ')') depth = Math.max(0, depth - 1);
    const breaks = kind === 'keyword' && depth === 0 && lines !== '' && !CONTINUED.has(before);
    if (breaks && CLAUSES.has(word))
      lines = `${lines.trimEnd()}\n${word === 'on' ? '    ' : '  '.repeat(word === 'join' || CONTINUED.has(word) ? 1 : 0)}`;
    else if (breaks && (word === 'and' || word === 'or') && before !== 'between') lines = `${lines.trimEnd()}\n  `;
    lines += kind === 'blank' ? ' ' : text;
    if (kind !== 'blank') before = word;
  }
  return lines;
}
