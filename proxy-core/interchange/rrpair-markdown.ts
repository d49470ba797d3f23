import { isObject, type JsonObject, type JsonValue, objectAt, parseExact, textAt } from '../rrpair/exact-json.ts';
import { compactJson, isJsonContainer, prettyJson } from './json-layout.ts';
import { Malformed } from './malformed.ts';

/** The Markdown form of an RRPair over HTTP: sections for people, and all that they cannot hold in INTERNAL. */

const FENCE = '```';
const NONE = '-NONE-';

/** True for pairs that have a Markdown form. */
export function hasMarkdown(pair: JsonObject): boolean {
  return objectAt(pair, 'http', 'req') !== undefined;
}

export function rrpairMarkdown(pair: JsonObject): string {
  const req = objectAt(pair, 'http', 'req') ?? {};
  const res = objectAt(pair, 'http', 'res');
  const internal = parseExact(JSON.stringify(pair)) as JsonObject;
  leaveBody(objectAt(internal, 'http', 'req'), req);
  if (res !== undefined) leaveBody(objectAt(internal, 'http', 'res'), res);
  const out: string[] = [];
  section(out, 'REQUEST', [[requestLine(pair, req), ...headerLines(req)], bodyLines(req)]);
  if (res !== undefined) section(out, 'RESPONSE', [[statusLine(res), ...headerLines(res)], bodyLines(res)]);
  section(out, 'SIGNATURE', [signatureLines(pair)]);
  section(out, 'METADATA', [metadataLines(pair)]);
  section(out, 'INTERNAL - DO NOT MODIFY', [[`json: ${JSON.stringify(internal)}`]]);
  return out.join('\n');
}

function section(out: string[], title: string, blocks: readonly (readonly string[])[]): void {
  out.push(`### ${title} ###`);
  for (const lines of blocks) out.push(FENCE, ...lines, FENCE, '');
}

function requestLine(pair: JsonObject, req: JsonObject): string {
  const secure = textAt(pair, 'l7protocol').toLowerCase() === 'https';
  const target = textAt(req, 'uri') || textAt(req, 'url');
  return oneLine(
    `${textAt(req, 'method')} ${secure ? 'https' : 'http'}://${textAt(req, 'host')}${target} HTTP/${textAt(req, 'version') || '1.1'}`,
  );
}

function statusLine(res: JsonObject): string {
  const code = textAt(res, 'statusCode');
  const message = textAt(res, 'statusMessage');
  return oneLine(`HTTP/1.1 ${message.startsWith(code) ? message : `${code} ${message}`}`.trimEnd());
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}

