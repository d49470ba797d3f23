import type { JsonObject, JsonValue } from '../rrpair/exact-json.ts';
import { isObject, parseExact } from '../rrpair/exact-json.ts';
import type { ParsedHead } from '../wire/http1/head.ts';

/** What a mock matches on: host, method, path, query and body, not the headers. Values are plain text here. */
export function httpSignature(head: ParsedHead, host: string, body: Buffer): Record<string, string> {
  const query = head.target.indexOf('?');
  const path = query < 0 ? head.target : head.target.slice(0, query);
  const signature: Record<string, string> = { 'http:host': host, 'http:method': head.method };
  if (query >= 0) {
    const parameters = new URLSearchParams(head.target.slice(query + 1));
    for (const name of [...new Set(parameters.keys())].toSorted()) {
      signature[`http:queryparams:${name}`] = parameters.getAll(name).join(',');
    }
  }
  if (body.length > 0) {
    const json = sortedJson(body.toString('utf8'));
    if (json === null) signature['http:requestBody'] = body.toString('latin1');
    else signature['http:requestBodyJSON'] = json;
  }
  signature['http:url'] = path;
  return signature;
}

/** Compact JSON with its members in order; null when the text is no object or list. */
function sortedJson(text: string): string | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return JSON.stringify(sorted(parseExact(text)));
  } catch {
    return null; // Not JSON, or nested too deeply: taken as it is.
  }
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const result: JsonObject = {};
  for (const name of Object.keys(value).toSorted()) {
    const member = value[name];
    if (member !== undefined) result[name] = sorted(member);
  }
  return result;
}

/** As the JSON form has it. */
export function encodedSignature(signature: Readonly<Record<string, string>>): JsonObject {
  // Bodies that are no text are held as latin-1; text is UTF-8.
  return Object.fromEntries(
    Object.entries(signature).map(([key, value]) => [
      key,
      Buffer.from(value, key === 'http:requestBody' ? 'latin1' : 'utf8').toString('base64'),
    ]),
  );
}
