import type { Evidence } from '../rrpair/shapes.ts';
import { httpEvidence, httpTechnologies } from './evidence.ts';
import { type HttpFacts, type MessageFacts, messageFacts, type PairFacts } from './facts.ts';
import { isNoise } from './noise.ts';

export type { PairFacts } from './facts.ts';

/** What every protocol fills in for the list (see `rrpair/shapes.ts` for the meaning of each). */
export interface PairDescription {
  command: string;
  host: string;
  /** Location without the query. */
  path: string;
  location: string;
  status: string;
  statusCode: number | null;
  technology: string;
  technologies: string[];
  noise: boolean;
}

/** Describes a pair for the list. Runs once or twice for every pair, in the store's writer thread. */
export function describePair(facts: PairFacts): PairDescription {
  const request = facts.summary === null ? messageFacts(facts.requestHead, facts.requestBody) : null;
  if (request === null) return describeConnection(facts);
  const response = messageFacts(facts.responseHead, facts.responseBody);
  return describeHttp(facts, request, response);
}

/** The technologies of a pair with what gave each away. Made anew when somebody looks, because it is larger than what the list needs. */
export function technologiesOf(facts: PairFacts): Evidence[] {
  const request = facts.summary === null ? messageFacts(facts.requestHead, facts.requestBody) : null;
  if (request === null) return connectionEvidence(facts);
  return httpEvidence(httpFacts(facts, request, messageFacts(facts.responseHead, facts.responseBody)));
}

function describeHttp(facts: PairFacts, request: MessageFacts, response: MessageFacts | null): PairDescription {
  const http = httpFacts(facts, request, response);
  const names = httpTechnologies(http);
  const method = request.head.method;
  const target = originForm(request.head.target);
  const statusCode = response?.head.statusCode ?? null;
  return {
    command: method,
    host: hostOf(facts, request),
    path: http.path,
    location: target,
    status: statusCode === null ? (facts.failure?.code ?? '') : String(statusCode),
    statusCode,
    technology: names[0] ?? (facts.connection.protocol === 'https' ? 'HTTPS' : 'HTTP'),
    technologies: names,
    noise: isNoise(request, method, target),
  };
}

function describeConnection(facts: PairFacts): PairDescription {
  const { connection, summary, failure } = facts;
  const location = summary?.location ?? '';
  const names = connectionEvidence(facts).map((evidence) => evidence.technology);
  return {
    command: summary?.command ?? '',
    host: authority(connection.clientTls?.serverName || connection.upstreamHost, connection.upstreamPort),
    path: location,
    location,
    status: summary?.status || (failure?.code ?? ''),
    statusCode: null,
    technology: names[0] ?? 'TCP',
    technologies: names,
    noise: false,
  };
}

function connectionEvidence({ connection }: PairFacts): Evidence[] {
  if (connection.protocol === 'tls') {
    const name = connection.clientTls?.serverName ?? '';
    return [
      {
        technology: 'TLS',
        kind: 'transport',
        evidence: name === '' ? 'a ClientHello without a name' : `a ClientHello for ${name}`,
      },
    ];
  }
  const tls = connection.clientTls;
  if (tls?.decrypted === true) {
    const evidence = `handshake with the client: ${tls.cipher}; what was said inside, if anything, is of no protocol that is decoded`;
    return [{ technology: tls.version.replace('TLSv', 'TLS '), kind: 'transport', evidence }];
  }
  return [{ technology: 'TCP', kind: 'transport', evidence: 'the bytes are of no protocol that is decoded' }];
}

function httpFacts(facts: PairFacts, request: MessageFacts, response: MessageFacts | null): HttpFacts {
  const target = originForm(request.head.target);
  const query = target.indexOf('?');
  const host = request.headers.get('host') ?? facts.connection.upstreamHost;
  return {
    connection: facts.connection,
    request,
    response,
    hostname: hostnameOf(host),
    path: query < 0 ? target : target.slice(0, query),
  };
}

/** The host without its port, in lower case. */
function hostnameOf(host: string): string {
  const colon = host.lastIndexOf(':');
  const bare = colon > host.lastIndexOf(']') ? host.slice(0, colon) : host;
  return bare.toLowerCase();
}

/** Path and query of a request target; the absolute form (RFC 9112 3.2.2) loses its scheme and authority. */
function originForm(target: string): string {
  if (target.startsWith('/') || !/^[a-z][a-z0-9+.-]*:\/\//i.test(target)) return target;
  const path = target.indexOf('/', target.indexOf('://') + 3);
  return path < 0 ? '/' : target.slice(path);
}

/** The host as the request names it: an absolute target wins over the Host field (RFC 9112 3.2.2), and both over what was dialled. */
function hostOf(facts: PairFacts, request: MessageFacts): string {
  const { target } = request.head;
  const absolute = target.startsWith('/') ? null : /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(target);
  const named = absolute?.[1] || request.headers.get('host');
  if (named === undefined || named === '') return authority(facts.connection.upstreamHost, facts.connection.upstreamPort);
  const defaultPort = facts.connection.protocol === 'https' ? ':443' : ':80';
  return named.endsWith(defaultPort) && !named.endsWith(`:${defaultPort}`) ? named.slice(0, -defaultPort.length) : named;
}

function authority(host: string, port: number): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`;
}
