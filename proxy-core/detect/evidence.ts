import type { Evidence } from '../rrpair/shapes.ts';
import type { HttpFacts, MessageFacts, RuledField } from './facts.ts';
import { jwtOf } from './jwt.ts';
import { mediaTypeFormats, suffixFormats, topLevelFormats } from './rules/formats.ts';
import type { HeaderRule } from './rules/headers.ts';
import { awsServices, vendorHosts } from './rules/vendors.ts';

/** Characters of a value that are shown as evidence. */
const EVIDENCE_CHARS = 80;

function shorten(value: string): string {
  return value.length > EVIDENCE_CHARS ? `${value.slice(0, EVIDENCE_CHARS)}…` : value;
}

/** Values of these fields are secrets: the evidence names the field only. */
const secretFields = new Set(['authorization', 'cookie', 'set-cookie', 'x-api-key', 'api-key']);

const headerPlaces = { request: 'request header ', response: 'response header ' } as const;

/** One technology that was seen; the sentence is made of it only when somebody reads it, because every pair is searched for technologies. */
interface Finding {
  technology: string;
  kind: Evidence['kind'];
  where: string;
  /** What was seen there; empty when the place says it all, or the value is a secret. */
  value: string;
}

/** What was found in fields that were seen before: equal heads share theirs (see `facts.ts`). */
const headerFindings = {
  request: new WeakMap<readonly RuledField[], Finding[]>(),
  response: new WeakMap<readonly RuledField[], Finding[]>(),
};

function fromHeaders(side: HeaderRule['in'], message: MessageFacts, found: Finding[]): void {
  let findings = headerFindings[side].get(message.ruled);
  if (findings === undefined) {
    findings = [];
    searchHeaders(side, message, findings);
    headerFindings[side].set(message.ruled, findings);
  }
  found.push(...findings);
}

function searchHeaders(side: HeaderRule['in'], message: MessageFacts, found: Finding[]): void {
  for (const { name, value, rules } of message.ruled) {
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
  }
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

/** GraphQL over HTTP (graphql.github.io/graphql-over-http): JSON with `query`, or the same as query parameters. */
function fromGraphql(facts: HttpFacts, found: Finding[]): void {
  const { request } = facts;
  if (request.mediaType === 'application/json' && request.body.length > 0 && isPlainBody(request)) {
    const start = request.body.toString('latin1', 0, 2_048);
    const operation = /"query"\s*:\s*"(?:\\n|\s)*(query|mutation|subscription|\{|fragment)/.exec(start);
    if (
      operation !== null &&
      (facts.path.includes('graphql') ||
        start.includes('"variables"') ||
        start.includes('"operationName"') ||
        operation[1] !== 'query')
    ) {
      found.push({
        technology: 'GraphQL',
        kind: 'protocol',
        where: 'request body has a GraphQL operation',
        value: operation[1] === '{' ? 'query' : (operation[1] ?? ''),
      });
    }
  }
  if (request.mediaType === 'application/json' && request.body.length > 0) {
    const start = request.body.toString('latin1', 0, 256);
    if (/"jsonrpc"\s*:\s*"2\.0"/.test(start))
      found.push({ technology: 'JSON-RPC', kind: 'protocol', where: 'request body has "jsonrpc": "2.0"', value: '' });
  }
  if (request.headers.has('soapaction'))
    found.push({ technology: 'SOAP', kind: 'protocol', where: 'request header soapaction', value: '' });
}

function fromUpgrade(facts: HttpFacts, found: Finding[]): void {
  const upgrade = facts.request.headers.get('upgrade');
  if (upgrade === undefined) return;
  if (/^websocket$/i.test(upgrade))
    found.push({ technology: 'WebSocket', kind: 'protocol', where: 'request header upgrade', value: upgrade });
  else
    found.push({
      technology: `Upgrade to ${shorten(upgrade)}`,
      kind: 'protocol',
      where: 'request header upgrade',
      value: upgrade,
    });
}

function fromAuthorization(facts: HttpFacts, found: Finding[]): void {
  const authorization = facts.request.headers.get('authorization');
  if (authorization === undefined || !/^Bearer /i.test(authorization)) return;
  const jwt = jwtOf(authorization.slice('Bearer '.length).trim());
  if (jwt === null)
    found.push({ technology: 'Bearer token', kind: 'auth', where: 'request header authorization', value: 'Bearer' });
  else
    found.push({
      technology: 'JWT',
      kind: 'auth',
      where: 'request header authorization',
      value: `a JWT signed with ${jwt.algorithm}`,
    });
}

function vendorOf(hostname: string): string | null {
  if (hostname.endsWith('.amazonaws.com') || hostname.endsWith('.amazonaws.com.cn')) {
    // SERVICE.REGION, BUCKET.s3.REGION, or an id before either: the rightmost label that names a service.
    const service = hostname
      .split('.')
      .toReversed()
      .find((label) => label in awsServices);
    return service === undefined ? 'AWS' : (awsServices[service] ?? 'AWS');
  }
  let name = hostname;
  for (;;) {
    const vendor = vendorHosts[name];
    if (vendor !== undefined) return vendor;
    const dot = name.indexOf('.');
    if (dot < 0) return null;
    name = name.slice(dot + 1);
  }
}

function fromConnection(facts: HttpFacts, found: Finding[]): void {
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
  return httpFindings(facts).map(({ technology, kind, where, value }) => ({
    technology,
    kind,
    evidence: value === '' ? where : `${where}: ${shorten(value)}`,
  }));
}

/** The names alone, each once: all that the list needs, and cheaper. */
export function httpTechnologies(facts: HttpFacts): string[] {
  const names: string[] = [];
  for (const { technology } of httpFindings(facts)) if (!names.includes(technology)) names.push(technology);
  return names;
}

function httpFindings(facts: HttpFacts): Finding[] {
  const found: Finding[] = [];
  fromUpgrade(facts, found);
  fromGraphql(facts, found);
  const vendor = vendorOf(facts.hostname);
  if (vendor !== null) found.push({ technology: vendor, kind: 'vendor', where: 'host', value: facts.hostname });
  if (facts.response !== null) fromFormat('response', facts.response, found);
  fromFormat('request', facts.request, found);
  fromAuthorization(facts, found);
  fromHeaders('request', facts.request, found);
  if (facts.response !== null) fromHeaders('response', facts.response, found);
  fromConnection(facts, found);
  return found.sort((a, b) => rank[a.kind] - rank[b.kind]);
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
