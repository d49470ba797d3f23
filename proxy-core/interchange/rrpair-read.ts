import { limits } from '../limits.ts';
import { isObject, type JsonObject, type JsonValue, objectAt, textAt } from '../rrpair/exact-json.ts';
import { failureSentences } from '../rrpair/failure.ts';
import { markIn } from '../rrpair/marks-in-files.ts';
import type { ConnectionInfo, FailureCode, MessageCapture, PairRecord, PairTiming } from '../rrpair/pair.ts';
import type { HeaderField } from '../rrpair/shapes.ts';
import { isMethod, messageOf, noMessage, targetOf, versionOf } from './heads.ts';
import { Malformed } from './malformed.ts';
import { microsOf } from './time.ts';

/** What importing adds to what a file says. */
export interface ImportContext {
  id: number;
  /** Marks where the pairs came from. */
  source: string;
}

/** Reads a pair in the RRPair form. Throws `Malformed`. */
export function fromRRPair(value: JsonValue, { id, source }: ImportContext): PairRecord {
  if (!isObject(value)) throw new Malformed('it is no JSON object');
  const type = textAt(value, 'msgType');
  if (type !== 'rrpair' && !(type === '' && (isObject(value['http']) || textAt(value, 'l7protocol') !== ''))) {
    throw new Malformed('its msgType is not rrpair');
  }
  const startedAtMicros = microsOf(textAt(value, 'ts'));
  if (startedAtMicros === null) throw new Malformed('its ts is no time');
  const http = objectAt(value, 'http', 'req');
  const host = http === undefined ? '' : textAt(http, 'host');
  const messages = http === undefined ? { request: noMessage, response: noMessage } : httpMessages(value, http, host);
  const read = structuredClonePlain(value);
  for (const side of ['req', 'res'] as const) emptyBody(objectAt(read, 'http', side));
  return {
    id,
    state: 'done',
    connection: connectionOf(value, id, source, host),
    startedAtMicros,
    timing: timingOf(value, messages.response.head.length > 0 || http === undefined),
    ...messages,
    failure: failureOf(value),
    replayOf: 0,
    summary:
      http === undefined
        ? { command: textAt(value, 'command'), location: textAt(value, 'location'), status: textAt(value, 'status') }
        : null,
    bodyShed: objectAt(value, 'sidetap')?.['truncated'] === true,
    ...markIn(value, 'rrpair', limits.noteChars),
    imported: { format: 'rrpair', text: JSON.stringify(read) },
  };
}

function httpMessages(value: JsonObject, req: JsonObject, host: string): { request: MessageCapture; response: MessageCapture } {
  const method = textAt(req, 'method') || textAt(value, 'command');
  if (!isMethod(method)) throw new Malformed('its request has no method');
  const target = textAt(req, 'uri') || textAt(req, 'url') || textAt(value, 'location');
  const fields = fieldsOf(req, 'request');
  const named = fields.some(([name]) => name.toLowerCase() === 'host');
  const request = messageOf(
    `${method} ${targetOf(target)} ${versionOf(textAt(req, 'version'))}`,
    named || host === '' ? fields : [['Host', host], ...fields],
    bodyOf(req, 'request'),
    true,
  );
  const res = objectAt(value, 'http', 'res');
  const code = res === undefined ? 0 : Number(textAt(res, 'statusCode'));
  if (res === undefined || code === 0) return { request, response: noMessage };
  if (!Number.isInteger(code) || code < 100 || code > 999) throw new Malformed('the status code of its response is no number');
  // Some writers repeat the code in the message.
  const reason = textAt(res, 'statusMessage').replace(new RegExp(`^${String(code)} ?`), '');
  const response = messageOf(
    `${versionOf('')} ${String(code)} ${reason}`,
    fieldsOf(res, 'response'),
    bodyOf(res, 'response'),
    true,
  );
  return { request, response };
}

