import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { messageOf } from '../errors.ts';
import { limits } from '../limits.ts';
import type { FailureCode } from '../rrpair/pair.ts';
import { answerTo, readableAlpn, refusalAnswer } from './alpn.ts';
import { hostPort } from './app-target.ts';
import { nowMicros } from './clock.ts';
import { passOn } from './connection.ts';
import { ConnectionTap } from './connection-tap.ts';
import type { CaptureContext, LiveConnection } from './context.ts';
import { dial } from './dial.ts';
import type { TlsParty } from './fail-open.ts';
import { reachedName } from './own-addresses.ts';
import { type Leg, reset } from './pump.ts';
import { distrustMessage, Refusal } from './refusal.ts';
import { agreeAgain, tryOut } from './tls-agreement.ts';
import type { TlsConnection } from './tls-connection.ts';
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
import { handshakeFailed, undecryptable } from './tls-reasons.ts';

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
    const { info, hello } = connection;
    this.#party = {
      clientAddress: info.clientAddress,
      fingerprint: hello.fingerprint,
      destination: hostPort(info.upstreamHost, info.upstreamPort),
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

  /** Passes the connection on as it is. */
  undecrypted(reason: string): void {
    this.#passUndecrypted(reason, '');
  }

  /** For the reverse listener: the client's TLS ends here, whatever the upstream speaks. */
  clientLeg(upstreamSpeaksTls: boolean): void {
    this.#mayPass = upstreamSpeaksTls;
    this.#clientLeg().catch((error: unknown) => this.#broke(error));
  }

  async #bothLegs(): Promise<void> {
    const { hello, target } = this.#connection;
    const { failOpen } = this.#context;
    if (this.#isTried && failOpen.reason(this.#party) === null && undecryptable(hello) === null) {
      const shown = (await failOpen.trial(this.#party)) ?? true;
      if (this.#gone()) return;
      if (!shown && failOpen.reason(this.#party) === null) {
        this.#passUndecrypted('Another connection of this client has not shown in time whether it trusts Sidetap’s CA.', '');
        return;
      }
    }
    const reason = failOpen.reason(this.#party) ?? undecryptable(hello);
    if (reason !== null) {
      this.#passUndecrypted(reason, '');
      return;
    }
    const name = hello.serverName === '' ? target.host : hello.serverName;
    const leaf = this.#leaf(name);
    const doubt = await this.#tryOut(leaf, name);
    if (this.#gone()) return;
    if (doubt !== null) {
      this.#passUndecrypted(doubt, '');
      return;
    }
    const upstream = await this.#secured(this.#upstream.socket, name);
    if (this.#gone()) return;
    if (!upstream.ok) {
      // Nothing was said to the client yet: it may try for itself.
      await this.#redial(handshakeFailed(upstream.message), upstream.message);
      return;
    }
    this.#upstream = { stream: upstream.socket, socket: this.#upstream.socket };
    const why = await this.#whyNot(leaf, upstream);
    if (this.#gone()) return;
    if (why !== null) {
      upstream.socket.destroy();
      this.#upstream.socket.destroy();
      await this.#redial(why, '');
      return;
    }
    const { info } = this.#connection;
    info.upstreamTls = upstream.info;
    info.tlsMicros = Math.round(upstream.micros);
    await this.#answer(leaf, upstream.info.alpn, upstream);
  }

  #secured(socket: Socket, name: string): ReturnType<typeof secureUpstream> {
    const { hello } = this.#connection;
    const { upstreamContext: context } = this.#context;
    return secureUpstream(socket, { serverName: hello.serverName, identity: name, alpn: readableAlpn(hello.alpn), context });
  }

  /**
   * A connection whose server has greeted with a challenge cannot be dialled anew once our handshake has failed on it. So the first of them waits for another one
   * that shows whether the server's TLS can be had. Resolves with why not; null when it can, or when nothing was shown.
   */
  async #tryOut(leaf: SecureContext | Promise<SecureContext>, name: string): Promise<string | null> {
    const { agreement, target } = this.#connection;
    const { failOpen } = this.#context;
    const { destination } = this.#party;
    if (agreement === undefined || agreement === null || agreement.way.replaces || failOpen.wasHad(destination)) return null;
    const dialled = await dial(target, this.#context.isOwn);
    if (!dialled.ok) return null;
    const tried = await tryOut(dialled.socket, agreement.way, async (socket) => {
      const upstream = await this.#secured(socket, name);
      return upstream.ok ? await this.#whyNot(leaf, upstream) : handshakeFailed(upstream.message);
    });
    if (tried === null) failOpen.had(destination);
    return tried === 'not shown' ? null : tried;
  }

  async #clientLeg(): Promise<void> {
    const { client, hello } = this.#connection;
    const reason = this.#mayPass ? (this.#context.failOpen.reason(this.#party) ?? undecryptable(hello)) : null;
    if (reason !== null) {
      this.#upstream.stream.destroy();
      await this.#redial(reason, '');
      return;
    }
    const agreed = this.#connection.info.upstreamTls?.alpn ?? null;
    const leaf = this.#leaf(hello.serverName === '' ? reachedName(client.localAddress) : hello.serverName);
    await this.#answer(leaf, answerTo(hello, agreed), null);
  }

  /** Whoever does not know of us must not have to pay for more than one try. */
  get #isTried(): boolean {
    return this.#connection.unseen === true && this.#connection.ownCertificate === undefined;
  }

  /** What the client is answered with. */
  #leaf(name: string): SecureContext | Promise<SecureContext> {
    const { authority } = this.#context;
    const ready = this.#connection.ownCertificate ?? authority.cachedContext(name);
    if (ready !== undefined) return ready;
    const promise = authority.contextFor(name);
    // A failure is told to whoever waits for the leaf; until then it must not count as nobody's.
    promise.catch(() => {});
    return promise;
  }

  /** Why the client cannot be answered by us, although its upstream can be had; null when it can. */
  async #whyNot(leaf: SecureContext | Promise<SecureContext>, upstream: UpstreamTls): Promise<string | null> {
    try {
      await leaf;
    } catch (error) {
      const reason = `Sidetap could not make a certificate (${messageOf(error)}), so the connection passes undecrypted.`;
      this.#context.notify({ id: 'leaf-failed', level: 'error', text: reason });
      return reason;
    }
    const { unseen, ownCertificate } = this.#connection;
    if (unseen !== true || ownCertificate !== undefined) return null;
    if (upstream.distrust === null || this.#context.options.insecureUpstream) return null;
    const reason = `Sidetap cannot vouch for the server: ${upstream.distrust}. Add the CA with --extra-ca, or accept any certificate with --insecure-upstream.`;
    this.#context.failOpen.refused(this.#party, reason, false);
    return reason;
  }

  async #answer(leafSource: SecureContext | Promise<SecureContext>, alpn: string, upstream: UpstreamTls | null): Promise<void> {
    const context = this.#context;
    const { client, hello, info, first, openedAt } = this.#connection;
    const leaf = await leafSource;
    if (this.#gone()) return;
    const mustVerify = !context.options.insecureUpstream && this.#connection.ownCertificate === undefined;
    const distrust = mustVerify ? (upstream?.distrust ?? null) : null;
    client.unshift(first.bytes);
    const secured = await secureClient(client, leaf, distrust === null ? alpn : refusalAnswer(hello, alpn));
    if (this.#stopped) return;
    context.live.delete(this);
    if (!secured.ok) {
      this.#refused(secured);
      return;
    }
    if (this.#isTried) setTimeout(() => context.failOpen.endTrial(this.#party), limits.trialQuietMillis).unref();
    info.clientTls = tlsInfoOf(secured.socket, hello.serverName);
    info.protocol = 'https';
    const leg = { stream: secured.socket, socket: client };
    if (distrust !== null) {
      this.#upstream.stream.destroy();
      this.#upstream.socket.destroy();
      const message = distrustMessage(distrust);
      new Refusal(context, leg, info, { code: 'upstream-certificate-invalid', message }, openedAt).start(null);
      return;
    }
    const tap = new ConnectionTap(context.recorder, info, {
      openedAt,
      rowIfSilent: true,
      clientSpoke: () => {
        context.failOpen.proven(this.#party);
        this.#seen('', false);
      },
      clientLeftSilently: () => {
        const why = 'The client closed the connection right after the handshake, as clients do that do not trust Sidetap’s CA.';
        // Counted for an application without TLS too: its row is to say why nothing came.
        if (!context.failOpen.closedSilently(this.#party, why)) return;
        tap.explain('client-rejected-certificate', why);
        this.#tell(why);
      },
      goesOn: (places) => context.goesOn(info, places),
    });
    passOn(context, leg, this.#upstream, tap, null, {
      failed: (side, error) => {
        if (side === 'server' && isClientCertificateDemand(error)) {
          const reason = 'The server asks for a client certificate, which only the client itself can show.';
          context.failOpen.refused(this.#party, reason, false);
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
    else {
      if (this.#mayPass) this.#context.failOpen.refused(this.#party, reason, false);
      this.#seen(reason, false);
    }
    info.clientTls = passedTls(hello.serverName, reason);
    const tap = this.#undecryptedTap();
    tap.explain(code, failure.message);
    const at = nowMicros();
    tap.end('client', 'closed', at);
    tap.end('server', 'stopped', at);
  }

  #remember(detail: string): void {
    const reason = `The client does not trust Sidetap’s CA (${detail}).`;
    if (this.#mayPass) this.#context.failOpen.refused(this.#party, reason, true);
    this.#tell(reason);
  }

  #seen(reason: string, distrusted: boolean): void {
    const { direction } = this.#connection.info;
    const { destination } = this.#party;
    this.#context.tlsSeen({ direction, destination, decrypted: reason === '', reason, distrusted });
  }

  #tell(reason: string): void {
    this.#seen(reason, true);
    // Whoever watches a client that does not know of us shows the outcome instead.
    if (this.#connection.unseen === true) return;
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
    this.#connection.redialled?.(again.socket);
    const { agreement } = this.#connection;
    if (
      agreement !== undefined &&
      agreement !== null &&
      !(agreement.way.replaces && (await agreeAgain(again.socket, agreement.way)))
    ) {
      again.socket.destroy();
      if (!this.#gone()) this.#lost(reason);
      return;
    }
    if (this.#gone()) {
      again.socket.destroy();
      return;
    }
    this.#upstream = { stream: again.socket, socket: again.socket };
    this.#passUndecrypted(reason, tlsFailure);
  }

  #passUndecrypted(reason: string, tlsFailure: string): void {
    const { client, hello, info, first } = this.#connection;
    this.#context.live.delete(this);
    this.#context.failOpen.endTrial(this.#party);
    this.#seen(reason, this.#context.failOpen.distrusts(this.#party));
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

  /** The upstream cannot be brought to TLS again. The next connection passes. */
  #lost(reason: string): void {
    const { client, hello, info } = this.#connection;
    this.#context.live.delete(this);
    this.#context.failOpen.endTrial(this.#party);
    this.#context.failOpen.refused(this.#party, reason, false);
    info.clientTls = passedTls(hello.serverName, reason);
    const tap = this.#undecryptedTap();
    tap.refused({ code: 'upstream-tls-failed', detail: reason }, nowMicros());
    reset({ stream: client, socket: client });
  }

  /** A leaf that cannot be made, or a defect: this connection is lost, the next one passes. */
  #broke(error: unknown): void {
    const { hello, info } = this.#connection;
    const reason = `Sidetap failed at its own TLS (${messageOf(error)}).`;
    if (this.#mayPass) this.#context.failOpen.refused(this.#party, reason, false);
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
    this.#context.failOpen.endTrial(this.#party);
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
