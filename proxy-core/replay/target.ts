import net from 'node:net';
import tls from 'node:tls';
import { messageOf, SidetapError } from '../errors.ts';
import type { ConnectionInfo, FailureCode } from '../rrpair/pair.ts';

/** Where a replay goes. */
export interface Target {
  host: string;
  port: number;
  tls: boolean;
  /** Name for SNI and certificate verification; empty for none. */
  serverName: string;
  /** Host field for this target: the port only where it is not the scheme's own. */
  authority: string;
}

export type Dialled = { socket: net.Socket } | { failure: FailureCode; detail: string };

/** What a connection tells of where it went. */
export type RecordedWay = Pick<ConnectionInfo, 'protocol' | 'upstreamHost' | 'upstreamPort' | 'upstreamTls'>;

/** The recorded target, or the one given. Throws `bad-usage` when that is no http(s) URL. */
export function targetOf(connection: RecordedWay, to?: string): Target {
  if (to === undefined) {
    const encrypted = connection.protocol === 'https' && connection.upstreamTls !== null;
    return makeTarget(connection.upstreamHost, connection.upstreamPort, encrypted, connection.upstreamTls?.serverName ?? '');
  }
  const text = to.includes('://') ? to : `http://${to}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw new SidetapError('bad-usage', `“${to}” is no target: give it as http://HOST:PORT or https://HOST:PORT.`);
  }
  const encrypted = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return makeTarget(host, Number(url.port) || (encrypted ? 443 : 80), encrypted, net.isIP(host) === 0 ? host : '');
}

function makeTarget(host: string, port: number, encrypted: boolean, serverName: string): Target {
  const name = host.includes(':') ? `[${host}]` : host;
  return { host, port, tls: encrypted, serverName, authority: port === (encrypted ? 443 : 80) ? name : `${name}:${String(port)}` };
}

/** Connects, and fills in what `connection` tells of the way. A failure is a result, not an exception. */
export async function connectUpstream(
  target: Target,
  options: { insecure?: boolean; extraCa?: readonly string[]; deadline: AbortSignal; alpn: 'h2' | 'http/1.1' },
  connection: ConnectionInfo,
): Promise<Dialled> {
  const started = performance.now();
  const socket = net.connect({ host: target.host, port: target.port, noDelay: true });
  try {
    await event(socket, 'connect', options.deadline);
  } catch (error) {
    socket.destroy();
    return { failure: dialFailure(error, options.deadline), detail: messageOf(error) };
  }
  connection.upstreamAddress = socket.remoteAddress ?? '';
  connection.clientAddress = socket.localAddress ?? '';
  connection.clientPort = socket.localPort ?? 0;
  connection.dialMicros = Math.round((performance.now() - started) * 1000);
  if (!target.tls) return { socket };

  const secureStarted = performance.now();
  const extra = options.extraCa ?? [];
  const secure = tls.connect({
    socket,
    ALPNProtocols: [options.alpn],
    rejectUnauthorized: options.insecure !== true,
    ...(target.serverName === '' ? {} : { servername: target.serverName }),
    ...(extra.length === 0 ? {} : { ca: [...tls.rootCertificates, ...extra] }),
  });
  try {
    await event(secure, 'secureConnect', options.deadline);
  } catch (error) {
    secure.destroy();
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const unverified = /CERT|SELF_SIGNED|ISSUER|ALTNAME|UNABLE_TO_VERIFY/.test(code);
    return { failure: unverified ? 'upstream-certificate-invalid' : 'upstream-tls-failed', detail: messageOf(error) };
  }
  if (options.alpn === 'h2' && secure.alpnProtocol !== 'h2') {
    secure.destroy();
    return { failure: 'upstream-tls-failed', detail: 'The server does not agree on HTTP/2.' };
  }
  connection.tlsMicros = Math.round((performance.now() - secureStarted) * 1000);
  connection.upstreamTls = {
    version: secure.getProtocol() ?? '',
    cipher: secure.getCipher().standardName,
    alpn: typeof secure.alpnProtocol === 'string' ? secure.alpnProtocol : '',
    serverName: target.serverName,
    decrypted: true,
    reason: '',
  };
  return { socket: secure };
}

function dialFailure(error: unknown, deadline: AbortSignal): FailureCode {
  if (deadline.aborted) return 'upstream-timeout';
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ECONNREFUSED':
      return 'upstream-refused';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'upstream-name-not-found';
    case 'ETIMEDOUT':
      return 'upstream-timeout';
    case 'ECONNRESET':
      return 'upstream-reset';
    default:
      return 'upstream-unreachable';
  }
}

function event(socket: net.Socket, name: string, deadline: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error): void => {
      socket.off(name, succeeded);
      socket.off('error', done);
      socket.off('close', closed);
      deadline.removeEventListener('abort', expired);
      if (error === undefined) resolve();
      else reject(error);
    };
    const succeeded = (): void => done();
    const closed = (): void => done(new Error('the connection was closed'));
    const expired = (): void => done(new Error('no answer in time'));
    socket.once(name, succeeded);
    socket.once('error', done);
    socket.once('close', closed);
    deadline.addEventListener('abort', expired);
    if (deadline.aborted) expired();
  });
}