/** A header that can stand in a line of the section and is found there again. */
function isPlain(name: string, values: JsonValue | undefined): values is string[] {
  return (
    /^[!#$%&'*+.^_|~0-9A-Za-z-]+$/.test(name) &&
    Array.isArray(values) &&
    values.length > 0 &&
    values.every((value) => typeof value === 'string' && !/[\r\n]/.test(value) && value === value.trim())
  );
}

const length = /^content-length$/i;

function headerLines(message: JsonObject): string[] {
  const headers = objectAt(message, 'headers') ?? {};
  return Object.keys(headers)
    .filter((name) => isPlain(name, headers[name]) && !length.test(name))
    .toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
    .map(
      (name) => `${name}: ${(headers[name] as string[]).map((value) => value.replaceAll(/[\\,]/g, String.raw`\$&`)).join(', ')}`,
    );
}

function bodyText(message: JsonObject): string | null {
  const base64 = textAt(message, 'bodyBase64');
  if (base64 === '') return textAt(message, 'body');
  const bytes = Buffer.from(base64, 'base64');
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : null;
}

/** What the section shows; nothing for what would not be read again as it was meant. */
function bodyLines(message: JsonObject): string[] {
  const text = bodyText(message);
  if (text === null || text === '' || text.includes('\0')) return [''];
  const shown = isJsonContainer(text) ? prettyJson(text) : text;
  // A fence would end the block, and other line ends do not come back.
  return /^```/m.test(shown) || shown.includes('\r') ? [''] : shown.split('\n');
}

/** INTERNAL needs a body only where the section does not give it back byte for byte. */
function leaveBody(internal: JsonObject | undefined, message: JsonObject): void {
  if (internal === undefined) return;
  const text = bodyText(message);
  const read = readBody(bodyLines(message));
  if (text === null || text === '' || read !== text) return;
  for (const name of ['body', 'bodyBase64']) if (typeof internal[name] === 'string') internal[name] = '';
}

/** JSON is compacted, whatever the content type. */
function readBody(lines: readonly string[]): string {
  const text = lines.join('\n');
  return isJsonContainer(text) ? compactJson(text) : text;
}

function signatureLines(pair: JsonObject): string[] {
  const signature = objectAt(pair, 'signature') ?? {};
  return Object.keys(signature)
    .toSorted()
    .map((key) => {
      const value = Buffer.from(textAt(signature, key), 'base64').toString('utf8');
      return oneLine(`${key} is ${value === '' ? NONE : value}`);
    });
}

function metadataLines(pair: JsonObject): string[] {
  const tags = Object.entries(objectAt(pair, 'tags') ?? {}).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [
    `direction: ${textAt(pair, 'direction')}`,
    `uuid: ${uuidText(textAt(pair, 'uuid'))}`,
    `ts: ${textAt(pair, 'ts')}`,
    `duration: ${textAt(pair, 'duration') || '0'}ms`,
    `tags: ${tags.toSorted().join(', ')}`,
  ].map(oneLine);
}

function uuidText(base64: string): string {
  const hex = Buffer.from(base64, 'base64').toString('hex');
  return hex.length === 32 ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : base64;
}

/** Reads the Markdown form back: INTERNAL is the truth, what people changed in the other sections overrides it. Throws `Malformed`. */
export function readMarkdown(text: string): JsonObject {
  const sections = sectionsOf(text.replaceAll('\r\n', '\n'));
  const pair = internalOf(sections.get('INTERNAL - DO NOT MODIFY')?.[0]);
  const request = sections.get('REQUEST');
  if (request === undefined) throw new Malformed('it has no section REQUEST');
  if (pair['msgType'] === undefined) pair['msgType'] = 'rrpair';
  readRequest(pair, request);
  const response = sections.get('RESPONSE');
  if (response !== undefined) readResponse(pair, response);
  readSignature(pair, sections.get('SIGNATURE')?.[0]);
  readMetadata(pair, sections.get('METADATA')?.[0]);
  return pair;
}

/** The blocks of each section, as lines. */
function sectionsOf(text: string): Map<string, string[][]> {
  const sections = new Map<string, string[][]>();
  let blocks: string[][] | null = null;
  let block: string[] | null = null;
  for (const line of text.split('\n')) {
    const title = block === null ? /^### (.+?) ###\s*$/.exec(line)?.[1] : undefined;
    if (title !== undefined) {
      blocks = [];
      sections.set(title, blocks);
    } else if (line.startsWith(FENCE)) {
      if (block === null) block = [];
      else {
        blocks?.push(block);
        block = null;
      }
    } else block?.push(line);
  }
  if (block !== null) throw new Malformed('a block in it has no end');
  return sections;
}

function internalOf(block: readonly string[] | undefined): JsonObject {
  const json = block?.join('\n').replace(/^\s*json:\s*/, '') ?? '';
  if (json.trim() === '') return {};
  try {
    const value = parseExact(json);
    if (isObject(value)) return value;
  } catch {
    // Said below: the reason of a parser does not help.
  }
  throw new Malformed('its section INTERNAL holds no JSON object');
}

function child(owner: JsonObject, name: string): JsonObject {
  const found = owner[name];
  if (isObject(found)) return found;
  const made: JsonObject = {};
  owner[name] = made;
  return made;
}

function readRequest(pair: JsonObject, [head = [], body = []]: readonly string[][]): void {
  const [line = '', ...fields] = head;
  const req = child(child(pair, 'http'), 'req');
  // What INTERNAL says may hold what a line cannot be taken apart by.
  if (line === requestLine(pair, req)) {
    readMessage(req, fields, body);
    return;
  }
  const match = /^(\S+) (?:(https?):\/\/([^/?#\s]*))?(\S*)(?: HTTP\/(\S+))?\s*$/i.exec(line);
  if (match === null) throw new Malformed('its section REQUEST does not begin with a request line');
  const [, method = '', scheme = '', host = '', target = '', version = ''] = match;
  const uri = target === '' ? '/' : target;
  change(req, 'method', method);
  change(pair, 'command', method);
  if (host !== '') change(req, 'host', host);
  if (scheme !== '' && textAt(pair, 'l7protocol') === '') pair['l7protocol'] = scheme.toLowerCase();
  if (textAt(req, 'uri') !== uri) {
    req['uri'] = uri;
    req['url'] = uri.replace(/\?.*$/s, '');
    change(pair, 'location', uri);
  }
  if (version !== '' && textAt(req, 'version') !== version) req['version'] = version;
  readMessage(req, fields, body);
}

function readResponse(pair: JsonObject, [head = [], body = []]: readonly string[][]): void {
  const [line = '', ...fields] = head;
  const match = /^HTTP\/\S+ (\d{3}) ?(.*)$/.exec(line);
  if (match === null) throw new Malformed('its section RESPONSE does not begin with a status line');
  const [, code = '', message = ''] = match;
  const res = child(child(pair, 'http'), 'res');
  if (textAt(res, 'statusCode') !== code) {
    res['statusCode'] = Number(code);
    change(pair, 'status', code);
  }
  const known = textAt(res, 'statusMessage');
  if (known !== message && known !== `${code} ${message}`.trimEnd()) res['statusMessage'] = message;
  readMessage(res, fields, body);
}

/** Leaves what is the same as it is. */
function change(owner: JsonObject, name: string, value: string): void {
  if (textAt(owner, name) !== value) owner[name] = value;
}

function readMessage(message: JsonObject, fields: readonly string[], body: readonly string[]): void {
  const known = objectAt(message, 'headers') ?? {};
  const shown = new Map(fields.filter((line) => line.trim() !== '').map(readHeader));
  const headers: JsonObject = {};
  // In the order of INTERNAL; what a section cannot show, or does not, stays.
  for (const [name, values] of Object.entries(known)) {
    const read = shown.get(name);
    if (read !== undefined) headers[name] = read;
    else if (!isPlain(name, values) || length.test(name)) headers[name] = values;
  }
  for (const [name, values] of shown) if (!Object.hasOwn(headers, name)) headers[name] = values;
  if (Object.keys(headers).length > 0 || 'headers' in message) message['headers'] = headers;
  readInto(message, body, headers);
}

function readHeader(line: string): [string, string[]] {
  const colon = line.indexOf(':');
  if (colon < 1) throw new Malformed(`a header line has no colon: ${line.slice(0, 60)}`);
  const values: string[] = [''];
  const text = line.slice(colon + 1).trim();
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\' && at + 1 < text.length) {
      at += 1;
      values[values.length - 1] += text.charAt(at);
    } else if (character === ',' && text.charAt(at + 1) === ' ') {
      at += 1;
      values.push('');
    } else values[values.length - 1] += character;
  }
  return [line.slice(0, colon), values];
}

function readInto(message: JsonObject, lines: readonly string[], headers: JsonObject): void {
  const shown = readBody(lines);
  const internal = bodyText(message);
  // An empty section says nothing of a body that only INTERNAL can hold.
  if (shown === '') return;
  // Laid out differently, but not changed.
  if (internal !== null && internal !== '' && readBody(bodyLines(message)) === shown) return;
  if ('bodyBase64' in message) message['bodyBase64'] = Buffer.from(shown, 'utf8').toString('base64');
  else message['body'] = shown;
  for (const name of Object.keys(headers)) if (length.test(name)) headers[name] = [String(Buffer.byteLength(shown))];
}

function readSignature(pair: JsonObject, lines: readonly string[] | undefined): void {
  const read = (lines ?? []).filter((line) => line.trim() !== '');
  if (read.length === 0) return;
  const known = objectAt(pair, 'signature') ?? {};
  const signature: JsonObject = {};
  const shown = new Map<string, string>();
  for (const line of read) {
    const at = line.indexOf(' is ');
    if (at < 1) throw new Malformed(`a line of its section SIGNATURE is not “key is value”: ${line.slice(0, 60)}`);
    const value = line.slice(at + 4);
    shown.set(line.slice(0, at), value === NONE ? '' : value);
  }
  for (const key of [...Object.keys(known).filter((name) => shown.has(name)), ...shown.keys()]) {
    const before = Buffer.from(textAt(known, key), 'base64').toString('utf8');
    const value = shown.get(key) ?? '';
    signature[key] =
      Object.hasOwn(known, key) && oneLine(before) === value ? (known[key] ?? '') : Buffer.from(value, 'utf8').toString('base64');
  }
  pair['signature'] = signature;
}

function readMetadata(pair: JsonObject, lines: readonly string[] | undefined): void {
  const facts = new Map(
    (lines ?? []).map((line) => [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const direction = facts.get('direction') ?? '';
  if (direction !== '') change(pair, 'direction', direction);
  const ts = facts.get('ts') ?? '';
  if (ts !== '') change(pair, 'ts', ts);
  const uuid = facts.get('uuid') ?? '';
  if (uuid !== '' && uuidText(textAt(pair, 'uuid')) !== uuid) {
    pair['uuid'] = Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64');
  }
  const duration = /^(\d+)(?:\.\d+)?ms$/.exec(facts.get('duration') ?? '')?.[1];
  if (duration !== undefined && (textAt(pair, 'duration') || '0') !== duration) pair['duration'] = Number(duration);
  readTags(pair, facts.get('tags'));
}

function readTags(pair: JsonObject, text: string | undefined): void {
  if (text === undefined || text === metadataLines(pair).at(-1)?.slice('tags: '.length)) return;
  const tags: JsonObject = {};
  for (const tag of text.split(', ').filter((each) => each.includes('=')))
    tags[tag.slice(0, tag.indexOf('='))] = tag.slice(tag.indexOf('=') + 1);
  pair['tags'] = tags;
}
