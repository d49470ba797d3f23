import { sqlCommentKeys, type TraceRule, traceRules } from './rules.ts';

/** An identity that a request carries, or a call. */
export interface TraceId {
  rule: TraceRule;
  /** Equal for the same identity, however it is written. */
  key: string;
  /** As it was sent. */
  value: string;
  place: IdPlace;
}

/** Where an identity stands: a message may be one of many that are sent together, each with identities of its own. */
export type IdPlace = 'head' | 'sql-comment' | 'message';

const rulesByHeader = new Map(traceRules.map((rule) => [rule.header, rule]));
const rank = new Map(traceRules.map((rule, index) => [rule.header, index]));

/** Characters of a field that are looked at. */
const FIELD_CHARS = 400;

/** Which of its fields a head can have; most have none, which one look tells. */
const fields = new RegExp(
  `\\n(${traceRules.map((rule) => rule.header).join('|')})[ \\t]*:([^\\r\\n]{0,${String(FIELD_CHARS)}})`,
  'gi',
);

/** Bytes of a head that are looked through: what carries identities stands among the first. */
const HEAD_BYTES = 16 * 1_024;
/** Characters of a statement at whose beginning and end a comment may stand. */
const COMMENT_CHARS = 1_000;

/** The identities in a head, the most telling first. */
export function idsInHead(head: Buffer): TraceId[] {
  if (head.length === 0) return [];
  const text = head.toString('latin1', 0, HEAD_BYTES);
  const found: TraceId[] = [];
  for (const [, name = '', value = ''] of text.matchAll(fields)) add(found, rulesByHeader.get(name.toLowerCase()), value, 'head');
  return found.sort(byRank);
}

/** The identities in the fields of messages, each once: those of the first message first, of each the most telling first. */
export function idsInMessages(messages: readonly (readonly (readonly [name: string, value: string])[])[]): TraceId[] {
  const found = new Map<string, TraceId>();
  for (const fieldsOfOne of messages) {
    const ids: TraceId[] = [];
    for (const [name, value] of fieldsOfOne)
      add(ids, rulesByHeader.get(name.toLowerCase()), value.slice(0, FIELD_CHARS), 'message');
    for (const id of ids.sort(byRank)) if (!found.has(id.key)) found.set(id.key, id);
  }
  return [...found.values()];
}

/** The identities in the comments of a statement. */
export function idsInSql(statement: string): TraceId[] {
  if (!statement.includes('/*')) return [];
  const found: TraceId[] = [];
  const ends =
    statement.length <= 2 * COMMENT_CHARS ? [statement] : [statement.slice(0, COMMENT_CHARS), statement.slice(-COMMENT_CHARS)];
  for (const text of ends) {
    for (const [, comment = ''] of text.matchAll(/\/\*(.*?)\*\//gs)) {
      // sqlcommenter: key='value', URL-encoded, the quotes escaped; Marginalia: key:value.
      for (const [, key = '', quoted, plain] of comment.matchAll(/([\w%-]+)\s*(?:=\s*'([^']*)'|[:=]\s*([^,\s']+))/g)) {
        const header = sqlCommentKeys[decoded(key).toLowerCase()];
        if (header !== undefined) add(found, rulesByHeader.get(header), decoded(quoted ?? plain ?? ''), 'sql-comment');
      }
    }
  }
  return found;
}

function add(found: TraceId[], rule: TraceRule | undefined, value: string, place: IdPlace): void {
  const identity = rule?.value.exec(value)?.[1];
  if (rule === undefined || identity === undefined) return;
  const key = keyOf(rule, identity);
  if (key !== null) found.push({ rule, key, value: value.trim(), place });
}

/** Null for what is no identity: all zeros (Trace Context 3.2.2.3 calls it invalid). */
function keyOf({ family, digits }: TraceRule, identity: string): string | null {
  if (digits === undefined) return `${family} ${identity}`;
  const hex = digits === 'hex' ? identity.toLowerCase() : BigInt(identity).toString(16);
  const last = hex.slice(-16).padStart(16, '0');
  return /^0*$/.test(last) ? null : `${family} ${last}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A lone % sign: it is meant as it stands.
  }
}

function byRank(a: TraceId, b: TraceId): number {
  return rankOf(a) - rankOf(b);
}

function rankOf({ rule }: TraceId): number {
  return rank.get(rule.header) ?? traceRules.length;
}
