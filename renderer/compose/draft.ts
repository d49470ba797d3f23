import { assertNever } from '../../proxy-core/errors.ts';
import type { ComposedRequest, ParsedCurl } from '../../proxy-core/rrpair/compose.ts';
import { http1Fields } from '../../proxy-core/rrpair/http1-fields.ts';
import type { PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { fromBase64, latin1 } from '../detail/body/bytes.ts';

export interface DraftHeader {
  /** Stays with the field while it is moved. */
  key: number;
  name: string;
  value: string;
}

export type BodyKind = 'none' | 'text' | 'base64' | 'file' | 'recorded';

/** The request body of a pair. */
export interface RecordedBody {
  of: number;
  /** Without framing, still content-encoded. */
  bytes: number;
  /** As text, decoded; null where it is none, or too large to be edited. */
  text: string | null;
  /** What it is sent with; empty for none. Text that was edited is sent without it. */
  contentEncoding: string;
}

/** A request while it is being written. */
export interface Draft {
  method: string;
  url: string;
  /** Sent instead of the URL's path and query; null for those. */
  target: string | null;
  version: ComposedRequest['version'];
  headers: readonly DraftHeader[];
  bodyKind: BodyKind;
  text: string;
  base64: string;
  file: { name: string; base64: string; bytes: number } | null;
  recorded: RecordedBody | null;
  /** A missing Host is added, and the body's length put right. */
  automatic: boolean;
  insecure: boolean;
}

/** Bytes of a body that is written here: it travels to the engine inside one call of at most 1 MiB, as base64. */
export const MOST_BODY_BYTES = 700_000;

let nextKey = 1;

export function draftHeader(name: string, value: string): DraftHeader {
  return { key: nextKey++, name, value };
}

export function emptyDraft(): Draft {
  return {
    method: 'GET',
    url: '',
    target: null,
    version: 'HTTP/1.1',
    headers: [draftHeader('Accept', '*/*')],
    bodyKind: 'none',
    text: '',
    base64: '',
    file: null,
    recorded: null,
    automatic: true,
    insecure: false,
  };
}

/** Where a pair went, as the URL that goes there again, and its request target where no URL has that. */
export function placeOf({ connection, protocol, request }: Pick<PairDetail, 'connection' | 'protocol' | 'request'>): {
  url: string;
  target: string | null;
} {
  const encrypted = protocol === 'https' && connection.upstreamTls !== null;
  const name = connection.upstreamHost.includes(':') ? `[${connection.upstreamHost}]` : connection.upstreamHost;
  const usual = connection.upstreamPort === (encrypted ? 443 : 80);
  const origin = `${encrypted ? 'https' : 'http'}://${name}${usual ? '' : `:${connection.upstreamPort}`}`;
  const target = request.startLine.slice(request.startLine.indexOf(' ') + 1).replace(/ HTTP\/\d(?:\.\d)?$/, '');
  // What was sent to a proxy names the origin once more.
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '');
  if (path.startsWith('/') && !path.includes('#')) return { url: origin + path, target: null };
  return { url: origin, target };
}

function versionOf(startLine: string): Draft['version'] {
  if (startLine.endsWith(' HTTP/2')) return 'HTTP/2';
  return startLine.endsWith('HTTP/1.0') ? 'HTTP/1.0' : 'HTTP/1.1';
}

/** The request of a pair, to be changed. `body` is null where there is none. */
export function draftOfPair(pair: PairDetail, body: RecordedBody | null): Draft {
  const { url, target } = placeOf(pair);
  const asText = body !== null && body.text !== null && body.contentEncoding === '';
  return {
    ...emptyDraft(),
    method: pair.request.startLine.split(' ', 1)[0] ?? pair.command,
    url,
    target,
    version: versionOf(pair.request.startLine),
    headers: http1Fields(pair.request.headers).map(([name, value]) => draftHeader(name, value)),
    bodyKind: body === null ? 'none' : asText ? 'text' : 'recorded',
    text: body?.text ?? '',
    recorded: body,
  };
}

/** Text where the bytes are UTF-8, null otherwise. */
export function utf8(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

export function draftOfCurl({ request, insecure }: ParsedCurl): Draft {
  const text = utf8(fromBase64(request.bodyBase64));
  const bodyKind = request.bodyBase64 === '' ? 'none' : text === null ? 'base64' : 'text';
  return {
    ...emptyDraft(),
    method: request.method,
    url: request.url,
    target: request.target,
    version: request.version,
    headers: request.headers.map(([name, value]) => draftHeader(name, value)),
    bodyKind,
    text: text ?? '',
    base64: text === null ? request.bodyBase64 : '',
    automatic: request.automatic,
    insecure,
  };
}

/** Text lets go of the coding that the recorded body had: what is typed is sent as it is. */
export function withBodyKind(draft: Draft, bodyKind: BodyKind): Draft {
  const encoded = bodyKind === 'text' && draft.recorded !== null && draft.recorded.contentEncoding !== '';
  const headers = encoded ? draft.headers.filter(({ name }) => name.toLowerCase() !== 'content-encoding') : draft.headers;
  return { ...draft, bodyKind, headers };
}

export function moved<Item>(items: readonly Item[], from: number, step: -1 | 1): readonly Item[] {
  const to = from + step;
  const item = items[from];
  if (item === undefined || to < 0 || to >= items.length) return items;
  return items.toSpliced(from, 1).toSpliced(to, 0, item);
}

export interface SendableRequest extends Omit<ComposedRequest, 'chunked'> {
  bodyOf?: number;
  insecure: boolean;
}

/** What is sent. Throws a sentence about what is wrong with the body. */
export function requestOf(draft: Draft): SendableRequest {
  const { recorded, bodyKind, text } = draft;
  const untouched =
    recorded !== null &&
    (bodyKind === 'recorded' || (bodyKind === 'text' && recorded.contentEncoding === '' && text === recorded.text));
  return {
    method: draft.method,
    url: draft.url,
    target: draft.target,
    version: draft.version,
    headers: draft.headers.filter(({ name, value }) => name !== '' || value !== '').map(({ name, value }) => [name, value]),
    automatic: draft.automatic,
    insecure: draft.insecure,
    ...(untouched ? { bodyOf: recorded.of, bodyBase64: '' } : { bodyBase64: writtenBody(draft) }),
  };
}

function writtenBody({ bodyKind, text, base64, file }: Draft): string {
  switch (bodyKind) {
    case 'none':
    case 'recorded':
      return '';
    case 'text': {
      const bytes = new TextEncoder().encode(text);
      requireSize(bytes.length);
      return btoa(latin1(bytes));
    }
    case 'base64': {
      const compact = base64.replace(/\s+/g, '');
      if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.test(compact)) {
        throw new Error('The body is not base64: it has letters, digits, + and / only.');
      }
      requireSize((compact.length * 3) / 4);
      return compact;
    }
    case 'file':
      if (file === null) throw new Error('Choose the file that is to be the body.');
      requireSize(file.bytes);
      return file.base64;
    default:
      return assertNever(bodyKind);
  }
}

function requireSize(bytes: number): void {
  if (bytes > MOST_BODY_BYTES)
    throw new Error('A body that is written here can have 700 KB; a recorded one that is unchanged, any size.');
}