function fieldsOf(message: JsonObject, side: string): HeaderField[] {
  const headers = message['headers'];
  if (headers === undefined || headers === null) return [];
  if (!isObject(headers)) throw new Malformed(`the headers of its ${side} are no object`);
  return Object.entries(headers).flatMap(([name, values]): HeaderField[] => {
    const list = Array.isArray(values) ? values : [values];
    return list.map((each) => [name, typeof each === 'string' ? each : JSON.stringify(each)]);
  });
}

function bodyOf(message: JsonObject, side: string): Buffer {
  const base64 = message['bodyBase64'];
  if (typeof base64 === 'string' && base64 !== '') {
    const bytes = Buffer.from(base64, 'base64');
    if (bytes.length < Math.floor((base64.replaceAll(/[\s=]/g, '').length * 3) / 4)) {
      throw new Malformed(`the bodyBase64 of its ${side} is no base64`);
    }
    return bytes;
  }
  const body = message['body'];
  if (body === undefined || body === null) return Buffer.alloc(0);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body), 'utf8');
}

/** Leaves the field, so that an export knows in which form the body was. */
function emptyBody(message: JsonObject | undefined): void {
  if (message === undefined) return;
  for (const name of ['body', 'bodyBase64']) if (typeof message[name] === 'string') message[name] = '';
}

/** A copy of its own as far as it is changed here. */
function structuredClonePlain(value: JsonObject): JsonObject {
  const copy = { ...value };
  const http = objectAt(value, 'http');
  if (http !== undefined) {
    const inner: JsonObject = { ...http };
    for (const side of ['req', 'res']) if (isObject(http[side])) inner[side] = { ...http[side] };
    copy['http'] = inner;
  }
  return copy;
}

function connectionOf(value: JsonObject, id: number, source: string, host: string): ConnectionInfo {
  const protocol = textAt(value, 'l7protocol').toLowerCase();
  const address = /^\[?(.*?)\]?(?::(\d{1,5}))?$/s.exec(textAt(value, 'network_address') || host);
  const upstream = objectAt(value, 'netinfo', 'upstream');
  const downstream = objectAt(value, 'netinfo', 'downstream');
  const secure = protocol === 'https' || protocol === 'tls';
  const http = objectAt(value, 'http') !== undefined;
  return {
    id,
    direction: /^out$/i.test(textAt(value, 'direction')) ? 'out' : 'in',
    source,
    entry: 'transparent',
    protocol: http ? (secure ? 'https' : 'http') : secure ? 'tls' : 'tcp',
    clientAddress: textAt(downstream, 'ipAddress'),
    clientPort: portOf(textAt(downstream, 'port')),
    clientName: '',
    flow: '',
    upstreamHost: address?.[1] ?? '',
    upstreamPort: portOf(address?.[2] ?? '') || portOf(textAt(upstream, 'port')) || (secure ? 443 : 80),
    upstreamAddress: textAt(upstream, 'ipAddress'),
    dialMicros: 0,
    tlsMicros: 0,
    clientTls: null,
    upstreamTls: null,
  };
}

function portOf(text: string): number {
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
}

/** Only the duration is part of the form; what we wrote ourselves tells more. */
function timingOf(value: JsonObject, answered: boolean): PairTiming {
  const own = objectAt(value, 'sidetap', 'timing');
  const duration = Math.min(Math.max(Number(textAt(value, 'duration')) || 0, 0), 1e9) * 1000;
  const time = (name: string, otherwise: number): number => {
    const micros = own?.[name];
    return typeof micros === 'number' && Number.isFinite(micros) ? Math.max(-1, Math.min(Math.round(micros), 1e12)) : otherwise;
  };
  return {
    requestEnd: time('requestEnd', 0),
    responseStart: time('responseStart', answered ? Math.round(duration) : -1),
    responseEnd: time('responseEnd', answered ? Math.round(duration) : -1),
  };
}

function failureOf(value: JsonObject): { code: FailureCode; detail: string } | null {
  const failure = objectAt(value, 'sidetap', 'failure');
  const code = textAt(failure, 'code');
  if (failure === undefined || !Object.hasOwn(failureSentences, code)) return null;
  return { code: code as FailureCode, detail: textAt(failure, 'detail') };
}
