import type { Socket } from 'node:net';
import { messageOf } from '../errors.ts';
import type { ConnectionInfo, FailureCode } from '../rrpair/pair.ts';
import type { ClientHello } from '../wire/tls/client-hello.ts';
import { hostPort } from './app-target.ts';
import { nowMicros } from './clock.ts';
import { type FirstBytes, passOn } from './connection.ts';
import { ConnectionTap } from './connection-tap.ts';
import type { CaptureContext, LiveConnection } from './context.ts';
import { dial } from './dial.ts';
import type { TlsParty } from './fail-open.ts';
import { reachedName } from './own-addresses.ts';
import type { Leg } from './pump.ts';
import { distrustMessage, Refusal } from './refusal.ts';
import type { Target } from './route.ts';
import {
  type ClientTlsFailure,
  isCertificateRefusal,
  isClientCertificateDemand,
  passedTls,
  secureClient,
  secureUpstream,
  tlsCause,
  tlsInfoOf,
  type UpstreamTls,
} from './tls-legs.ts';

/** A client that has sent a ClientHello, and the upstream that it is for. */
export interface TlsConnection {
  info: ConnectionInfo;
  target: Target;
  openedAt: number;
  client: Socket;
  hello: ClientHello;
  first: FirstBytes;
}

/**
 * Reads along in a TLS connection: shakes hands with the upstream as the client would have, then with the client as the upstream did. Where that
 * cannot work, or did not work the last time, the connection passes undecrypted: rather unread than broken.
 */
export class Interception implements LiveConnection {
  readonly idle = true;
  readonly #context: CaptureContext;
  readonly #connection: TlsConnection;
  readonly #party: TlsParty;
  #upstream: Leg;
  #stopped = false;
  /** The upstream could take the client's own TLS. */
  #mayPass = true;

