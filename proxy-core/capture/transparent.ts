import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { limits } from '../limits.ts';
import type { ConnectionInfo, Direction } from '../rrpair/pair.ts';
import { hostPort } from './app-target.ts';
import { nowMicros } from './clock.ts';
import { type FirstBytes, openConnection } from './connection.ts';
import { ConnectionTap } from './connection-tap.ts';
import type { CaptureContext } from './context.ts';
import { Interception } from './intercept.ts';
import { type BoundAddress, plainAddress } from './own-addresses.ts';
import { reset } from './pump.ts';
import type { DialFailure } from './route.ts';

/** What is known of the world around connections that the kernel has sent to us. */
export interface Surroundings {
  /** The name of the host that has this address; empty when it is not known. */
  nameOf(address: string): string;
  /** Name of the watched application's host. */
  readonly ownName: string;
  /** The key pair with which the application serves TLS; null when it was not given. */
  readonly ownCertificate: SecureContext | null;
  /** An upstream was dialled from `local`. Returns false when that connection has come back to us: it must not be used. */
  dialled(socket: Socket, flow: string): boolean;
}

/** A connection that the kernel has sent to us instead of to `destination`. Neither end knows of us. */
export function captureTransparent(
  context: CaptureContext,
  surroundings: Surroundings,
  direction: Direction,
  client: Socket,
  destination: BoundAddress,
): void {
  const openedAt = nowMicros();
  const target = { host: destination.host, port: destination.port };
  const clientAddress = plainAddress(client.remoteAddress ?? '');
  const info = context.connection({
    direction,
    entry: 'transparent',
    protocol: 'http',
    clientAddress,
    clientPort: client.remotePort ?? 0,
    upstreamHost: surroundings.nameOf(target.host) || (direction === 'in' ? surroundings.ownName : target.host),
    upstreamPort: target.port,
  });
  info.clientName = surroundings.nameOf(clientAddress);
  if (direction === 'in') info.flow = flowOf(clientAddress, info.clientPort, target.host, target.port);
  keepAlive(client);

  /** Returns false when the connection has come back to us. */
  const dialled = (socket: Socket): boolean => {
    keepAlive(socket);
    if (direction === 'in') return true;
    info.flow = flowOf(socket.localAddress, socket.localPort, target.host, target.port);
    return surroundings.dialled(socket, info.flow);
  };

  openConnection(context, client, {
    info,
    target,
    openedAt,
    head: null,
    dialMillis: limits.transparentDialMillis,
    // Port probes of the application would fill the list with nothing; what it opens itself tells something, even if it is silent.
    rowIfSilent: direction === 'out',
    dialled: ({ socket }) => {
      if (dialled(socket)) return { stream: socket, socket };
      socket.destroy();
      return Promise.resolve({ ok: false, code: 'proxy-loop', message: 'The connection came back to Sidetap.' });
    },
    failed: (failure, first) => refuse(context, info, client, openedAt, failure, first),
    tls: (hello, first, upstream, agreement) => {
      if (direction === 'out' && hello.serverName !== '') info.upstreamHost = hello.serverName;
      const ownCertificate = direction === 'in' ? (surroundings.ownCertificate ?? undefined) : undefined;
      const connection = {
        info,
        target,
        openedAt,
        client,
        hello,
        first,
        agreement,
        ownCertificate,
        unseen: true,
        redialled: (socket: Socket) => void dialled(socket),
      };
      const interception = new Interception(context, connection, upstream);
      if (direction === 'out' || ownCertificate !== undefined) interception.bothLegs();
      else interception.undecrypted('The application serves TLS itself, and Sidetap was not given its key pair.');
    },
  });
}

/** The client gets what it would have got without us, as far as that is still possible: a reset. */
function refuse(
  context: CaptureContext,
  info: ConnectionInfo,
  client: Socket,
  openedAt: number,
  failure: DialFailure,
  first: FirstBytes | null,
): void {
  const tap = new ConnectionTap(context.recorder, info, { openedAt, rowIfSilent: true });
  if (first !== null) tap.data('client', first.bytes, first.at);
  tap.refused({ code: failure.code, detail: failure.message }, nowMicros());
  reset({ stream: client, socket: client });
}

/** The text is the same at both ends of a connection (see `ConnectionInfo.flow`). */
export function flowOf(
  clientAddress: string | undefined,
  clientPort: number | undefined,
  serverAddress: string,
  serverPort: number,
): string {
  return `${hostPort(plainAddress(clientAddress ?? ''), clientPort ?? 0)}>${hostPort(serverAddress, serverPort)}`;
}

/** Each end would notice by itself if the other had vanished; with us between them, we have to. */
function keepAlive(socket: Socket): void {
  socket.setKeepAlive(true, limits.keepAliveMillis);
}
