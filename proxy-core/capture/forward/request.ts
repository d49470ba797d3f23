import type { Target } from '../route.ts';
import { type Head, parseHead, parseRequestLine, type RequestLine } from './head.ts';
import { badAuthority, malformedRequest, proxyPortPage, type Reply, unknownScheme } from './replies.ts';
import { type ProxyTarget, parseAbsoluteTarget, parseConnectTarget } from './target.ts';

/** A request to forward. */
export interface ForwardRequest {
  /** The head as the client sent it. */
  bytes: Buffer;
  head: Head;
  line: RequestLine;
  target: ProxyTarget;
  /** When its first byte came, monotonic µs. */
  startedAt: number;
}

/** What a complete head asks of a proxy. */
export type Asked =
  | { kind: 'connect'; target: Target }
  | { kind: 'forward'; request: ForwardRequest }
  /** `takenForApp`: it is a request as an application gets it. */
  | { kind: 'refused'; reply: Reply; method: string; takenForApp?: boolean };

/** `proxyUrl` is where the client reached us, for those who took us for a website. */
export function readRequest(bytes: Buffer, startedAt: number, proxyUrl: string): Asked {
  const head = parseHead(bytes);
  const line = parseRequestLine(head.startLine);
  if (line === null) return { kind: 'refused', reply: malformedRequest(), method: '' };
  const { method } = line;
  if (method === 'CONNECT') {
    const target = parseConnectTarget(line.target);
    return target === null ? { kind: 'refused', reply: badAuthority(line.target), method } : { kind: 'connect', target };
  }
  const absolute = parseAbsoluteTarget(line.target, method);
  if (absolute.ok) return { kind: 'forward', request: { bytes, head, line, target: absolute.target, startedAt } };
  switch (absolute.problem) {
    case 'not-absolute':
      return { kind: 'refused', reply: proxyPortPage(proxyUrl), method, takenForApp: line.target.startsWith('/') };
    case 'unknown-scheme':
      return { kind: 'refused', reply: unknownScheme(absolute.detail), method };
    default:
      return { kind: 'refused', reply: badAuthority(absolute.detail), method };
  }
}
