import type { ConnectionInfo, FailureCode, ReadingContext } from '../rrpair/pair.ts';
import type { HeaderField } from '../rrpair/shapes.ts';
import { type ParsedHead, type ParsedHeads, parseFieldLines, parseHeads, parseStartLine } from '../wire/http1/head.ts';
import { mayCallOf } from './calls/find.ts';
import type { Finding } from './finding.ts';
import { jwtFields } from './rules/auth.ts';
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
  /** What its bytes do not say; absent for nearly all. */
  context?: ReadingContext | undefined;
}

/** A parsed message: header names are looked at once here, because every rule asks for them. */
export interface MessageFacts {
  head: ParsedHead;
  /** The fields in `askedNames`, by lower-cased name. */
  headers: ReadonlyMap<string, string>;
  ruled: RuledSection;
  /** Which protocols inside of HTTP its fields allow, see `calls/find.ts`. */
  mayCall: 'no' | 'json' | 'soap' | 'aws';
  body: Buffer;
  /** Media type in lower case without parameters, empty when none was sent. */
  mediaType: string;
  /** Of a call, where its status stands; empty for everything else. */
  trailers: readonly HeaderField[];
}

export interface HttpFacts extends Pick<PairFacts, 'connection' | 'context'> {
  request: MessageFacts;
  response: MessageFacts | null;
  /** Host the request names, lower case, without a port. */
  hostname: string;
  path: string;
}

/** The fields of a head that rules speak of, and what was found in them, once somebody has looked: kept here, because heads come again. */
export interface RuledSection {
  fields: readonly RuledField[];
  found: { request?: Finding[]; response?: Finding[] };
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
  ':authority',
  'authorization',
  'content-encoding',
  'content-type',
  'host',
  'soapaction',
  'transfer-encoding',
  'upgrade',
  ':protocol',
  'user-agent',
  'x-amz-target',
  ...jwtFields,
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
  ruled: RuledSection;
  mayCall: MessageFacts['mayCall'];
  mediaType: string;
  trailers: readonly HeaderField[];
}

const SECTIONS = 512;
const SECTION_CHARS = 2_048;
/** Lengths that are told apart. */
const LATEST = 61;
/** Where hardly any head comes again (each carries an id of its own), so many are read without remembering: that costs more than it saves. */
const RESTING = 2_048;

/**
 * The sections that were seen last. A service sends the same fields thousands of times a second, so that most heads differ in their
 * start line only. Bounded in number and in size, because they come from captured traffic.
 */
class SectionCache {
  readonly #known = new Map<string, SectionFacts>();
  /** The last of each length, more or less: to compare two texts costs a third of finding one among many. */
  readonly #latest: ({ text: string; facts: SectionFacts } | undefined)[] = [];
  #hits = 0;
  #resting = 0;

  of(text: string): SectionFacts {
    const place = text.length % LATEST;
    const latest = this.#latest[place];
    if (latest !== undefined && latest.text === text) return latest.facts;
    if (this.#resting > 0) {
      this.#resting -= 1;
      return readSection(text);
    }
    const facts = this.#known.get(text) ?? null;
    if (facts !== null) this.#hits += 1;
    const found = facts ?? this.#read(text);
    this.#latest[place] = { text, facts: found };
    return found;
  }

  #read(text: string): SectionFacts {
    if (this.#known.size >= SECTIONS) {
      if (this.#hits < SECTIONS / 4) this.#resting = RESTING;
      this.#hits = 0;
      this.#known.clear();
    }
    const facts = readSection(text);
    this.#known.set(text, facts);
    return facts;
  }
}

/** Apart, because those of one side may repeat themselves where those of the other do not. */
const sections = { request: new SectionCache(), response: new SectionCache() };

/** Whole heads, as sections are kept: answers are often the same to the last byte, and so is what is polled. */
const latestHeads: ({ text: string; message: MessageFacts } | undefined)[] = [];
const NOTHING = Buffer.alloc(0);

/** Parses a message for the rules; null while its (final) head has not come. Repeated fields are joined with `, ` (RFC 9110 5.3). */
export function messageFacts(bytes: Buffer, body: Buffer): MessageFacts | null {
  if (bytes.length === 0) return null;
  if (bytes.length > SECTION_CHARS) return factsOf(parseHeads(bytes), body);
  const text = bytes.toString('latin1');
  const place = text.length % LATEST;
  const latest = latestHeads[place];
  if (latest !== undefined && latest.text === text) return { ...latest.message, body };
  const start = text.indexOf('\n') + 1;
  // Interim heads come before the final one, so that the first start line is not that of the message.
  if (start === 0 || (text.startsWith('HTTP/') && !finalStatus.test(text))) return factsOf(parseHeads(bytes), body);
  const head = parseStartLine(text.slice(0, start));
  const { fields, headers, ruled, mayCall, mediaType, trailers } = sections[head.kind].of(text.slice(start));
  head.headers = fields;
  const message = { head, headers, ruled, mayCall, body, mediaType, trailers };
  latestHeads[place] = { text, message: { ...message, body: NOTHING } };
  return message;
}

const finalStatus = /^HTTP\/\d(?:\.\d)? [2-9]/;

function factsOf({ final, trailers }: ParsedHeads, body: Buffer): MessageFacts | null {
  if (final === null) return null;
  const { headers, ruled, mayCall, mediaType } = lookAt(final.headers);
  return { head: final, headers, ruled, mayCall, body, mediaType, trailers };
}

function readSection(text: string): SectionFacts {
  const facts = lookAt(parseFieldLines(text));
  if (facts.mediaType.startsWith('application/grpc')) {
    const end = text.indexOf('\r\n\r\n');
    if (end >= 0) facts.trailers = parseFieldLines(text, end + 4);
  }
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
  const mediaType = mediaTypeOf(headers);
  return { fields, headers, ruled: { fields: ruled, found: {} }, mayCall: mayCallOf(headers, mediaType), mediaType, trailers: [] };
}
