import type { ConnectionInfo } from '../rrpair/pair.ts';
import { createHttp1Decoder } from '../wire/http1/decoder.ts';
import { hostPort } from './app-target.ts';
import { nowMicros } from './clock.ts';
import { ConnectionTap } from './connection-tap.ts';
import type { CaptureContext } from './context.ts';
import { dial } from './dial.ts';
import { distrustMessage } from './refusal.ts';
import type { ClientAddress, Dialled, ForwardParts, Secured, Target } from './route.ts';
import { secureUpstream } from './tls-legs.ts';
import { captureTunnel } from './tunnel.ts';

/** What the forward front needs, bound to one capture. */
export function forwardParts(context: CaptureContext): ForwardParts {
  const connection = (client: ClientAddress, target: Target, dialled: Dialled | null, secured: Secured | null): ConnectionInfo => {
    const info = context.connection({
      direction: 'out',
      entry: 'http-proxy',
      protocol: secured === null ? 'http' : 'https',
      clientAddress: client.address,
      clientPort: client.port,
      upstreamHost: target.host,
      upstreamPort: target.port,
    });
    info.upstreamAddress = dialled?.address ?? '';
    info.dialMicros = Math.round(dialled?.dialMicros ?? 0);
    info.tlsMicros = Math.round(secured?.tlsMicros ?? 0);
    info.upstreamTls = secured?.tls ?? null;
    return info;
  };
  return {
    dial: (target) => dial(target, context.isOwn),
    tunnel: (socket, request) => captureTunnel(context, socket, request),
    secure: async (target, dialled) => {
      const upstream = await secureUpstream(dialled.socket, {
        serverName: target.host,
        identity: target.host,
        alpn: ['http/1.1'],
        context: context.upstreamContext,
      });
      if (!upstream.ok) {
        const code = upstream.timedOut ? 'upstream-timeout' : 'upstream-tls-failed';
        return {
          ok: false,
          code,
          message: `The TLS handshake with ${hostPort(target.host, target.port)} failed: ${upstream.message}.`,
        };
      }
      if (upstream.distrust !== null && !context.options.insecureUpstream) {
        upstream.socket.destroy();
        dialled.socket.destroy();
        return { ok: false, code: 'upstream-certificate-invalid', message: distrustMessage(upstream.distrust) };
      }
      return { ok: true, socket: upstream.socket, tlsMicros: upstream.micros, tls: upstream.info };
    },
    tap: (client, target, dialled, secured) =>
      new ConnectionTap(context.recorder, connection(client, target, dialled, secured), {
        openedAt: nowMicros(),
        rowIfSilent: false,
      }),
    takenForApp: () => context.takenForApp(),
    recordRefused: (client, target, head, failure) => {
      const at = nowMicros();
      const info = connection(client, target, null, null);
      if (target.secure) info.protocol = 'https';
      const observer = context.recorder.observe(info);
      createHttp1Decoder(observer).push('client', head, at);
      observer.abandon(failure.code, failure.message, at);
    },
  };
}
