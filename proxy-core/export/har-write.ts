import { limits } from '../limits.ts';
import { type JsonObject, objectAt, overlaid, parseExact, textAt } from '../rrpair/exact-json.ts';
import { putMark } from '../rrpair/marks-in-files.ts';
import type { MessageCapture, PairRecord } from '../rrpair/pair.ts';
import { harEntry } from './har-entry.ts';

/**
 * A pair as a HAR entry in JSON; one that came from a HAR comes out as it went in, but for what was `masked` in it. Null for what is no HTTP
 * exchange.
 */
export function harEntryJson(record: PairRecord, masked: boolean): string | null {
  const entry = harEntry(record);
  if (entry === null) return null;
  const { imported } = record;
  if (imported?.format !== 'har') return JSON.stringify(entry);
  const read = parseExact(imported.text) as JsonObject;
  // Before its secrets were masked, what was masked got it already.
  if (!masked) putMark(read, 'har', record.mark, limits.noteChars);
  if (masked) return JSON.stringify(overlaid(read, made(entry, read)));
  const content = objectAt(read, 'response', 'content');
  if (content !== undefined && 'text' in content) put(content, textAt(content, 'encoding') === 'base64', record.response);
  const data = objectAt(read, 'request', 'postData');
  if (data !== undefined && 'text' in data) {
    put(data, textAt(data, '_encoding') === 'base64' || textAt(data, 'encoding') === 'base64', record.request);
  }
  return JSON.stringify(read);
}

function put(owner: JsonObject, base64: boolean, { body }: MessageCapture): void {
  owner['text'] = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString(base64 ? 'base64' : 'utf8');
}

/** What the record tells better than the file: that in which secrets were masked. Times, sizes and versions stay the file's. */
function made(entry: NonNullable<ReturnType<typeof harEntry>>, read: JsonObject): JsonObject {
  const { request, response } = JSON.parse(JSON.stringify(entry)) as { request: JsonObject; response: JsonObject };
  const out: JsonObject = { request: {}, response: {} };
  const take = (side: 'request' | 'response', from: JsonObject, names: readonly string[]): void => {
    const known = objectAt(read, side) ?? {};
    for (const name of names) if (name in known && from[name] !== undefined) (out[side] as JsonObject)[name] = from[name];
  };
  take('request', request, ['url', 'headers', 'cookies', 'queryString', 'postData']);
  take('response', response, ['headers', 'cookies', 'redirectURL', 'content']);
  return out;
}
