import { isIP, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  checkServerIdentity,
  connect,
  type DetailedPeerCertificate,
  type PeerCertificate,
  type SecureContext,
  TLSSocket,
  type TLSSocketOptions,
} from 'node:tls';
import { messageOf } from '../errors.ts';
import { limits } from '../limits.ts';
import type { TlsInfo } from '../rrpair/pair.ts';
import { nowMicros } from './clock.ts';
import { outliveFailedWrites } from './failed-writes.ts';

export interface UpstreamTls {
  ok: true;
  socket: TLSSocket;
  micros: number;
  info: TlsInfo;
  /** Why the certificate cannot be trusted, as a sentence; null when it can. */
  distrust: string | null;
}

export interface UpstreamTlsRequest {
  /** Name to ask for (SNI); empty asks for none. */
  serverName: string;
  /** Name or address that the certificate must be for. */
  identity: string;
  /** ALPN protocols to offer; empty offers none. */
  alpn: readonly string[];
  context: SecureContext;
}

/** The TLS handshake with an upstream, over a socket that was dialled. Never rejects; on failure the socket is destroyed. */
export function secureUpstream(
  socket: Socket,
  request: UpstreamTlsRequest,
): Promise<UpstreamTls | { ok: false; message: string; timedOut: boolean }> {
  return new Promise((resolve) => {
    const startedAt = nowMicros();
    let wrongName: string | null = null;
    // Node passes the mark on to the stream; its types do not know.
    const options: ConnectionOptions & { highWaterMark: number } = {
      socket,
      secureContext: request.context,
      // SNI holds names only (RFC 6066 3).
      servername: isIP(request.serverName) === 0 ? request.serverName : '',
      ALPNProtocols: request.alpn.length > 0 ? [...request.alpn] : undefined,
      // Verified below: whoever fails is told why, instead of having its connection cut.
      rejectUnauthorized: false,
      checkServerIdentity: (_name: string, certificate: PeerCertificate) => {
        const error = checkServerIdentity(request.identity, certificate);
        wrongName = error === undefined ? null : error.message;
        return error;
      },
      highWaterMark: limits.pumpHighWaterBytes,
    };
    const tls = outliveFailedWrites(connect(options));
    let over = false;
    const fail = (message: string, timedOut: boolean): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      tls.destroy();
      socket.destroy();
      resolve({ ok: false, message, timedOut });
    };
    const timer = setTimeout(() => fail('the handshake took too long', true), limits.tlsHandshakeMillis);
    // Stays for the life of the socket, as in dial.ts.
    tls.on('error', (error) => fail(tlsCause(error), false));
    tls.once('close', () => fail('the server closed the connection during the handshake', false));
    tls.once('secureConnect', () => {
      over = true;
      clearTimeout(timer);
      const distrust = tls.authorized ? null : distrustSentence(tls, wrongName);
      resolve({ ok: true, socket: tls, micros: nowMicros() - startedAt, info: tlsInfoOf(tls, request.serverName), distrust });
    });
  });
}

/** How a client's TLS handshake ended that did not end well. */
export interface ClientTlsFailure {
  ok: false;
  /** The client does not want our certificate: it said so, or closed on seeing it. */
  rejected: boolean;
  message: string;
}

/**
 * The TLS handshake with a client whose ClientHello was unshifted. Never rejects; on failure the socket is destroyed.
 *
 * `alpn` is the one protocol to choose, empty for none.
 */
export function secureClient(
  socket: Socket,
  context: SecureContext,
  alpn: string,
): Promise<{ ok: true; socket: TLSSocket } | ClientTlsFailure> {
  return new Promise((resolve) => {
    const options: TLSSocketOptions & { highWaterMark: number } = {
      isServer: true,
      secureContext: context,
      ALPNProtocols: alpn === '' ? undefined : [alpn],
      highWaterMark: limits.pumpHighWaterBytes,
    };
    const tls = new TLSSocket(socket, options);
    let over = false;
    const fail = (rejected: boolean, message: string): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      tls.destroy();
      socket.destroy();
      resolve({ ok: false, rejected, message });
    };
    const timer = setTimeout(() => fail(false, 'the handshake took too long'), limits.tlsHandshakeMillis);
    // Stays for the life of the socket, as in dial.ts.
    tls.on('error', (error: NodeJS.ErrnoException) => fail(isCertificateRefusal(error), tlsCause(error)));
    const closed = (): void => fail(true, 'the client closed the connection when it saw the certificate');
    tls.once('end', closed);
    tls.once('close', closed);
    tls.once('secure', () => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      tls.off('end', closed);
      tls.off('close', closed);
      resolve({ ok: true, socket: tls });
    });
  });
}

/** What went wrong, without the place in OpenSSL's source where it was noticed. */
export function tlsCause(error: NodeJS.ErrnoException & { reason?: string }): string {
  return error.reason ?? (error.code?.startsWith('ERR_SSL_') === true ? error.code : messageOf(error));
}

/** Alerts with which clients refuse a certificate (RFC 8446 6.2), in the codes of OpenSSL and BoringSSL; an RST says the same. */
export function isCertificateRefusal(error: NodeJS.ErrnoException): boolean {
  const code = error.code ?? '';
  return (
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    /ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|ACCESS_DENIED)/.test(
      code,
    )
  );
}

/** An upstream that wants a certificate of the client, which we cannot show for it. */
export function isClientCertificateDemand(error: NodeJS.ErrnoException): boolean {
  return /ALERT_CERTIFICATE_REQUIRED/.test(error.code ?? '');
}

/** What was negotiated on a decrypted leg. */
export function tlsInfoOf(socket: TLSSocket, serverName: string): TlsInfo {
  return {
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher()?.standardName ?? '',
    alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : '',
    serverName,
    decrypted: true,
    reason: '',
  };
}

/** A leg that is passed on undecrypted. */
export function passedTls(serverName: string, reason: string): TlsInfo {
  return { version: '', cipher: '', alpn: '', serverName, decrypted: false, reason };
}

/** What stands behind the codes that OpenSSL and BoringSSL give for a chain that does not verify. */
const distrustReasons: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its CA is not a trusted one',
  UNABLE_TO_GET_ISSUER_CERT: 'its issuer is unknown',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its issuer is unknown',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its issuer is unknown, or the server does not send its intermediate certificate',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  CERT_REVOKED: 'it was revoked',
  CERT_SIGNATURE_FAILURE: 'its signature is wrong',
  INVALID_PURPOSE: 'it is not a server’s certificate',
  INVALID_CA: 'its CA is not allowed to sign certificates',
};

function distrustSentence(tls: TLSSocket, wrongName: string | null): string {
  const code = String(tls.authorizationError ?? '');
  const reason = wrongName !== null ? `it is for another name: ${wrongName}` : (distrustReasons[code] ?? 'it does not verify');
  const certificate: DetailedPeerCertificate | undefined = tls.getPeerCertificate(true);
  const subject = nameOf(certificate?.subject);
  const issuer = nameOf(certificate?.issuer);
  const whose = subject === '' ? '' : ` of ${subject}${issuer === '' || issuer === subject ? '' : `, issued by ${issuer}`}`;
  return `the certificate${whose} cannot be trusted: ${reason}${wrongName === null && code !== '' ? ` (${code})` : ''}`;
}

function nameOf(name: PeerCertificate['subject'] | undefined): string {
  const text = name?.CN ?? name?.O ?? '';
  return Array.isArray(text) ? text.join(', ') : text;
}
