import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { messageOf, SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import { hostPort } from './app-target.ts';
import { openDirectSend } from './direct-send.ts';
import { directSocket } from './direct-socket.ts';
import type { BoundAddress } from './own-addresses.ts';
import { portHolder } from './port-holder.ts';

/** A listening socket, and how many clients it has. */
export interface Listener {
  readonly address: BoundAddress;
  /** Clients whose sockets are open. */
  readonly clients: ReadonlySet<Socket>;
  /** Stops accepting. Open connections go on. */
  close(): Promise<void>;
}

export interface ListenRequest {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** `::` is for IPv6 only; default false. */
  ipv6Only?: boolean;
  /** With which the user chooses another port; for messages. */
  option: string;
  accept(socket: Socket): void;
  /** A connection could not be accepted, for want of descriptors for example; the next one may be. */
  failed(error: Error): void;
}

/**
 * @throws SidetapError `port-in-use`, `port-forbidden`, `address-not-local`
 */
export async function listen(request: ListenRequest): Promise<Listener> {
  const clients = new Set<Socket>();
  const options = { allowHalfOpen: true, noDelay: true, highWaterMark: limits.pumpHighWaterBytes, pauseOnConnect: true };
  const server = createServer(options, (accepted) => {
    const socket = directSocket(accepted);
    clients.add(socket);
    socket.once('close', () => clients.delete(socket));
    // Stays for the life of the socket: an error while nobody else listens is found by whoever takes it over, in `destroyed`.
    socket.on('error', ignoreError);
    request.accept(socket);
  });
  await openDirectSend();
  await bind(server, request);
  server.on('error', (error) => request.failed(error));
  const bound = server.address() as AddressInfo;
  return {
    address: { host: bound.address, port: bound.port },
    clients,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

function ignoreError(): void {
  // See where it is used.
}

async function bind(server: Server, { host, port, option, ipv6Only = false }: ListenRequest): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, ipv6Only, backlog: limits.listenBacklog }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw await explain(error as NodeJS.ErrnoException, host, port, option);
  }
}

async function explain(error: NodeJS.ErrnoException, host: string, port: number, option: string): Promise<SidetapError> {
  switch (error.code) {
    case 'EADDRINUSE': {
      const holder = await portHolder(port);
      const by = holder === null ? 'by another process' : `by ${holder}`;
      const message = `Port ${port} is already in use ${by}. Stop it, or choose another port with ${option}.`;
      return new SidetapError('port-in-use', message, { cause: error, details: { port, holder } });
    }
    case 'EACCES':
    case 'EPERM':
      return new SidetapError(
        'port-forbidden',
        `This user may not listen on port ${port}. Choose a port above 1023 with ${option}.`,
        { cause: error, details: { port } },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAFNOSUPPORT':
      return new SidetapError(
        'address-not-local',
        `${host} is not an address of this machine, so Sidetap cannot listen there. Use 127.0.0.1, or 0.0.0.0 for all addresses.`,
        { cause: error, details: { host } },
      );
    default:
      return new SidetapError('internal', `Sidetap cannot listen on ${hostPort(host, port)}: ${messageOf(error)}.`, {
        cause: error,
      });
  }
}
