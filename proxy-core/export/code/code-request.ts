import { isUtf8 } from 'node:buffer';
import type { HeaderField } from '../../rrpair/shapes.ts';
import type { RecordedRequest } from '../request.ts';
import type { Deviation } from './deviation.ts';

/** A request as programs are written for it: what every client does by itself is taken away. */
export interface CodeRequest {
  method: string;
  /** `http://host:port` */
  origin: string;
  /** As recorded, bytes as latin-1. */
  target: string;
  /** Value of the Host field where it is not the one that follows from the URL. */
  host: string | null;
  /** Valid, each in one line, without Host and without framing: clients count the body themselves. Bytes as latin-1. */
  headers: HeaderField[];
  body: CodeBody;
  chunked: boolean;
}

export type CodeBody =
  | { kind: 'none' }
  | { kind: 'text'; text: string }
  | { kind: 'bytes'; base64: string }
  /** Too large for source: it stands in a file beside it. */
  | { kind: 'file'; name: string };

export type Deviate = (deviation: Deviation) => void;

/** Bytes of a text that is written into source. */
const TEXT_BYTES = 16 * 1024;
/** Bytes of a binary body that is written into source, as base64. */
const BINARY_BYTES = 4 * 1024;

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export function codeRequest(request: RecordedRequest, bodyName: string, deviate: Deviate): CodeRequest {
  const { host, headers } = fieldsToSend(request, deviate);
  return {
    method: request.method,
    origin: `${request.scheme}://${request.authority}`,
    target: request.target,
    host,
    headers,
    body: codeBody(request.body, bodyName),
    chunked: request.chunked && request.body.length > 0,
  };
}

function fieldsToSend(request: RecordedRequest, deviate: Deviate): { host: string | null; headers: HeaderField[] } {
  const headers: HeaderField[] = [];
  let host: string | undefined;
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase();
    if (lower === 'content-length' || (lower === 'transfer-encoding' && /^chunked$/i.test(value))) continue;
    const oneLine = value.replaceAll(/\r?\n[ \t]+/g, ' ');
    if (!token.test(name)) deviate({ kind: 'left-out', name, value, why: 'name' });
    else if (/[\x00-\x08\x0a-\x1f\x7f]/.test(oneLine)) deviate({ kind: 'left-out', name, value, why: 'value' });
    else if (lower === 'host') {
      if (host === undefined) host = oneLine;
      else deviate({ kind: 'left-out', name, value, why: 'repeated' });
    } else if (lower === 'transfer-encoding') deviate({ kind: 'left-out', name, value, why: 'client' });
    else {
      if (oneLine !== value) deviate({ kind: 'unfolded', name });
      headers.push([name, oneLine]);
    }
  }
  if (host === undefined) deviate({ kind: 'added', name: 'Host' });
  return { host: host === undefined || host === request.authority ? null : host, headers };
}

function codeBody(body: Buffer, name: string): CodeBody {
  if (body.length === 0) return { kind: 'none' };
  if (body.length <= TEXT_BYTES && isUtf8(body)) {
    const text = body.toString('utf8');
    if (!/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)) return { kind: 'text', text };
  }
  return body.length <= BINARY_BYTES ? { kind: 'bytes', base64: body.toString('base64') } : { kind: 'file', name };
}

/** True when a field of this name, in any case, is there. */
export function has(headers: readonly HeaderField[], lower: string): boolean {
  return headers.some(([name]) => name.toLowerCase() === lower);
}

/** Says of each of these fields that is not there that the client adds it. */
export function adds(headers: readonly HeaderField[], names: readonly string[], deviate: Deviate): void {
  for (const name of names) if (!has(headers, name.toLowerCase())) deviate({ kind: 'added', name });
}

/** Leaves out the fields that the client does not send. */
export function without(headers: readonly HeaderField[], refused: ReadonlySet<string>, deviate: Deviate): HeaderField[] {
  return headers.filter(([name, value]) => {
    if (!refused.has(name.toLowerCase())) return true;
    deviate({ kind: 'left-out', name, value, why: 'client' });
    return false;
  });
}

/** One field of each name, for clients that know no other way; `names` limits it to these. */
export function joined(headers: readonly HeaderField[], deviate: Deviate, names?: ReadonlySet<string>): HeaderField[] {
  const fields = new Map<string, HeaderField>();
  let other = 0;
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    const before = fields.get(lower);
    if (names !== undefined && !names.has(lower)) fields.set(`\n${String(other++)}`, [name, value]);
    else if (before === undefined) fields.set(lower, [name, value]);
    else {
      deviate({ kind: 'joined', name });
      fields.set(lower, [before[0], before[1] + (lower === 'cookie' ? '; ' : ', ') + value]);
    }
  }
  return [...fields.values()];
}
