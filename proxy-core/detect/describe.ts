import { protocolFacts } from '../rrpair/protocols.ts';
import type { Evidence } from '../rrpair/shapes.ts';
import { codingOf } from '../wire/grpc/compression.ts';
import { bodyStatus, callKind, fieldStatus, listedStatus } from '../wire/grpc/status.ts';
import { callBody } from '../wire/grpc/web-text.ts';
import { removeChunkFraming } from '../wire/http1/body.ts';
import type { Call } from './calls/call.ts';
import { findCall } from './calls/find.ts';
import { httpEvidence, httpTechnologies } from './evidence.ts';
import { type HttpFacts, type MessageFacts, messageFacts, type PairFacts } from './facts.ts';
import { isIdle, isNoise, type NoiseRules } from './noise.ts';
import { products } from './rules/products.ts';

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
export function describePair(facts: PairFacts, noise?: NoiseRules): PairDescription {
  const request = facts.summary === null ? messageFacts(facts.requestHead, facts.requestBody) : null;
  if (request === null) return describeConnection(facts, noise);
  const response = messageFacts(facts.responseHead, facts.responseBody);
  return describeHttp(facts, request, response, noise);
}

/** The technologies of a pair with what gave each away. Made anew when somebody looks, because it is larger than what the list needs. */
export function technologiesOf(facts: PairFacts): Evidence[] {
  const request = facts.summary === null ? messageFacts(facts.requestHead, facts.requestBody) : null;
  if (request === null) return connectionEvidence(facts);
  return httpEvidence(httpFacts(facts, request, messageFacts(facts.responseHead, facts.responseBody)));
}

function describeHttp(
  facts: PairFacts,
  request: MessageFacts,
  response: MessageFacts | null,
  noise: NoiseRules | undefined,
): PairDescription {
  const http = httpFacts(facts, request, response);
  const call = findCall(http);
  const names = httpTechnologies(http, call);
  const method = request.head.method;
  const target = originForm(request.head.target);
  const statusCode = response?.head.statusCode ?? null;
  const ended = callStatus(facts, request, response);
  return {
    command: method,
    host: hostOf(facts, request),
    path: http.path,
    // No target has a space in it, so that what is called can be told from where.
    location: call === null || call.label === '' ? target : `${target} ${call.label}`,
    status: ended ?? (statusCode === null ? (facts.failure?.code ?? '') : statusOf(statusCode, call, response)),
    statusCode: ended === null ? statusCode : null,
    technology: names[0] ?? (facts.connection.protocol === 'https' ? 'HTTPS' : 'HTTP'),
    technologies: names,
    noise: isNoise(request, method, target, noise),
  };
}

/** The code; behind that of a success, the error that the answer tells of all the same. */
function statusOf(statusCode: number, call: Call | null, response: MessageFacts | null): string {
  const error = call === null || response === null || statusCode !== 200 ? null : call.errorOf(response);
  if (error === null) return String(statusCode);
  return error === '' ? `${String(statusCode)} ERR` : `${String(statusCode)} ERR:${error}`;
}

/** Of gRPC and its like, what stands behind the body: nearly all of them have the status code 200. Null for everything else. */
function callStatus({ failure }: PairFacts, request: MessageFacts, response: MessageFacts | null): string | null {
  if (response?.head.statusCode !== 200) return null;
  const kind = callKind(response.mediaType || request.mediaType);
  if (kind === null) return null;
  const body = response.headers.has('transfer-encoding') ? unframed(response.body) : response.body;
  const { headers } = response.head;
  const status = fieldStatus(response.trailers, headers) ?? bodyStatus(kind, callBody(headers, body), codingOf(headers));
  return status === null ? (failure?.code ?? '') : listedStatus(status);
}

function unframed(body: Buffer): Buffer {
  const { payload } = removeChunkFraming(body);
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
}

function describeConnection(facts: PairFacts, noise: NoiseRules | undefined): PairDescription {
  const { connection, summary, failure } = facts;
  const location = summary?.location ?? '';
  const names = [...new Set(connectionEvidence(facts).map((evidence) => evidence.technology))];
  return {
    command: summary?.command ?? '',
    host: authority(connection.clientTls?.serverName || connection.upstreamHost, connection.upstreamPort),
    path: location,
    location,
    status: summary?.status || (failure?.code ?? ''),
    statusCode: null,
    technology: names[0] ?? 'TCP',
    technologies: names,
    noise: isIdle(facts, noise),
  };
}

function connectionEvidence({ connection }: PairFacts): Evidence[] {
  if (protocolFacts(connection.protocol).kind === 'decoded') return decodedEvidence(connection);
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

/** Under the plain name, whatever the version: whoever filters by it means every one. Before the protocol stands the product, where that is another. */
function decodedEvidence({ protocol, spoken, clientTls }: PairFacts['connection']): Evidence[] {
  const { title } = protocolFacts(protocol);
  const found: Evidence[] = [{ technology: title, kind: 'protocol', evidence: `the bytes are those of ${title}’s protocol` }];
  if (spoken !== undefined && spoken.evidence !== '') {
    const [product = ''] = spoken.server.split(' ', 1);
    if (products.has(product)) found.unshift({ technology: product, kind: 'server', evidence: spoken.evidence });
    else found.push({ technology: title, kind: 'server', evidence: spoken.evidence });
  }
  if (clientTls?.decrypted === true && clientTls.version !== '') {
    const evidence = `handshake with the client: ${clientTls.cipher}`;
    found.push({ technology: clientTls.version.replace('TLSv', 'TLS '), kind: 'transport', evidence });
  }
  return found;
}

function httpFacts(facts: PairFacts, request: MessageFacts, response: MessageFacts | null): HttpFacts {
  const target = originForm(request.head.target);
  const query = target.indexOf('?');
  const host = request.headers.get(':authority') ?? request.headers.get('host') ?? facts.connection.upstreamHost;
  return {
    connection: facts.connection,
    context: facts.context,
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
  const named = absolute?.[1] || request.headers.get(':authority') || request.headers.get('host');
  if (named === undefined || named === '') return authority(facts.connection.upstreamHost, facts.connection.upstreamPort);
  const defaultPort = facts.connection.protocol === 'https' ? ':443' : ':80';
  return named.endsWith(defaultPort) && !named.endsWith(`:${defaultPort}`) ? named.slice(0, -defaultPort.length) : named;
}

function authority(host: string, port: number): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`;
}
