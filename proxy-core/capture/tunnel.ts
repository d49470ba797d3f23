import type { Socket } from 'node:net';
import { nowMicros } from './clock.ts';
import { openConnection } from './connection.ts';
import { locationOf } from './connection-tap.ts';
import type { CaptureContext } from './context.ts';
import { Interception } from './intercept.ts';
import type { TunnelRequest } from './route.ts';

/** Captures a connection whose client named the target (CONNECT, SOCKS). The socket is ours from here on. */
export function captureTunnel(context: CaptureContext, client: Socket, request: TunnelRequest): void {
  const openedAt = nowMicros();
  const target = { host: request.host, port: request.port };
  const info = context.connection({
    direction: 'out',
    entry: request.entry,
    protocol: 'http',
    clientAddress: client.remoteAddress ?? '',
    clientPort: client.remotePort ?? 0,
    upstreamHost: request.host,
    upstreamPort: request.port,
  });
  openConnection(context, client, {
    info,
    target,
    openedAt,
    head: request.head,
    rowIfSilent: true,
    dialled: ({ socket }) => {
      request.onDialed();
      return { stream: socket, socket };
    },
    failed: (failure) => {
      info.protocol = 'tcp';
      const command = request.entry === 'connect' ? 'CONNECT' : 'CONNECTION';
      const row = context.recorder.connectionRow(info, { command, location: locationOf(info) }, openedAt);
      row.closed(failure.code, { code: failure.code, detail: failure.message }, nowMicros());
      request.onFailed(failure.code, failure.message);
    },
    tls: (hello, first, upstream, agreement) => {
      // Whoever agrees on TLS in the clear mostly does not verify: a server that we cannot vouch for passes undecrypted.
      const unseen = agreement !== null;
      new Interception(context, { info, target, openedAt, client, hello, first, agreement, unseen }, upstream).bothLegs();
    },
  });
}
