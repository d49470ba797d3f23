import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { SidetapError } from '../errors.ts';
import type { Direction } from '../rrpair/pair.ts';
import { CaptureContext, type CaptureParts, type ContextOptions } from './context.ts';
import { type Listener, listen } from './listener.ts';
import { type BoundAddress } from './own-addresses.ts';
import { reset } from './pump.ts';
import { retire } from './retire.ts';
import { captureTransparent, flowOf, type Surroundings } from './transparent.ts';

export interface TransparentOptions extends ContextOptions {
  /** Taken when it is free; 0 takes any. */
  inPort: number;
  outPort: number;
}

export interface TransparentParts extends CaptureParts {
  /** Where a connection was going when the kernel sent it to us; null when that is not known. */
  originalDestination(socket: Socket): BoundAddress | null;
  /** The name of the host that has this address; empty when it is not known. */
  nameOf(address: string): string;
  /** A connection was accepted; so many are open now. */
  accepted(connections: number): void;
  /** A connection could not be accepted. */
  acceptFailed(error: Error): void;
  /** A connection of ours was sent to ourselves: redirecting must end at once. */
  looped(): void;
}

/** Capture of what the kernel sends to us. What it sends is not decided here. */
export interface TransparentCapture {
  /** Where connections to and of the application are to be redirected to. */
  readonly ports: { inbound: number; outbound: number };
  /** IPv6 can be redirected too. */
  readonly ipv6: boolean;
  /** Open connections of clients. */
  connections(): number;
  /** Reads TLS that the application serves; null reads it no more. */
  serve(certificate: SecureContext | null): void;
  /** Clients that refused our certificate get another chance. */
  forgetRefusals(): void;
  /**
   * Gives open connections `drainMillis` to end, closes what is left, and stops listening. Nothing must be redirected any more when this is called; what
   * was redirected before and has not been accepted yet is served.
   */
  stop(drainMillis: number): Promise<void>;
}

/** @throws SidetapError `address-not-local`, `internal` */
export async function startTransparentCapture(options: TransparentOptions, parts: TransparentParts): Promise<TransparentCapture> {
  const context = new CaptureContext(options, parts);
  let certificate: SecureContext | null = null;
  const accepted = new Set<string>();
  const own = new Set<string>();
  const surroundings: Surroundings = {
    nameOf: (address) => parts.nameOf(address),
    ownName: options.source ?? '',
    get ownCertificate() {
      return certificate;
    },
    dialled: (socket, flow) => {
      remember(own, flow, socket);
      if (!accepted.has(flow)) return true;
      parts.looped();
      return false;
    },
  };
  const listeners: Listener[] = [];
  const connections = (): number => listeners.reduce((sum, one) => sum + one.clients.size, 0);
  const take = (direction: Direction, client: Socket): void => {
    parts.accepted(connections());
    const destination = parts.originalDestination(client);
    // Somebody has called our own port: as if nobody listened there.
    if (destination === null || context.isOwn(destination.host, destination.port)) {
      reset({ stream: client, socket: client });
      return;
    }
    if (direction === 'out') {
      const flow = flowOf(client.remoteAddress, client.remotePort, destination.host, destination.port);
      if (own.has(flow)) {
        parts.looped();
        reset({ stream: client, socket: client });
        return;
      }
      remember(accepted, flow, client);
    }
    captureTransparent(context, surroundings, direction, client, destination);
  };
  const failed = (error: Error): void => parts.acceptFailed(error);
  try {
    // Clients of the application reach any address of this host. What the application sends out, the kernel redirects to loopback.
    const inbound = await listenOn('0.0.0.0', '::', options.inPort, (client) => take('in', client), failed);
    listeners.push(...inbound);
    const outbound = await listenOn('127.0.0.1', '::1', options.outPort, (client) => take('out', client), failed);
    listeners.push(...outbound);
    context.listeners.push(...listeners.map((listener) => listener.address));
    return {
      ports: { inbound: portOf(inbound), outbound: portOf(outbound) },
      ipv6: inbound.length === 2 && outbound.length === 2,
      connections,
      serve: (key) => {
        certificate = key;
      },
      forgetRefusals: () => context.failOpen.forget(),
      stop: (drainMillis) => retire(context, listeners, drainMillis),
    };
  } catch (error) {
    for (const listener of listeners) await listener.close();
    throw error;
  }
}

function remember(flows: Set<string>, flow: string, socket: Socket): void {
  flows.add(flow);
  socket.once('close', () => flows.delete(flow));
}

function portOf(listeners: readonly Listener[]): number {
  return listeners[0]?.address.port ?? 0;
}

/** Times that a free port is looked for which is free for IPv4 and IPv6. */
const ATTEMPTS = 5;

/** Listens for IPv4 and, where there is such a thing, for IPv6, on the same port. */
async function listenOn(
  host4: string,
  host6: string,
  wanted: number,
  accept: (client: Socket) => void,
  failed: (error: Error) => void,
): Promise<Listener[]> {
  const request = { option: '', accept, failed, ipv6Only: true };
  let port = wanted;
  for (let attempt = 1; ; attempt++) {
    let four: Listener | null = null;
    try {
      four = await listen({ ...request, host: host4, port });
      const six = await listen({ ...request, host: host6, port: four.address.port }).catch(unlessNoIpv6);
      return six === null ? [four] : [four, six];
    } catch (error) {
      await four?.close();
      // The application has it, and it is the application's.
      if (attempt === ATTEMPTS || !(error instanceof SidetapError) || error.code !== 'port-in-use') throw error;
      port = 0;
    }
  }
}

function unlessNoIpv6(error: unknown): null {
  if (error instanceof SidetapError && error.code === 'address-not-local') return null;
  throw error;
}
