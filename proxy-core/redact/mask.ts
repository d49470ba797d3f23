import { isUtf8 } from 'node:buffer';
import { type Finding, type MaskingRules, noUserRules } from '../rrpair/masking.ts';
import type { HeaderField } from '../rrpair/shapes.ts';
import { maskJson } from './json.ts';
import { parseJsonPath } from './json-path.ts';
import { coverBinary, findInBinary, isBinaryField } from './metadata.ts';
import { maskMultipart } from './multipart.ts';
import { SecretNames } from './names.ts';
import { Patterns } from './patterns.ts';
import { Repeats } from './repeats.ts';
import { builtInRules, MASK, REPEATED } from './secrets.ts';
import { maskSql } from './sql.ts';
import { maskTokens } from './tokens.ts';
import { maskPairs, maskUrl } from './url.ts';

/** A message on its way out of Sidetap. */
export interface OutgoingMessage {
  /** Request target or URL; empty for responses. */
  target: string;
  headers: readonly HeaderField[];
  /** Body with framing and content encoding removed. */
  body: Buffer;
}

export interface MaskedMessage {
  target: string;
  headers: HeaderField[];
  body: Buffer;
  /** What was masked, for people: `header authorization`, `query parameter token`, `body password`. Each once. */
  masked: string[];
  /** The same by rule, counted. */
  findings: Finding[];
}

/** Header fields whose value is a URL. */
const urlHeaders: ReadonlySet<string> = new Set(['location', 'referer', 'content-location', 'origin', ':path']);

const nothing: ReadonlySet<string> = new Set();

type Found = (rule: string, name: string, value: string) => void;

/** Masks what a set of rules takes for secrets. */
export class Masker {
  readonly #names: SecretNames;
  readonly #patterns: Patterns;
  readonly #paths: { rule: string; path: ReturnType<typeof parseJsonPath> }[];
  readonly #users: string | null;
  readonly #tokens: string | null;

