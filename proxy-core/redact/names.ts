import type { MaskingRules } from '../rrpair/masking.ts';
import { builtInRules } from './secrets.ts';

/** Where a name stands: in a header, in a URL or a form, or anywhere else (JSON, parts of a form, columns). */
export type NamePlace = 'header' | 'query' | 'other';

interface Ending {
  text: string;
  rule: string;
}

/** Tells by a name whether its value is a secret. Answers are remembered: the same names come again and again. */
export class SecretNames {
  readonly #headers = new Map<string, string>();
  readonly #query = new Map<string, string>();
  readonly #names = new Map<string, string>();
  readonly #endings: Ending[] = [];
  readonly #kept: ReadonlySet<string>;
  readonly #known = new Map<string, string | null>();

  constructor({ off, keep, rules }: MaskingRules) {
    this.#kept = new Set(keep.map(bare));
    for (const rule of [...rules, ...builtInRules.filter(({ id }) => !off.includes(id))]) {
      switch (rule.kind) {
        case 'header':
          for (const name of rule.names) add(this.#headers, name.toLowerCase(), rule.id);
          break;
        case 'query':
          for (const name of rule.names) add(this.#query, bare(name), rule.id);
          break;
        case 'name':
          for (const name of rule.names) add(this.#names, bare(name), rule.id);
          break;
        case 'ending':
          for (const name of rule.names) this.#endings.push({ text: bare(name), rule: rule.id });
          break;
        default:
        // The others are not found by names.
      }
    }
  }

  /** The id of the rule by which the value of this name is a secret; null when it is none. */
  rule(name: string, place: NamePlace): string | null {
    const key = `${place} ${name}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const rule = this.#find(name, place);
    // Names come from captured traffic: there may be any number of them.
    if (this.#known.size < REMEMBERED) this.#known.set(key, rule);
    return rule;
  }

  #find(name: string, place: NamePlace): string | null {
    const lower = name.toLowerCase();
    const plain = bare(name);
    if (this.#kept.has(plain)) return null;
    if (place === 'header') {
      const header = this.#headers.get(lower);
      if (header !== undefined) return header;
      return this.#names.get(bare(lower.replace(/^x-/, ''))) ?? this.#ending(bare(lower.replace(/^x-/, '')));
    }
    if (place === 'query') {
      const query = this.#query.get(plain);
      if (query !== undefined) return query;
    }
    return this.#names.get(plain) ?? this.#ending(plain);
  }

  #ending(plain: string): string | null {
    return this.#endings.find(({ text }) => plain.endsWith(text))?.rule ?? null;
  }
}

const REMEMBERED = 5_000;

function add(map: Map<string, string>, name: string, rule: string): void {
  if (!map.has(name)) map.set(name, rule);
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.\s[\]]/g, '');
}
