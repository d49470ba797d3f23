import { headerValue, type ParsedHead } from '../http1/head.ts';
import { lengthField } from './scan.ts';

/** An error of Connect (https://connectrpc.com/docs/protocol: Error Codes, Unary-Response, EndStreamResponse). */
export interface ConnectError {
  /** In lower case, as Connect has it; empty when the server says none. */
  code: string;
  message: string;
  details: readonly { type: string; value: Buffer }[];
}

/** The error that an answer to a unary call is; null when it is none. */
export function unaryError(body: Buffer): ConnectError | null {
  const error = errorOf(parsed(body));
  return error?.code === '' ? null : error;
}

/** The error that the last message of a stream tells; null when the stream ended well, undefined where that cannot be read. */
export function streamError(payload: Buffer): ConnectError | null | undefined {
  const ended = parsed(payload);
  return isObject(ended) ? errorOf(ended['error']) : undefined;
}

/** Whether such a request was answered as Connect tells of errors: as JSON, whatever its own messages are. Of GET the query says that it is a call. */
export function isFailedCall(request: ParsedHead, response: ParsedHead | null): boolean {
  if (response === null || response.statusCode < 400) return false;
  if (!isJson(headerValue(response.headers, 'content-type') ?? '')) return false;
  return headerValue(request.headers, 'connect-protocol-version') !== undefined || /[?&]connect=v1(?:&|$)/.test(request.target);
}

/** The media type in which Connect tells of errors. */
export function isJson(contentType: string): boolean {
  return /^application\/json\s*(?:;|$)/i.test(contentType);
}

/** The same as bytes of a google.rpc.Status, which gRPC sends. */
export function statusBytesOf(code: number, { message, details }: ConnectError): Buffer {
  const anys = details.map(({ type, value }) => {
    const url = type.includes('/') ? type : `type.googleapis.com/${type}`;
    return lengthField(3, Buffer.concat([lengthField(1, Buffer.from(url)), lengthField(2, value)]));
  });
  return Buffer.concat([Buffer.of(1 << 3, code), lengthField(2, Buffer.from(message)), ...anys]);
}

function errorOf(said: unknown): ConnectError | null {
  if (!isObject(said)) return null;
  const { code, message, details } = said;
  return {
    code: typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? code : '',
    message: typeof message === 'string' ? message : '',
    details: Array.isArray(details) ? details.flatMap(detailOf) : [],
  };
}

function detailOf(said: unknown): ConnectError['details'] {
  if (!isObject(said)) return [];
  const { type, value } = said;
  return typeof type === 'string' && typeof value === 'string' ? [{ type, value: Buffer.from(value, 'base64') }] : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8')) as unknown;
  } catch {
    return null; // says nothing
  }
}