  /** Throws `masking-invalid` when a rule cannot be used. */
  constructor(rules: MaskingRules = noUserRules) {
    this.#names = new SecretNames(rules);
    this.#patterns = new Patterns(rules.rules);
    this.#paths = rules.rules.flatMap((rule) =>
      rule.kind === 'json' ? rule.paths.map((path) => ({ rule: rule.id, path: parseJsonPath(path) })) : [],
    );
    const on = (kind: 'url-user' | 'tokens'): string | null =>
      builtInRules.find((rule) => rule.kind === kind && !rules.off.includes(rule.id))?.id ?? null;
    this.#users = on('url-user');
    this.#tokens = on('tokens');
  }

  /** Masks every secret of a message: where its name or form tells, and then wherever the same value occurs again. */
  message(message: OutgoingMessage): MaskedMessage {
    const work = new Work();
    const headers = message.headers.map(([name, value]): HeaderField => [name, this.#header(name, value, work)]);
    const target = this.#url(message.target, work, 'query parameter');
    const body = this.#body(message.headers, message.body, work);
    const repeats = work.repeats();
    return {
      target: repeats(target),
      headers: headers.map(([name, value]): HeaderField => [name, this.repeatedIn(name, repeats(value), work)]),
      body: withText(body, repeats),
      masked: work.masked,
      findings: work.findings,
    };
  }

  /** Takes part in the masking of one pair, whose secrets are masked wherever they stand in it. */
  work(): Work {
    return new Work();
  }

  header(name: string, value: string, work: Work): string {
    return this.#header(name, value, work);
  }

  /** A value in which secrets that were found elsewhere stand in base64. */
  repeatedIn(name: string, value: string, work: Work): string {
    return isBinaryField(name) ? coverBinary(value, this, work) : value;
  }

  target(target: string, work: Work): string {
    return this.#url(target, work, 'query parameter');
  }

  body(headers: readonly HeaderField[], body: Buffer, work: Work): Buffer {
    return this.#body(headers, body, work);
  }

  /** An SQL text. */
  sql(sql: string, work: Work): string {
    const masked = maskSql(sql, (name) => this.#names.rule(name, 'other'), work.found('SQL'));
    return this.text(masked, work, 'SQL');
  }

  /** A JSON text, whatever it is of; members called as in `except` are no secrets. */
  json(json: string, work: Work, where: string, except: ReadonlySet<string> = nothing): string {
    const { name, paths } = this.#jsonSecrets();
    const secrets = { name: (each: string) => (except.has(each) ? null : name(each)), paths };
    return this.text(maskJson(json, secrets, work.found(where)), work, where);
  }

  /** Any other text: what is known by its form, and the user's patterns. */
  text(text: string, work: Work, where: string): string {
    const found = work.found(where);
    const tokens = this.#tokens;
    const known = tokens === null ? text : maskTokens(text, (name, value) => found(tokens, name, value));
    return this.#patterns.isEmpty ? known : this.#patterns.mask(known, (rule, value) => found(rule, rule, value));
  }

  #jsonSecrets(): Parameters<typeof maskJson>[1] {
    return { name: (name) => this.#names.rule(name, 'other'), paths: this.#paths };
  }

  #url(url: string, work: Work, where: string): string {
    const masked = maskUrl(url, (name) => this.#names.rule(name, 'query'), this.#users, work.found(where));
    return this.text(masked, work, where === 'query parameter' ? 'URL' : where);
  }

  #header(name: string, value: string, work: Work): string {
    // Some servers take a field whose name has blanks behind it for what it says.
    const lower = name.trim().toLowerCase();
    const found = work.found('header');
    if (urlHeaders.has(lower)) {
      const inUrl: Found = (rule, parameter, secret) => found(rule, `${lower} (${parameter})`, secret);
      return this.text(
        maskUrl(value, (parameter) => this.#names.rule(parameter, 'query'), this.#users, inUrl),
        work,
        `header ${lower}`,
      );
    }
    const rule = value === '' ? null : this.#names.rule(lower, 'header');
    if (rule === null && isBinaryField(lower)) findInBinary(value, this, work, `header ${lower}`);
    if (rule === null) return this.text(value, work, `header ${lower}`);
    if (lower === 'cookie') return maskCookies(value, rule, found);
    if (lower === 'set-cookie') {
      const end = value.indexOf(';');
      return maskCookies(end < 0 ? value : value.slice(0, end), rule, found) + (end < 0 ? '' : value.slice(end));
    }
    // `Bearer abc` keeps its scheme: it is no secret, and the command still tells what kind of credentials to fill in.
    const scheme = /^([A-Za-z][\w-]*) +(?=\S)/.exec(value);
    const keep = scheme !== null && lower.endsWith('authorization') ? scheme[0] : '';
    found(rule, lower, value.slice(keep.length));
    return keep + MASK;
  }

  #body(headers: readonly HeaderField[], body: Buffer, work: Work): Buffer {
    if (body.length === 0) return body;
    const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
    const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
    const found = work.found('body');
    const named = withText(body, (text) => {
      if (mediaType === 'application/x-www-form-urlencoded')
        return maskPairs(text, (name) => this.#names.rule(name, 'query'), found);
      if (mediaType === 'multipart/form-data')
        return maskMultipart(text, contentType, (name) => this.#names.rule(name, 'other'), found);
      if (mediaType === 'text/event-stream')
        return text.replaceAll(
          /^(data: ?)([[{].*)$/gm,
          (_, name: string, json: string) => name + maskJson(json, this.#jsonSecrets(), found),
        );
      if (mediaType.endsWith('json') || /^\s*[[{]/.test(text.slice(0, 64))) return maskJson(text, this.#jsonSecrets(), found);
      return text;
    });
    const known = withText(named, (text) => this.#knownForms(text, found));
    if (this.#patterns.isEmpty) return known;
    // A user's pattern is about characters, not bytes.
    const encoding = isUtf8(known) ? 'utf8' : 'latin1';
    const text = known.toString(encoding);
    const masked = this.#patterns.mask(text, (rule, value) => found(rule, rule, value));
    return masked === text ? known : Buffer.from(masked, encoding);
  }

  #knownForms(text: string, found: Found): string {
    const rule = this.#tokens;
    return rule === null ? text : maskTokens(text, (name, value) => found(rule, name, value));
  }
}

/** What was found while a message, or all of a pair, is masked. */
export class Work {
  readonly #values = new Set<string>();
  readonly #findings = new Map<string, Finding>();

  /** For secrets that are found at this kind of place. */
  found(where: string): Found {
    return (rule, name, value) => {
      this.#values.add(value);
      this.#count(rule, where.endsWith(name) ? where : `${where} ${name}`, 1);
    };
  }

  /** Masks the values found so far wherever they stand. */
  repeats(): (text: string) => string {
    const repeats = new Repeats(this.#values);
    return (text) => {
      const before = repeats.count;
      const masked = repeats.mask(text);
      if (repeats.count > before) this.#count(REPEATED, 'the same value at another place', repeats.count - before);
      return masked;
    };
  }

  /** The bytes with as many `*` in the place of each value that was found: what is framed by lengths stays readable. */
  cover(bytes: Buffer): Buffer {
    let covered: Buffer | null = null;
    for (const value of this.#values) {
      const wanted = Buffer.from(value);
      if (wanted.length < LEAST_COVERED) continue;
      for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + wanted.length)) {
        covered ??= Buffer.from(bytes);
        covered.fill('*', at, at + wanted.length);
      }
    }
    return covered ?? bytes;
  }

  /** Each once, those at other places excepted. */
  get masked(): string[] {
    return [...new Set(this.findings.filter(({ rule }) => rule !== REPEATED).map(({ where }) => where))];
  }

  get findings(): Finding[] {
    return [...this.#findings.values()];
  }

  #count(rule: string, where: string, by: number): void {
    const key = `${rule}\n${where}`;
    const finding = this.#findings.get(key);
    if (finding !== undefined) finding.count += by;
    // Names come from captured traffic: a body may have a million of them.
    else if (this.#findings.size < MOST_FINDINGS) this.#findings.set(key, { rule, where, count: by });
  }
}

const MOST_FINDINGS = 1_000;
/** Bytes of a value that is looked for in framed bytes: a shorter one may be a length. */
const LEAST_COVERED = 4;

/** Masks by the rules that come with Sidetap. */
export const builtInMasker: Masker = new Masker();

export function maskMessage(message: OutgoingMessage, masker: Masker = builtInMasker): MaskedMessage {
  return masker.message(message);
}

function maskCookies(value: string, rule: string, found: Found): string {
  return value
    .split(/; ?/)
    .map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 0) return pair;
      found(rule, `cookie ${pair.slice(0, equals)}`, pair.slice(equals + 1));
      return `${pair.slice(0, equals)}=${MASK}`;
    })
    .join('; ');
}

/** Changes bytes as text. latin1 keeps every byte, whatever the charset: what is masked is found by ASCII names. */
export function withText(bytes: Buffer, change: (text: string) => string): Buffer {
  if (bytes.length === 0) return bytes;
  const before = bytes.toString('latin1');
  const after = change(before);
  return after === before ? bytes : Buffer.from(after, 'latin1');
}
