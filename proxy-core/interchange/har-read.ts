import { limits } from '../limits.ts';
import { isObject, type JsonObject, type JsonValue, objectAt, textAt } from '../rrpair/exact-json.ts';
import { failureSentences } from '../rrpair/failure.ts';
import { markIn } from '../rrpair/marks-in-files.ts';
import type { FailureCode, PairRecord } from '../rrpair/pair.ts';
import type { HeaderField } from '../rrpair/shapes.ts';
import { isMethod, messageOf, noMessage, targetOf, versionOf } from './heads.ts';
import { Malformed } from './malformed.ts';
import type { ImportContext } from './rrpair-read.ts';
import { microsOf } from './time.ts';

/** Reads an entry of a HAR 1.2 document, as browsers and we write it. Throws `Malformed`. */
export function fromHarEntry(entry: JsonValue, { id, source }: ImportContext): PairRecord {
  const request = objectAt(entry, 'request');
  if (!isObject(entry) || request === undefined) throw new Malformed('it has no request');
  const startedAtMicros = microsOf(textAt(entry, 'startedDateTime'));
  if (startedAtMicros === null) throw new Malformed('its startedDateTime is no time');
  const method = textAt(request, 'method');
  if (!isMethod(method)) throw new Malformed('its request has no method');
  const url = urlOf(textAt(request, 'url'));
  const response = objectAt(entry, 'response');
  const status = Number(textAt(response, 'status'));
  const answered = response !== undefined && Number.isInteger(status) && status >= 100 && status <= 999;
  const fields = fieldsOf(request);
  const named = fields.some(([name]) => /^host$/i.test(name));
  return {
    id,
    state: 'done',
    connection: {
      id: Number(textAt(entry, 'connection')) || id,
      direction: textAt(entry, '_direction') === 'in' ? 'in' : 'out',
      source,
      entry: 'http-proxy',
      protocol: url.secure ? 'https' : 'http',
      clientAddress: '',
      clientPort: 0,
      clientName: '',
      flow: '',
      upstreamHost: url.host,
      upstreamPort: url.port,
      upstreamAddress: textAt(entry, 'serverIPAddress').replace(/^\[|\]$/g, ''),
      dialMicros: 0,
      tlsMicros: 0,
      clientTls: null,
      upstreamTls: null,
    },
    startedAtMicros,
    timing: timingOf(entry, answered),
    request: messageOf(
      `${method} ${targetOf(url.target)} ${versionOf(textAt(request, 'httpVersion'))}`,
      named ? fields : [['Host', url.authority], ...fields],
      postDataOf(request),
      true,
    ),
    response: answered
      ? messageOf(
          `${versionOf(textAt(response, 'httpVersion'))} ${String(status)} ${textAt(response, 'statusText')}`,
          fieldsOf(response),
          contentOf(response),
          true,
        )
      : noMessage,
    failure: failureOf(entry, answered),
    replayOf: 0,
    summary: null,
    bodyShed: entry['_bodyTruncated'] === true,
    ...markIn(entry, 'har', limits.noteChars),
    imported: { format: 'har', text: JSON.stringify(withoutBodies(entry)) },
  };
}

interface Url {
  secure: boolean;
  host: string;
  port: number;
  authority: string;
  target: string;
}

/** By hand: a URL class would write it anew. */
function urlOf(text: string): Url {
  const match = /^(https?|wss?):\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d{1,5}))?([^#]*)/i.exec(text);
  if (match === null) throw new Malformed('its URL is not one of http or https');
  const [, scheme = '', host = '', port, target = ''] = match;
  const secure = /^(?:https|wss)$/i.test(scheme);
  return {
    secure,
    host: host.replace(/^\[|\]$/g, ''),
    port: port === undefined ? (secure ? 443 : 80) : Number(port),
    authority: port === undefined ? host : `${host}:${port}`,
    target: target.startsWith('/') ? target : `/${target}`,
  };
}

function fieldsOf(message: JsonObject): HeaderField[] {
  const headers = message['headers'];
  if (!Array.isArray(headers)) return [];
  return headers.map((field): HeaderField => [textAt(field, 'name'), textAt(field, 'value')]);
}

function postDataOf(request: JsonObject): Buffer {
  const data = objectAt(request, 'postData');
  if (data === undefined) return Buffer.alloc(0);
  const text = textAt(data, 'text');
  if (textAt(data, '_encoding') === 'base64' || textAt(data, 'encoding') === 'base64') return Buffer.from(text, 'base64');
  if (text !== '' || !Array.isArray(data['params'])) return Buffer.from(text, 'utf8');
  // Some writers give the fields of a form only.
  const form = data['params'].map((each): [string, string] => [textAt(each, 'name'), textAt(each, 'value')]);
  return Buffer.from(new URLSearchParams(form).toString(), 'utf8');
}

function contentOf(response: JsonObject): Buffer {
  const content = objectAt(response, 'content');
  return Buffer.from(textAt(content, 'text'), textAt(content, 'encoding') === 'base64' ? 'base64' : 'utf8');
}

function timingOf(entry: JsonObject, answered: boolean): PairRecord['timing'] {
  const timings = objectAt(entry, 'timings');
  const micros = (name: string): number => Math.round(Math.min(Math.max(Number(textAt(timings, name)) || 0, 0), 1e9) * 1000);
  const sent = micros('send');
  const first = sent + micros('wait');
  return { requestEnd: sent, responseStart: answered ? first : -1, responseEnd: answered ? first + micros('receive') : -1 };
}

function failureOf(entry: JsonObject, answered: boolean): PairRecord['failure'] {
  const code = textAt(objectAt(entry, '_failure'), 'code');
  if (Object.hasOwn(failureSentences, code))
    return { code: code as FailureCode, detail: textAt(objectAt(entry, '_failure'), 'detail') };
  // Browsers tell of requests that got no answer by the status 0.
  return answered ? null : { code: 'upstream-closed-early', detail: textAt(objectAt(entry, 'response'), '_error') };
}

function withoutBodies(entry: JsonObject): JsonObject {
  const copy: JsonObject = { ...entry };
  const response = objectAt(entry, 'response');
  const content = objectAt(response, 'content');
  const request = objectAt(entry, 'request');
  const data = objectAt(request, 'postData');
  if (response !== undefined && content !== undefined && 'text' in content) {
    copy['response'] = { ...response, content: { ...content, text: '' } };
  }
  if (request !== undefined && data !== undefined && 'text' in data)
    copy['request'] = { ...request, postData: { ...data, text: '' } };
  return copy;
}