  constructor(context: CaptureContext, connection: TlsConnection, upstream: Leg) {
    this.#context = context;
    this.#connection = connection;
    this.#upstream = upstream;
    const { info, target, hello } = connection;
    this.#party = {
      clientAddress: info.clientAddress,
      fingerprint: hello.fingerprint,
      destination: hostPort(target.host, target.port),
    };
    context.live.add(this);
  }

  stop(): void {
    this.#stopped = true;
    this.#context.live.delete(this);
    this.#connection.client.destroy();
    this.#upstream.socket.destroy();
  }

  /** For a tunnel: the upstream speaks TLS too, and answers before the client is answered. */
  bothLegs(): void {
    this.#bothLegs().catch((error: unknown) => this.#broke(error));
  }

  /** For the reverse listener: the client's TLS ends here, whatever the upstream speaks. */
  clientLeg(upstreamSpeaksTls: boolean): void {
    this.#mayPass = upstreamSpeaksTls;
    this.#clientLeg().catch((error: unknown) => this.#broke(error));
  }

  async #bothLegs(): Promise<void> {
    const { hello, target } = this.#connection;
    const reason = this.#context.failOpen.reason(this.#party) ?? undecryptable(hello);
    if (reason !== null) {
      this.#passUndecrypted(reason, '');
      return;
    }
    const upstream = await secureUpstream(this.#upstream.socket, {
      serverName: hello.serverName,
      identity: hello.serverName === '' ? target.host : hello.serverName,
      alpn: hello.alpn.filter((protocol) => !needsHttp2(protocol)),
      context: this.#context.upstreamContext,
    });
    if (this.#gone()) return;
    if (!upstream.ok) {
      // Nothing was said to the client yet: it may try for itself.
      const why = `Sidetap’s TLS handshake with the server failed (${upstream.message}), so the connection passes undecrypted.`;
      await this.#redial(why, upstream.message);
      return;
    }
    this.#upstream = { stream: upstream.socket, socket: this.#upstream.socket };
    const { info } = this.#connection;
    info.upstreamTls = upstream.info;
    info.tlsMicros = Math.round(upstream.micros);
    await this.#answer(hello.serverName === '' ? target.host : hello.serverName, upstream.info.alpn, upstream);
  }

  async #clientLeg(): Promise<void> {
    const { client, hello } = this.#connection;
    const reason = this.#mayPass ? (this.#context.failOpen.reason(this.#party) ?? undecryptable(hello)) : null;
    if (reason !== null) {
      this.#upstream.stream.destroy();
      await this.#redial(reason, '');
      return;
    }
    const alpn = hello.alpn.includes('http/1.1') ? 'http/1.1' : '';
    await this.#answer(hello.serverName === '' ? reachedName(client.localAddress) : hello.serverName, alpn, null);
  }

  async #answer(name: string, alpn: string, upstream: UpstreamTls | null): Promise<void> {
    const context = this.#context;
    const { client, hello, info, first, openedAt } = this.#connection;
    const leaf = context.authority.cachedContext(name) ?? (await context.authority.contextFor(name));
    if (this.#gone()) return;
    client.unshift(first.bytes);
    const secured = await secureClient(client, leaf, alpn);
    if (this.#stopped) return;
    context.live.delete(this);
    if (!secured.ok) {
      this.#refused(secured);
      return;
    }
    info.clientTls = tlsInfoOf(secured.socket, hello.serverName);
    info.protocol = 'https';
    const leg = { stream: secured.socket, socket: client };
    if (upstream !== null && upstream.distrust !== null && !context.options.insecureUpstream) {
      this.#upstream.stream.destroy();
      this.#upstream.socket.destroy();
      const message = distrustMessage(upstream.distrust);
      new Refusal(context, leg, info, { code: 'upstream-certificate-invalid', message }, openedAt).start(null);
      return;
    }
    const tap = new ConnectionTap(context.recorder, info, {
      openedAt,
      rowIfSilent: true,
      clientSpoke: () => context.failOpen.proven(this.#party),
      clientLeftSilently: () => {
        const why = 'The client closed the connection right after the handshake, as clients do that do not trust Sidetap’s CA.';
        // Counted for an application without TLS too: its row is to say why nothing came.
        if (!context.failOpen.closedSilently(this.#party, why)) return;
        tap.explain('client-rejected-certificate', why);
        this.#tell();
      },
    });
    passOn(context, leg, this.#upstream, tap, null, {
      failed: (side, error) => {
        if (side === 'server' && isClientCertificateDemand(error)) {
          context.failOpen.refused(this.#party, 'The server asks for a client certificate, which only the client itself can show.');
        } else if (side === 'client' && error.code?.startsWith('ERR_SSL') === true && isCertificateRefusal(error)) {
          this.#remember(tlsCause(error));
        }
      },
    });
  }

  /** The client's handshake with us failed: its next connection is left alone. */
  #refused(failure: ClientTlsFailure): void {
    this.#upstream.stream.destroy();
    this.#upstream.socket.destroy();
    const { hello, info } = this.#connection;
    const code: FailureCode = failure.rejected ? 'client-rejected-certificate' : 'client-tls-failed';
    const reason = failure.rejected
      ? `The client does not trust Sidetap’s CA (${failure.message}).`
      : `The client’s TLS handshake with Sidetap failed (${failure.message}).`;
    if (failure.rejected) this.#remember(failure.message);
    else if (this.#mayPass) this.#context.failOpen.refused(this.#party, reason);
    info.clientTls = passedTls(hello.serverName, reason);
    const tap = this.#undecryptedTap();
    tap.explain(code, failure.message);
    const at = nowMicros();
    tap.end('client', 'closed', at);
    tap.end('server', 'stopped', at);
  }

  #remember(detail: string): void {
    if (this.#mayPass) this.#context.failOpen.refused(this.#party, `The client does not trust Sidetap’s CA (${detail}).`);
    this.#tell();
  }

  #tell(): void {
    const { destination } = this.#party;
    if (!this.#context.failOpen.tellOnce(destination)) return;
    const effect = this.#mayPass
      ? `its connections to ${destination} pass undecrypted`
      : 'it cannot reach the application over https';
    const text = `A client does not trust Sidetap’s CA, so ${effect}. \`sidetap certs\` tells how to trust it.`;
    this.#context.notify({ id: `client-rejected-certificate:${destination}`, level: 'warning', text });
  }

  /** `tlsFailure` is why our own handshake with the upstream failed; empty when it was not tried. */
  async #redial(reason: string, tlsFailure: string): Promise<void> {
    const again = await dial(this.#connection.target, this.#context.isOwn);
    if (this.#gone()) {
      if (again.ok) again.socket.destroy();
      return;
    }
    if (!again.ok) {
      this.#context.live.delete(this);
      const leg = { stream: this.#connection.client, socket: this.#connection.client };
      new Refusal(this.#context, leg, this.#connection.info, again, this.#connection.openedAt).start(this.#connection.first);
      return;
    }
    this.#upstream = { stream: again.socket, socket: again.socket };
    this.#passUndecrypted(reason, tlsFailure);
  }

  #passUndecrypted(reason: string, tlsFailure: string): void {
    const { client, hello, info, first } = this.#connection;
    this.#context.live.delete(this);
    info.clientTls = passedTls(hello.serverName, reason);
    info.upstreamTls = null;
    info.tlsMicros = 0;
    const tap = this.#undecryptedTap();
    if (tlsFailure !== '') tap.doubt('upstream-tls-failed', tlsFailure);
    passOn(this.#context, { stream: client, socket: client }, this.#upstream, tap, first);
  }

  #undecryptedTap(): ConnectionTap {
    const { info, openedAt } = this.#connection;
    return new ConnectionTap(this.#context.recorder, info, { openedAt, rowIfSilent: true, undecoded: 'tls' });
  }

  /** A leaf that cannot be made, or a defect: this connection is lost, the next one passes. */
  #broke(error: unknown): void {
    const { hello, info } = this.#connection;
    const reason = `Sidetap failed at its own TLS (${messageOf(error)}).`;
    if (this.#mayPass) this.#context.failOpen.refused(this.#party, reason);
    this.#context.defect(error);
    this.stop();
    info.clientTls = passedTls(hello.serverName, reason);
    const tap = this.#undecryptedTap();
    tap.explain('client-tls-failed', reason);
    const at = nowMicros();
    tap.end('client', 'stopped', at);
    tap.end('server', 'stopped', at);
  }

  /** The client went away, or capture was stopped, while we were shaking hands. */
  #gone(): boolean {
    if (this.#stopped) return true;
    const { client } = this.#connection;
    // A client that sends no more cannot finish a handshake either.
    if (!client.destroyed && !client.readableEnded) return false;
    client.destroy();
    this.#context.live.delete(this);
    this.#upstream.stream.destroy();
    this.#upstream.socket.destroy();
    const { hello, info } = this.#connection;
    info.clientTls = passedTls(hello.serverName, '');
    const tap = this.#undecryptedTap();
    tap.explain('client-gone', 'the client left during the TLS handshake');
    const at = nowMicros();
    tap.end('client', 'reset', at);
    tap.end('server', 'stopped', at);
    return true;
  }
}

/** h2 and what is spoken only on top of it. */
function needsHttp2(protocol: string): boolean {
  return /^(?:h2|h3|hq|spdy|grpc)(?:$|[-/\d])/.test(protocol);
}

/** Why we could not answer such a client; null when we can. */
function undecryptable(hello: ClientHello): string | null {
  if (hello.alpn.length > 0 && hello.alpn.every(needsHttp2)) {
    return 'The client speaks HTTP/2 only, which Sidetap cannot read yet.';
  }
  if (!hello.versions.includes('TLSv1.3') && !hello.versions.includes('TLSv1.2')) {
    return 'The client offers no TLS version from 1.2 on.';
  }
  return null;
}
