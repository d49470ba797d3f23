import { createORPCClient, mapEventIterator, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import type { ErrorCode } from '../errors.ts';
import { errorCodes, SidetapError } from '../errors.ts';
import type { Contract } from './contract.ts';

/** Runs in browsers and in Node: it may import nothing that only one of them has. */

/** Every operation of the contract as a function. Failures are `SidetapError`s; streams are async iterators. */
export type ApiClient = ContractRouterClient<Contract>;

export interface Connection {
  client: ApiClient;
  /** Calls back once when the connection has ended, whoever ended it. To connect again is up to the caller. */
  onClose: (listener: () => void) => void;
  close: () => void;
}

const knownCodes: ReadonlySet<string> = new Set(errorCodes);

/** Turns what a call threw into the error that the engine meant. */
export function toSidetapError(error: unknown): SidetapError {
  if (error instanceof SidetapError) return error;
  if (error instanceof ORPCError) {
    const code = knownCodes.has(error.code) ? (error.code as ErrorCode) : 'internal';
    const details = typeof error.data === 'object' && error.data !== null ? (error.data as Record<string, unknown>) : {};
    return new SidetapError(code, error.message, { cause: error, details });
  }
  return new SidetapError('internal', error instanceof Error ? error.message : String(error), { cause: error });
}

function connectionLost(cause: unknown): SidetapError {
  return new SidetapError('engine-not-running', 'The connection to Sidetap has ended: it was stopped, or it died.', { cause });
}

/** Calls, and what comes of them; `toError` turns everything that is thrown, at once or in the course of a stream, into what callers get. */
export async function withErrors(call: () => Promise<unknown>, toError: (error: unknown) => unknown): Promise<unknown> {
  try {
    const output = await call();
    if (!isStream(output)) return output;
    return mapEventIterator(output, { value: async (value: unknown) => value, error: async (error) => toError(error) });
  } catch (error) {
    throw toError(error);
  }
}

function isStream(value: unknown): value is AsyncIterator<unknown, unknown, void> & AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/**
 * Connects to a running engine. Throws `engine-not-running` when there is none, or it does not know the token. Programs use `connectDirectly`,
 * which opens another kind of WebSocket.
 */
export async function connectClient(
  target: { url: string; token: string },
  open: (address: URL, protocols: string[]) => WebSocket = (address, protocols) => new WebSocket(address, protocols),
): Promise<Connection> {
  const address = new URL('/ws', target.url);
  address.protocol = 'ws:';
  const websocket = open(address, ['sidetap.v1', `sidetap.token.${target.token}`]);
  await new Promise<void>((resolve, reject) => {
    websocket.addEventListener('open', () => resolve(), { once: true });
    // A browser does not say why a WebSocket failed, so neither can we.
    const fail = (): void =>
      reject(new SidetapError('engine-not-running', 'Sidetap does not answer there. Start it with `sidetap inspect`.'));
    websocket.addEventListener('error', fail, { once: true });
    websocket.addEventListener('close', fail, { once: true });
  });
  const link = new RPCLink({
    websocket,
    interceptors: [
      (call) =>
        withErrors(
          () => call.next(),
          (error) => {
            // Who gave up knows why; it gets its own reason back.
            if (call.signal?.aborted === true) return error;
            return websocket.readyState === websocket.OPEN ? toSidetapError(error) : connectionLost(error);
          },
        ),
    ],
  });
  return {
    client: createORPCClient<ApiClient>(link),
    onClose(listener) {
      if (websocket.readyState === websocket.CLOSED) queueMicrotask(listener);
      else websocket.addEventListener('close', () => listener(), { once: true });
    },
    close() {
      websocket.close();
    },
  };
}
