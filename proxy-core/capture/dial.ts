import { isIP, type LookupFunction, type Socket } from 'node:net';
import { messageOf } from '../errors.ts';
import { limits } from '../limits.ts';
import { failureSentences } from '../rrpair/failure.ts';
import type { FailureCode } from '../rrpair/pair.ts';
import { hostPort } from './app-target.ts';
import { nowMicros } from './clock.ts';
import { DirectSocket } from './direct-socket.ts';
import { outliveFailedWrites } from './failed-writes.ts';
import type { DialFailure, DialResult, Target } from './route.ts';

/** A dial under way. */
export interface Dialling {
  /** Gives it up: the callback is not called any more. */
  cancel(): void;
}

/**
 * Connects to a target within `millis` and calls back once, never synchronously. `isOwn` tells which addresses are our own listeners: a connection to one of
 * them would come back to us.
 */
export function startDial(
  target: Target,
  isOwn: (address: string, port: number) => boolean,
  done: (result: DialResult) => void,
  millis: number = limits.dialMillis,
): Dialling {
  const host = target.host.replace(/^\[(.*)\]$/, '$1');
  const { port } = target;
  let over = false;
  const finish = (result: DialResult): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    done(result);
  };
  const fail = (code: FailureCode, cause?: string): void => {
    const because = cause === undefined ? '' : ` (${cause})`;
    finish({ ok: false, code, message: `Sidetap could not reach ${hostPort(host, port)}. ${failureSentences[code]}${because}` });
  };
  const timer = setTimeout(() => {
    fail('upstream-timeout');
    socket?.destroy();
  }, millis);
  let socket: Socket | null = null;
  const dialling = {
    cancel: () => {
      over = true;
      clearTimeout(timer);
      socket?.destroy();
    },
  };
  if (host === '' || host.length > 255 || host.includes('\0') || !Number.isInteger(port) || port < 1 || port > 65_535) {
    setImmediate(fail, 'upstream-unreachable', 'that is no host and port');
    return dialling;
  }
  if (isIP(host) !== 0 && isOwn(host, port)) {
    setImmediate(fail, 'proxy-loop');
    return dialling;
  }
  const startedAt = nowMicros();
  const dialled = outliveFailedWrites(new DirectSocket({ noDelay: true }));
  dialled.connect({ host, port, lookup: isLocalhost(host) ? lookupLocalhost : undefined });
  socket = dialled;
  // Stays for the life of the socket: an error while nobody else listens is found by whoever takes it over, in `destroyed`.
  dialled.on('error', (error: NodeJS.ErrnoException) => fail(failureOf(error), causeOf(error)));
  dialled.once('connect', () => {
    const address = dialled.remoteAddress ?? '';
    // A name that leads to ourselves shows only now.
    if (isOwn(address, port)) {
      dialled.destroy();
      fail('proxy-loop');
      return;
    }
    finish({ ok: true, socket: dialled, address, dialMicros: nowMicros() - startedAt });
  });
  return dialling;
}

/** `startDial` as a promise. Never rejects. */
export function dial(target: Target, isOwn: (address: string, port: number) => boolean): Promise<DialResult> {
  return new Promise((resolve) => {
    startDial(target, isOwn, resolve);
  });
}

/** RFC 6761 6.3: localhost is always this machine; no reason to ask a resolver, and its thread pool, for every connection. */
function isLocalhost(host: string): boolean {
  return /^(?:.+\.)?localhost\.?$/i.test(host);
}

const lookupLocalhost: LookupFunction = (_name, options, callback) => {
  if (options.all === true) {
    callback(null, [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]);
  } else {
    callback(null, '127.0.0.1', 4);
  }
};

/** Node tries several addresses and then throws all their errors together. */
function codesOf(error: NodeJS.ErrnoException): string[] {
  const errors = error instanceof AggregateError ? (error.errors as NodeJS.ErrnoException[]) : [error];
  return errors.map((one) => one.code ?? '');
}

function failureOf(error: NodeJS.ErrnoException): FailureCode {
  const codes = codesOf(error);
  // Of several addresses, one that answered tells more than one without a route.
  if (codes.includes('ECONNREFUSED')) return 'upstream-refused';
  if (codes.includes('ECONNRESET')) return 'upstream-reset';
  if (codes.includes('ETIMEDOUT')) return 'upstream-timeout';
  if (codes.some((code) => code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NODATA' || code === 'ENODATA')) {
    return 'upstream-name-not-found';
  }
  return 'upstream-unreachable';
}

function causeOf(error: NodeJS.ErrnoException): string {
  const codes = [...new Set(codesOf(error))].filter((code) => code !== '');
  return codes.length > 0 ? codes.join(', ') : messageOf(error);
}

/** The status line's code and phrase for a failure to get through to an upstream (RFC 9110 15.6.3, 15.6.5). */
export function gatewayStatus(failure: Pick<DialFailure, 'code'>): string {
  return failure.code === 'upstream-timeout' ? '504 Gateway Timeout' : '502 Bad Gateway';
}
