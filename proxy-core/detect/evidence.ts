import { SERVER_PUSH } from '../rrpair/pushed.ts';
import type { Evidence } from '../rrpair/shapes.ts';
import { promisedWith } from '../wire/http2/promise.ts';
import { fromAuth } from './auth.ts';
import type { Call } from './calls/call.ts';
import { findCall } from './calls/find.ts';
import { fromErrorShape } from './error-shape.ts';
import type { HttpFacts, MessageFacts, RuledField } from './facts.ts';
import type { Finding } from './finding.ts';
import { authRules } from './rules/auth.ts';
import { mediaTypeFormats, suffixFormats, topLevelFormats } from './rules/formats.ts';
import type { HeaderRule } from './rules/headers.ts';
import { awsServices, vendorHosts } from './rules/vendors.ts';

/** Characters of a value that are shown as evidence. */
const EVIDENCE_CHARS = 80;

function shorten(value: string): string {
  return value.length > EVIDENCE_CHARS ? `${value.slice(0, EVIDENCE_CHARS)}…` : value;
}

/** Values of these fields are secrets: the evidence names the field only. */
const secretFields: ReadonlySet<string> = new Set(['set-cookie', ...authRules.map(({ header }) => header)]);

const headerPlaces = { request: 'request header ', response: 'response header ' } as const;

/** Equal heads share what was found in them (see `facts.ts`). */
function fromHeaders(side: HeaderRule['in'], message: MessageFacts, found: Finding[]): void {
  const { ruled } = message;
  let findings = ruled.found[side];
  if (findings === undefined) {
    findings = [];
    searchHeaders(side, message, findings);
    ruled.found[side] = findings;
  }
  found.push(...findings);
}

/**
 * What was found in values that were seen last, by name and value: where heads differ, it is in an id or a path, and a server's name is looked at by two dozen
 * rules. Bounded in number and size, because they come from captured traffic.
 */
class ValueFindings {
  readonly #known = new Map<string, Map<string, readonly Finding[]>>();
  #size = 0;

  of(side: HeaderRule['in'], field: RuledField): readonly Finding[] {
    const findings = this.#known.get(field.name)?.get(field.value);
    if (findings !== undefined) return findings;
    const found = searchField(side, field);
    if (field.value.length <= VALUE_CHARS) this.#add(field, found);
    return found;
  }

  #add({ name, value }: RuledField, found: readonly Finding[]): void {
    if (this.#size >= VALUES) {
      this.#known.clear();
      this.#size = 0;
    }
    this.#size += 1;
    const values = this.#known.get(name) ?? new Map<string, readonly Finding[]>();
    values.set(value, found);
    this.#known.set(name, values);
  }
}

const valueFindings = { request: new ValueFindings(), response: new ValueFindings() };
const VALUES = 512;
const VALUE_CHARS = 1_024;

function searchHeaders(side: HeaderRule['in'], message: MessageFacts, found: Finding[]): void {
  const known = valueFindings[side];
  for (const field of message.ruled.fields) found.push(...known.of(side, field));
}

function searchField(side: HeaderRule['in'], { name, value, rules }: RuledField): Finding[] {
  const found: Finding[] = [];
  for (const rule of rules[side]) {
    const match = rule.value.exec(value);
    if (match === null) continue;
    const version = match[1];
    found.push({
      technology: version === undefined ? rule.technology : `${rule.technology} ${version}`,
      kind: rule.kind,
      where: headerPlaces[side] + name,
      value: secretFields.has(name) ? '' : value,
    });
  }
  return found;
}

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

/** The first byte of a body that is not white space; -1 when there is none. */
function firstMeaningfulByte(body: Buffer): number {
  for (let i = 0; i < body.length && i < 64; i++) {
    const byte = body[i] ?? 0;
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return byte;
  }
  return -1;
}

/** The format a message claims with its media type, or null. */
export function formatOf(mediaType: string): string | null {
  if (mediaType === '') return null;
  const exact = mediaTypeFormats[mediaType];
  if (exact !== undefined) return exact;
  const plus = mediaType.lastIndexOf('+');
  const suffix = plus < 0 ? undefined : suffixFormats[mediaType.slice(plus)];
  if (suffix !== undefined) return suffix;
  for (const start in topLevelFormats) if (mediaType.startsWith(start)) return topLevelFormats[start] ?? null;
  return null;
}

function isPlainBody(message: MessageFacts): boolean {
  return !message.headers.has('content-encoding') && !message.headers.has('transfer-encoding');
}

function fromFormat(side: 'request' | 'response', message: MessageFacts, found: Finding[]): void {
  const format = formatOf(message.mediaType);
  if (format !== null) {
    // What calls itself JSON but cannot begin a JSON text is not shown as JSON. (Scalars are rare; they stay what they claim.)
    const first = format === 'JSON' && message.body.length > 0 && isPlainBody(message) ? firstMeaningfulByte(message.body) : -1;
    if (first === 0x3c) return;
    found.push({ technology: format, kind: 'format', where: `${headerPlaces[side]}content-type`, value: message.mediaType });
    return;
  }
  if (message.mediaType === '' && message.body.length > 1 && isPlainBody(message)) {
    const first = firstMeaningfulByte(message.body);
    if ((first === OPEN_BRACE || first === OPEN_BRACKET) && isJson(message.body)) {
      found.push({ technology: 'JSON', kind: 'format', where: `${side} body parses as JSON`, value: '' });
    }
  }
}

