import vm from 'node:vm';
import { messageOf, SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { MaskingRule } from '../rrpair/masking.ts';
import { MASK } from './secrets.ts';

interface Pattern {
  rule: string;
  title: string;
  expression: RegExp;
}

/** The user's regular expressions. Each text has a limit of time, because V8 ends one that backtracks for ever only on behalf of a watchdog. */
export class Patterns {
  readonly #patterns: readonly Pattern[];
  readonly #watchdog = vm.createContext({ run: () => this.#running?.() });
  readonly #script = new vm.Script('run()');
  #running: (() => unknown) | undefined;

  /** Throws `masking-invalid` for an expression that is none. */
  constructor(rules: readonly MaskingRule[]) {
    this.#patterns = rules.flatMap((rule) => (rule.kind === 'pattern' ? [compiled(rule)] : []));
  }

  get isEmpty(): boolean {
    return this.#patterns.length === 0;
  }

  /** Throws `masking-invalid` when an expression takes too long: what was not looked through must not leave. */
  mask(text: string, onSecret: (rule: string, value: string) => void): string {
    let out = text;
    for (const pattern of this.#patterns) out = this.#within(pattern, () => maskPattern(out, pattern, onSecret));
    return out;
  }

  #within({ title }: Pattern, run: () => string): string {
    this.#running = run;
    try {
      return this.#script.runInContext(this.#watchdog, { timeout: limits.maskPatternMillis }) as string;
    } catch (error) {
      if (typeof error !== 'object' || error === null || !('code' in error) || error.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT')
        throw error;
      throw new SidetapError(
        'masking-invalid',
        `The masking rule “${title}” takes too long on what was captured, so nothing was written. Make its regular expression simpler.`,
        { cause: error },
      );
    } finally {
      this.#running = undefined;
    }
  }
}

function compiled(rule: Extract<MaskingRule, { kind: 'pattern' }>): Pattern {
  const title = rule.title === '' ? rule.id : rule.title;
  try {
    return { rule: rule.id, title, expression: new RegExp(rule.pattern, rule.ignoreCase ? 'dgi' : 'dg') };
  } catch (error) {
    throw new SidetapError('masking-invalid', `The masking rule “${title}” holds no regular expression: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

function maskPattern(text: string, { rule, expression }: Pattern, onSecret: (rule: string, value: string) => void): string {
  let out = '';
  let copied = 0;
  for (const match of text.matchAll(expression)) {
    // Of an expression with groups the first that took part is the secret; what is around it only tells where it is.
    const [start, end] = match.indices?.slice(1).find((range) => range !== undefined) ?? match.indices?.[0] ?? [0, 0];
    if (start < copied || start === end) continue;
    onSecret(rule, text.slice(start, end));
    out += text.slice(copied, start) + MASK;
    copied = end;
  }
  return copied === 0 ? text : out + text.slice(copied);
}
