import type { ConnectionInfo, FailureCode } from '../rrpair/pair.ts';
import type { HeaderField } from '../rrpair/shapes.ts';
import { type ParsedHead, parseFields, parseHead, parseHeads } from '../wire/http1/head.ts';
import { type HeaderRule, headerRules } from './rules/headers.ts';

/** What is known of a pair when it is described. Bodies are what was kept of them, framing and content encoding included. */
export interface PairFacts {
  connection: ConnectionInfo;
  requestHead: Buffer;
  responseHead: Buffer;
  requestBody: Buffer;
  responseBody: Buffer;
  failure: { code: FailureCode; detail: string } | null;
  summary: { command: string; location: string; status: string } | null;
}

/** A parsed message: header names are looked at once here, because every rule asks for them. */
export interface MessageFacts {
  head: ParsedHead;
  /** The fields in `askedNames`, by lower-cased name. */
  headers: ReadonlyMap<string, string>;
  ruled: readonly RuledField[];
  body: Buffer;
  /** Media type in lower case without parameters, empty when none was sent. */
  mediaType: string;
}

export interface HttpFacts {
  connection: ConnectionInfo;
  request: MessageFacts;
  response: MessageFacts | null;
  /** Host the request names, lower case, without a port. */
  hostname: string;
  path: string;
}

/** A header field that a rule speaks of. */
export interface RuledField {
  name: string;
  value: string;
  rules: Readonly<Record<HeaderRule['in'], readonly HeaderRule[]>>;
}

interface KnownName {
  lower: string;
  /** The rules ask for it by name. */
  asked: boolean;
  rules: RuledField['rules'] | null;
}

/** Fields that are asked for by name, here and in the rules that are code. */
const askedNames: ReadonlySet<string> = new Set([
  'authorization',
  'content-encoding',
  'content-type',
  'host',
  'soapaction',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);

/**
 * What a name as sent means to us. A service uses the same few names thousands of times a second, so they are looked at once. Bounded,
 * because names come from captured traffic.
 */
const knownNames = new Map<string, KnownName>();
const KNOWN_NAMES = 500;

function known(name: string): KnownName {
  const seen = knownNames.get(name);
  if (seen !== undefined) return seen;
  const lower = name.toLowerCase();
  const rules = headerRules.filter((rule) => rule.header === lower);
  const entry: KnownName = {
    lower,
    asked: askedNames.has(lower),
    rules:
      rules.length === 0
        ? null
        : { request: rules.filter((rule) => rule.in === 'request'), response: rules.filter((rule) => rule.in === 'response') },
  };
  if (knownNames.size < KNOWN_NAMES) knownNames.set(name, entry);
  return entry;
}

function mediaTypeOf(headers: ReadonlyMap<string, string>): string {
  const value = headers.get('content-type');
  if (value === undefined) return '';
  const end = value.indexOf(';');
  return (end < 0 ? value : value.slice(0, end)).trim().toLowerCase();
}

/** What the fields of a head say, whatever its start line is. */
interface SectionFacts {
  fields: HeaderField[];
  headers: ReadonlyMap<string, string>;
  ruled: readonly RuledField[];
  mediaType: string;
}

/**
 * The sections that were seen last. A service sends the same fields thousands of times a second, so that most heads differ in their
 * start line only. Bounded in number and in size, because they come from captured traffic.
 */
const sections = new Map<string, SectionFacts>();
const SECTIONS = 512;
const SECTION_CHARS = 2_048;

/** Parses a message for the rules; null while its (final) head has not come. Repeated fields are joined with `, ` (RFC 9110 5.3). */
export function messageFacts(bytes: Buffer, body: Buffer): MessageFacts | null {
  if (bytes.length === 0) return null;
  if (bytes.length > SECTION_CHARS) return factsOf(parseHeads(bytes).final, body);
  const text = bytes.toString('latin1');
  const start = text.indexOf('\n') + 1;
  // Interim heads come before the final one, so that the first start line is not that of the message.
  if (start === 0 || (text.startsWith('HTTP/') && !finalStatus.test(text))) return factsOf(parseHeads(bytes).final, body);
  const head = parseHead(bytes.subarray(0, start));
  const { fields, headers, ruled, mediaType } = sectionFacts(text.slice(start), bytes, start);
  head.headers = fields;
  return { head, headers, ruled, body, mediaType };
}

const finalStatus = /^HTTP\/\d\.\d [2-9]/;

function factsOf(head: ParsedHead | null, body: Buffer): MessageFacts | null {
  if (head === null) return null;
  const { headers, ruled, mediaType } = lookAt(head.headers);
  return { head, headers, ruled, body, mediaType };
}

function sectionFacts(text: string, bytes: Buffer, start: number): SectionFacts {
  const seen = sections.get(text);
  if (seen !== undefined) return seen;
  const facts = lookAt(parseFields(bytes.subarray(start)));
  if (sections.size >= SECTIONS) sections.clear();
  sections.set(text, facts);
  return facts;
}

function lookAt(fields: HeaderField[]): SectionFacts {
  const headers = new Map<string, string>();
  const ruled: RuledField[] = [];
  for (const field of fields) {
    const { lower, asked, rules } = known(field[0]);
    if (asked) {
      const before = headers.get(lower);
      headers.set(lower, before === undefined ? field[1] : `${before}, ${field[1]}`);
    }
    if (rules !== null) ruled.push({ name: lower, value: field[1], rules });
  }
  return { fields, headers, ruled, mediaType: mediaTypeOf(headers) };
}