/** Bytes of an unlabelled body that are parsed to see whether it is JSON; larger ones are left unlabelled. */
const SNIFF_BYTES = 16 * 1024;

function isJson(body: Buffer): boolean {
  if (body.length > SNIFF_BYTES) return false;
  try {
    JSON.parse(body.toString('utf8'));
    return true;
  } catch {
    return false; // Not JSON: that is the answer.
  }
}

function fromUpgrade(facts: HttpFacts, found: Finding[]): void {
  // Over HTTP/2 a stream is asked for instead (RFC 8441).
  const stream = facts.request.headers.get(':protocol');
  const upgrade = facts.request.headers.get('upgrade') ?? stream;
  if (upgrade === undefined) return;
  const where = `request header ${upgrade === stream ? ':protocol' : 'upgrade'}`;
  if (/^websocket$/i.test(upgrade)) {
    found.push({ technology: 'WebSocket', kind: 'protocol', where, value: upgrade });
    // Its own path, which hardly anybody changes.
    if (facts.path.endsWith('/socket.io/'))
      found.push({ technology: 'Socket.IO', kind: 'protocol', where: 'path', value: facts.path });
  } else
    found.push({
      technology: `Upgrade to ${shorten(upgrade)}`,
      kind: 'protocol',
      where,
      value: upgrade,
    });
}

/** The host that was looked up last: an application speaks to few, and most pairs of a busy one go to the same. */
let lastVendor: { hostname: string; vendor: string | null } = { hostname: '', vendor: null };

function vendorOf(hostname: string): string | null {
  if (lastVendor.hostname !== hostname) lastVendor = { hostname, vendor: findVendor(hostname) };
  return lastVendor.vendor;
}

function findVendor(hostname: string): string | null {
  if (hostname.endsWith('.amazonaws.com') || hostname.endsWith('.amazonaws.com.cn')) {
    // SERVICE.REGION, BUCKET.s3.REGION, or an id before either: the rightmost label that names a service.
    const service = hostname
      .split('.')
      .toReversed()
      .find((label) => Object.hasOwn(awsServices, label));
    return service === undefined ? 'AWS' : (awsServices[service] ?? 'AWS');
  }
  let name = hostname;
  for (;;) {
    // A host may be called `constructor`.
    if (Object.hasOwn(vendorHosts, name)) return vendorHosts[name] ?? null;
    const dot = name.indexOf('.');
    if (dot < 0) return null;
    name = name.slice(dot + 1);
  }
}

function fromConnection(facts: HttpFacts, found: Finding[]): void {
  const { version } = facts.request.head;
  if (version === 'HTTP/2') {
    found.push({ technology: version, kind: 'transport', where: 'frames of the connection', value: '' });
    const promise = promisedWith(facts.context);
    if (promise !== null)
      found.push({
        technology: SERVER_PUSH,
        kind: 'transport',
        where: 'PUSH_PROMISE because of',
        value: `${promise.method} ${promise.path}`,
      });
  }
  const tls = facts.connection.clientTls;
  if (tls !== null && tls.version !== '')
    found.push({
      technology: tls.version.replace('v', ' '),
      kind: 'transport',
      where: 'handshake with the client',
      value: tls.cipher,
    });
}

/** Every technology of an HTTP exchange with the evidence for it, most telling first (see `rank`). */
export function httpEvidence(facts: HttpFacts): Evidence[] {
  return httpFindings(facts, findCall(facts)).map(({ technology, kind, where, value }) => {
    const seen = typeof value === 'string' ? shorten(value) : value();
    return { technology, kind, evidence: seen === '' ? where : `${where}: ${seen}` };
  });
}

/** The names alone, each once: all that the list needs, and cheaper. `call` is what `findCall` says of it. */
export function httpTechnologies(facts: HttpFacts, call: Call | null): string[] {
  const names: string[] = [];
  for (const { technology } of httpFindings(facts, call)) if (!names.includes(technology)) names.push(technology);
  return names;
}

function httpFindings(facts: HttpFacts, call: Call | null): Finding[] {
  const found: Finding[] = [];
  fromUpgrade(facts, found);
  if (call !== null) found.push(call);
  const vendor = vendorOf(facts.hostname);
  if (vendor !== null) found.push({ technology: vendor, kind: 'vendor', where: 'host', value: facts.hostname });
  if (facts.response !== null) fromFormat('response', facts.response, found);
  fromFormat('request', facts.request, found);
  fromAuth(facts, found);
  fromHeaders('request', facts.request, found);
  if (facts.response !== null) {
    fromHeaders('response', facts.response, found);
    fromErrorShape(facts.response, found);
  }
  fromConnection(facts, found);
  return sortByRank(found);
}

/** Sorts in place. A handful, nearly in order: there is nothing quicker for those. */
function sortByRank(found: Finding[]): Finding[] {
  for (let next = 1; next < found.length; next++) {
    const finding = found[next] as Finding;
    let at = next;
    for (; at > 0 && rank[(found[at - 1] as Finding).kind] > rank[finding.kind]; at--) found[at] = found[at - 1] as Finding;
    found[at] = finding;
  }
  return found;
}

/**
 * What tells a person most about a call comes first: the protocol spoken over HTTP, whose API it is, the format that came back, and only
 * then who served it and how.
 */
const rank: Readonly<Record<Evidence['kind'], number>> = {
  protocol: 0,
  vendor: 1,
  format: 2,
  framework: 3,
  server: 4,
  auth: 5,
  transport: 6,
};
