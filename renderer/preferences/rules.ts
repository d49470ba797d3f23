import { type MaskingRule, type MaskingRules, maskingRuleSchema } from '../../proxy-core/rrpair/masking.ts';

export type RuleKind = MaskingRule['kind'];

/** What a rule of each kind looks for, and what is to be typed. */
export const ruleKinds: Readonly<Record<RuleKind, { label: string; example: string }>> = {
  header: { label: 'Header', example: 'X-Tenant, X-User' },
  query: { label: 'Query or form parameter', example: 'session, ticket' },
  name: { label: 'Name, wherever it stands', example: 'iban, birthday' },
  ending: { label: 'End of a name', example: 'pin, apikey' },
  json: { label: 'Path in JSON', example: '$.user.ssn, $..iban' },
  pattern: { label: 'Regular expression', example: 'order=(\\d+)' },
};

/** Names as typed: separated by commas or line ends. */
export function namesOf(text: string): string[] {
  return [...new Set(text.split(/[,\n]/).map((name) => name.trim()))].filter((name) => name !== '');
}

/** What a rule looks for, as one line. */
export function ruleText(rule: MaskingRule): string {
  if (rule.kind === 'pattern') return rule.pattern;
  return (rule.kind === 'json' ? rule.paths : rule.names).join(', ');
}

function freeId(kind: RuleKind, text: string, taken: ReadonlySet<string>): string {
  const words = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
  const base = words === '' ? kind : `${kind}-${words}`;
  for (let turn = 1; ; turn += 1) {
    const id = turn === 1 ? base : `${base}-${turn}`;
    if (!taken.has(id)) return id;
  }
}

function lookedFor(kind: RuleKind, text: string): object {
  if (kind === 'pattern') return { pattern: text.trim() };
  return kind === 'json' ? { paths: namesOf(text) } : { names: namesOf(text) };
}

/** The rule that was typed; a sentence when it is none. */
export function ruleOf(kind: RuleKind, text: string, { rules }: MaskingRules, builtIn: readonly string[]): MaskingRule | string {
  const id = freeId(kind, text, new Set([...rules.map((rule) => rule.id), ...builtIn]));
  if (text.trim() === '') return `Say what is to be masked, such as ${ruleKinds[kind].example}.`;
  if (kind === 'pattern') {
    try {
      RegExp(text.trim(), 'u');
    } catch (error) {
      return `This is no regular expression: ${error instanceof Error ? error.message : String(error)}.`;
    }
  }
  const found = maskingRuleSchema.safeParse({ id, kind, ...lookedFor(kind, text) });
  return found.success ? found.data : 'That is too long for one rule: 200 characters a name, 500 names at most.';
}
