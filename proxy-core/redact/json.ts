import { isJsonPunctuation, isJsonSpace, jsonStringEnd, jsonWordEnd } from '../wire/json-tokens.ts';
import { type JsonPath, leadsTo } from './json-path.ts';
import { MASK } from './secrets.ts';

const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

export interface JsonSecrets {
  /** The rule by which a member of this name is a secret, with all that stands below it; null when it is none. */
  name: (name: string) => string | null;
  paths: readonly { rule: string; path: JsonPath }[];
}

/** Told of each value that was masked; `name` is that of the secret member. */
export type OnJson = (rule: string, name: string, value: string) => void;

/** Why everything in here is masked. */
interface Owner {
  rule: string;
  name: string;
}

interface Container {
  isList: boolean;
  owner: Owner | null;
  /** Where in it we are; kept only when there are paths. */
  at: string | number;
}

/**
 * Calls back for each value of a JSON text that is a secret by its name or its place, or that stands anywhere below such a one; replaces
 * it, leaving all else byte for byte.
 */
export function maskJson(text: string, secrets: JsonSecrets, onSecret: OnJson): string {
  // Read token by token rather than parsed and written anew: numbers keep their digits, and white space and order of members stay as they
  // were. And by hand rather than by a regular expression: those overflow their stack on a string of 8 MB, and need minutes for an unclosed one.
  const place = new Place(secrets);
  /** The string before the colon, quotes included. */
  let name = '';
  let afterColon = false;
  let out = '';
  let copied = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (isJsonSpace(code) || code === COLON) {
      afterColon ||= code === COLON;
      at += 1;
      continue;
    }
    const isString = code === QUOTE;
    const end = isString ? jsonStringEnd(text, at) : isJsonPunctuation(code) ? at + 1 : jsonWordEnd(text, at);
    if (code === OPEN_BRACE || code === OPEN_BRACKET) place.open(code === OPEN_BRACKET, afterColon ? name : '');
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) place.close();
    else if (code === COMMA) place.next();
    else if (afterColon || place.inList) {
      const owner = place.owner(afterColon ? name : '');
      const part = owner === null ? '' : text.slice(at, end);
      if (owner !== null && part !== 'null') {
        onSecret(owner.rule, owner.name, isString ? unquote(part) : part);
        out += `${text.slice(copied, at)}"${MASK}"`;
        copied = end;
      }
    }
    name = isString && !afterColon ? text.slice(at, end) : '';
    afterColon = false;
    at = end;
  }
  return copied === 0 ? text : out + text.slice(copied);
}

/** Where in the text we are, and whether what stands there is a secret. */
class Place {
  readonly #secrets: JsonSecrets;
  readonly #stack: Container[] = [];
  /** Names come again and again, quotes included. */
  readonly #rules = new Map<string, string | null>();

  constructor(secrets: JsonSecrets) {
    this.#secrets = secrets;
  }

  get inList(): boolean {
    return this.#stack.at(-1)?.isList === true;
  }

  open(isList: boolean, quoted: string): void {
    const owner = this.owner(quoted);
    this.#stack.push({ isList, owner, at: isList ? 0 : '' });
  }

  close(): void {
    this.#stack.pop();
  }

  next(): void {
    const container = this.#stack.at(-1);
    if (typeof container?.at === 'number') container.at += 1;
  }

  /** Of a value; `quoted` is its member's name, empty for an item. */
  owner(quoted: string): Owner | null {
    const container = this.#stack.at(-1);
    if (container !== undefined && container.owner !== null) return container.owner;
    if (quoted !== '') {
      const rule = this.#rule(quoted);
      if (rule !== null) return { rule, name: unquote(quoted) };
    }
    if (this.#secrets.paths.length === 0 || container === undefined) return null;
    if (!container.isList) container.at = unquote(quoted);
    const at = this.#stack.map((each) => each.at);
    const found = this.#secrets.paths.find(({ path }) => leadsTo(path, at));
    return found === undefined ? null : { rule: found.rule, name: at.join('.') };
  }

  #rule(quoted: string): string | null {
    const known = this.#rules.get(quoted);
    if (known !== undefined) return known;
    const rule = this.#secrets.name(unquote(quoted));
    this.#rules.set(quoted, rule);
    return rule;
  }
}

function unquote(string: string): string {
  try {
    return String(JSON.parse(string));
  } catch {
    return string.slice(1, string.length > 1 && string.endsWith('"') ? -1 : undefined); // A bad escape: its raw characters are the best reading there is.
  }
}
