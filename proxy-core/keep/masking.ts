import { join } from 'node:path';
import { SidetapError } from '../errors.ts';
import { Masker } from '../redact/mask.ts';
import { builtInRules } from '../redact/secrets.ts';
import { type Masking, type MaskingRules, maskingRulesSchema, noUserRules } from '../rrpair/masking.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

/** The user's rules on what is a secret, kept in `masking.json`. */
export class MaskingFile {
  readonly path: string;
  #rules: MaskingRules;
  #problem: string;

  constructor(dataDir: string, { readOnly = false }: { readOnly?: boolean } = {}) {
    this.path = join(dataDir, 'masking.json');
    const { value, problem } = readJsonFile(this.path, maskingRulesSchema, noUserRules, { check: checkRules, setAside: !readOnly });
    this.#rules = value;
    this.#problem = problem;
  }

  get rules(): MaskingRules {
    return this.#rules;
  }

  get problem(): string {
    return this.#problem;
  }

  show(): Masking {
    return { builtIn: [...builtInRules], user: this.#rules, path: this.path, problem: this.#problem };
  }

  /** Throws `masking-invalid`, `data-dir-unusable`. */
  save(rules: MaskingRules): Masking {
    checkRules(rules);
    writeJsonFile(this.path, rules);
    this.#rules = rules;
    this.#problem = '';
    return this.show();
  }
}

/** Throws `masking-invalid` for rules that contradict each other or cannot be used. */
function checkRules(rules: MaskingRules): void {
  const seen = new Set(builtInRules.map(({ id }) => id));
  for (const { id } of rules.rules) {
    if (seen.has(id))
      throw new SidetapError('masking-invalid', `Two masking rules are called “${id}”. Give each an id of its own.`);
    seen.add(id);
  }
  const unknown = rules.off.find((id) => !builtInRules.some((rule) => rule.id === id));
  if (unknown !== undefined) {
    throw new SidetapError(
      'masking-invalid',
      `Sidetap has no masking rule “${unknown}” to switch off. \`sidetap mask list\` shows those it has.`,
    );
  }
  // Compiles patterns and paths.
  if (rules.rules.length > 0) void new Masker(rules);
}
