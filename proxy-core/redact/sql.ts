import { MASK } from './secrets.ts';

/** The name of a column tells whether its value is a secret: gives the rule, or null. */
export type NameTest = (name: string) => string | null;
export type OnSql = (rule: string, name: string, value: string) => void;

interface Token {
  kind: 'word' | 'text' | 'number' | 'sign';
  start: number;
  end: number;
  /** Words without their quotes, texts without theirs. */
  value: string;
}

/** Words before a literal that is a password whatever it is called: `IDENTIFIED BY '…'`, `PASSWORD '…'`. */
const passwordWords: ReadonlySet<string> = new Set(['by', 'password']);
const comparisons: ReadonlySet<string> = new Set(['=', '<', '>', '!', ':', 'like', 'ilike', 'in', 'is', 'not', '(', ',']);

/**
 * Masks literals of an SQL text that stand beside a column whose name says that it is secret: in comparisons and SET, in the VALUES of an
 * INSERT, and behind IDENTIFIED BY and PASSWORD. All else stays byte for byte. Never throws; takes one pass.
 */
export function maskSql(sql: string, secret: NameTest, onSecret: OnSql): string {
  const tokens = tokensOf(sql);
  const hidden = new Map<number, { rule: string; name: string }>();
  compared(tokens, secret, hidden);
  inserted(tokens, secret, hidden);
  let out = '';
  let copied = 0;
  for (const [index, { rule, name }] of [...hidden].toSorted(([a], [b]) => a - b)) {
    const token = tokens[index];
    if (token === undefined) continue;
    onSecret(rule, name, token.value);
    out += `${sql.slice(copied, token.start)}'${MASK}'`;
    copied = token.end;
  }
  return copied === 0 ? sql : out + sql.slice(copied);
}

/** `password = 'x'`, `SET token := 'x'`, `pin IN (1, 2)`, `IDENTIFIED BY 'x'`. */
function compared(tokens: readonly Token[], secret: NameTest, hidden: Map<number, { rule: string; name: string }>): void {
  let owner: { rule: string; name: string } | null = null;
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'text' || token.kind === 'number') {
      const before = tokens[index - 1];
      const named = before?.kind === 'word' && passwordWords.has(before.value.toLowerCase());
      if (owner !== null) hidden.set(index, owner);
      else if (named && token.kind === 'text') hidden.set(index, { rule: 'secret-names', name: 'password' });
    } else if (!comparisons.has(token.value.toLowerCase())) {
      const rule = token.kind === 'word' ? secret(token.value) : null;
      const next = tokens[index + 1];
      // A name in a list of columns is followed by a comma: what comes then belongs to the next.
      owner = rule === null || next?.value === ',' ? null : { rule, name: token.value };
    } else if (token.value === ',' && !isInList(tokens, index)) {
      owner = null;
    }
  }
}

/** A comma between two literals. */
function isInList(tokens: readonly Token[], index: number): boolean {
  const literal = (token: Token | undefined): boolean => token?.kind === 'text' || token?.kind === 'number';
  return literal(tokens[index - 1]) && literal(tokens[index + 1]);
}

/** `INSERT INTO users (name, password) VALUES ('a', 'b'), …` */
function inserted(tokens: readonly Token[], secret: NameTest, hidden: Map<number, { rule: string; name: string }>): void {
  for (let at = 0; at < tokens.length; at += 1) {
    if (tokens[at]?.value.toLowerCase() !== 'into') continue;
    const open = tokens.findIndex((token, index) => index > at && token.value === '(');
    const values = tokens.findIndex((token, index) => index > at && token.value.toLowerCase() === 'values');
    if (open < 0 || values < open) return;
    const columns: (string | null)[] = [];
    for (const token of tokens.slice(open + 1, values)) if (token.kind === 'word') columns.push(token.value);
    hideValues(tokens, values + 1, columns, secret, hidden);
    return;
  }
}

function hideValues(
  tokens: readonly Token[],
  from: number,
  columns: readonly (string | null)[],
  secret: NameTest,
  hidden: Map<number, { rule: string; name: string }>,
): void {
  let depth = 0;
  let column = 0;
  for (let index = from; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token?.value === '(') {
      depth += 1;
      if (depth === 1) column = 0;
    } else if (token?.value === ')') depth -= 1;
    else if (token?.value === ',' && depth === 1) column += 1;
    else if (depth > 0 && (token?.kind === 'text' || token?.kind === 'number')) {
      const name = columns[column] ?? null;
      const rule = name === null ? null : secret(name);
      // A literal that was taken for the value of its neighbour above is not one.
      if (rule === null) hidden.delete(index);
      else hidden.set(index, { rule, name: name ?? '' });
    }
  }
}

function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < sql.length; ) {
    const code = sql.charAt(at);
    if (/\s/.test(code)) at += 1;
    else if (sql.startsWith('--', at)) at = endOr(sql, '\n', at);
    else if (sql.startsWith('/*', at)) at = endOr(sql, '*/', at + 2) + 2;
    else if (code === "'") at = text(sql, at, tokens);
    else if (code === '"' || code === '`') at = quoted(sql, at, code, tokens);
    else if (/[\w$]/.test(code)) at = wordOrNumber(sql, at, tokens);
    else {
      tokens.push({ kind: 'sign', start: at, end: at + 1, value: code });
      at += 1;
    }
  }
  return tokens;
}

function endOr(sql: string, what: string, from: number): number {
  const end = sql.indexOf(what, from);
  return end < 0 ? sql.length : end;
}

/** A literal; a quote in it is doubled, or has a backslash before it as MySQL writes it. */
function text(sql: string, start: number, tokens: Token[]): number {
  let at = start + 1;
  while (at < sql.length) {
    const code = sql.charAt(at);
    if (code === '\\') at += 2;
    else if (code !== "'") at += 1;
    else if (sql.charAt(at + 1) === "'") at += 2;
    else break;
  }
  const end = Math.min(at + 1, sql.length);
  tokens.push({ kind: 'text', start, end, value: sql.slice(start + 1, Math.min(at, sql.length)) });
  return end;
}

function quoted(sql: string, start: number, quote: string, tokens: Token[]): number {
  const close = sql.indexOf(quote, start + 1);
  const end = close < 0 ? sql.length : close + 1;
  tokens.push({ kind: 'word', start, end, value: sql.slice(start + 1, close < 0 ? end : close) });
  return end;
}

function wordOrNumber(sql: string, start: number, tokens: Token[]): number {
  let at = start;
  while (at < sql.length && /[\w$]/.test(sql.charAt(at))) at += 1;
  const value = sql.slice(start, at);
  // `E'…'`, `_utf8'…'`: how the text that follows is to be read.
  if (sql.charAt(at) === "'" && /^(?:e|n|b|x|_\w+)$/i.test(value)) return at;
  // `$1` is a parameter, whose value stands elsewhere.
  tokens.push({ kind: /^\d/.test(value) ? 'number' : 'word', start, end: at, value });
  return at;
}
