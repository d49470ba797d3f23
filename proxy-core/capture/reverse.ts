import type { Socket } from 'node:net';
import type { AppTarget } from './app-target.ts';
import { nowMicros } from './clock.ts';
import { openConnection } from './connection.ts';
import type { CaptureContext } from './context.ts';
import { Interception } from './intercept.ts';
import type { Leg } from './pump.ts';
import { Refusal } from './refusal.ts';
import type { DialFailure } from './route.ts';
import { secureUpstream } from './tls-legs.ts';

/** Captures a connection to the watched application. */
export function captureReverse(context: CaptureContext, app: AppTarget, client: Socket): void {
  const openedAt = nowMicros();
  const target = { host: app.host, port: app.port };
  const info = context.connection({
    direction: 'in',
    entry: 'reverse',
    protocol: 'http',
    clientAddress: client.remoteAddress ?? '',
    clientPort: client.remotePort ?? 0,
    upstreamHost: app.host,
    upstreamPort: app.port,
  });
  const secure = async (socket: Socket, offer: readonly string[]): Promise<Leg | DialFailure> => {
    const upstream = await secureUpstream(socket, {
      serverName: app.host,
      identity: app.host,
      alpn: offer,
      context: context.upstreamContext,
    });
    if (!upstream.ok) {
      const code = upstream.timedOut ? 'upstream-timeout' : 'upstream-tls-failed';
      const hint = 'If the application speaks plain HTTP, name it with http:// instead of https://.';
      return { ok: false, code, message: `The TLS handshake with the application failed: ${upstream.message}. ${hint}` };
    }
    info.upstreamTls = upstream.info;
    info.tlsMicros = Math.round(upstream.micros);
    if (upstream.distrust !== null && !context.options.insecureUpstream) {
      upstream.socket.destroy();
      socket.destroy();
      const hint = 'If it is your own, start Sidetap with --insecure-upstream, or with --extra-ca and the CA’s PEM file.';
      return {
        ok: false,
        code: 'upstream-certificate-invalid',
        message: `The application was reached, but ${upstream.distrust}. ${hint}`,
      };
    }
    return { stream: upstream.socket, socket };
  };
  openConnection(context, client, {
    info,
    target,
    openedAt,
    head: null,
    // Port probes and connections kept ready would fill the list with nothing.
    rowIfSilent: false,
    bringsTls: !app.tls,
    dialled: ({ socket }, offer) => {
      if (!app.tls) return { stream: socket, socket };
      return offer().then((protocols) => secure(socket, protocols));
    },
    failed: (failure, first) => {
      new Refusal(context, { stream: client, socket: client }, info, failure, openedAt).start(first);
    },
    tls: (hello, first, upstream, agreement) => {
      const connection = { info, target, openedAt, client, hello, first, agreement, unseen: agreement !== null };
      const interception = new Interception(context, connection, upstream);
      // Agreed on in the clear, TLS is what the application itself speaks.
      if (agreement === null) interception.clientLeg(app.tls);
      else interception.bothLegs();
    },
  });
}
