import { limits } from '../../limits.ts';
import type { HeaderField } from '../../rrpair/shapes.ts';
import { headerValue } from '../http1/head.ts';
import { varintAt } from './scan.ts';

/** What a body of Protocol Buffers says of itself. */
export interface DeclaredMessage {
  /** Full name of its message. */
  name: string;
  /** It is any number of them, each with its length in front. */
  delimited: boolean;
}

const protobuf = /^\s*application\/(?:(?:x-)?proto(?:buf)?|(?:vnd|x)\.google\.protobuf|x-google-protobuf)\s*(?:;|$)/i;
/** Prometheus says `proto`, others `messageType`. */
const parameter = /;\s*(?:messagetype|proto|message)\s*=\s*"?\.?([A-Za-z_][\w.]{0,300})"?\s*(?:;|$)/i;

/** By the parameters of its media type, or the field that Spring sends; null where those do not tell. */
export function declaredMessage(headers: readonly HeaderField[]): DeclaredMessage | null {
  const type = headerValue(headers, 'content-type') ?? '';
  if (!protobuf.test(type)) return null;
  const name = parameter.exec(type)?.[1] ?? headerValue(headers, 'x-protobuf-message')?.trim() ?? '';
  if (!/^[A-Za-z_][\w.]{0,300}$/.test(name)) return null;
  return { name, delimited: /;\s*(?:encoding\s*=\s*"?delimited"?|delimited\s*=\s*"?true"?)\s*(?:;|$)/i.test(type) };
}

/** The messages in a body; the last one is what follows where that is none. */
export function delimitedMessages(body: Buffer): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  while (at < body.length && found.length < limits.conversationMessages) {
    const length = varintAt(body, at, body.length);
    const end = length === null ? Number.POSITIVE_INFINITY : length.to + Number(length.value);
    if (length === null || end > body.length) break;
    found.push(body.subarray(length.to, end));
    at = end;
  }
  return at < body.length ? [...found, body.subarray(at)] : found;
}
