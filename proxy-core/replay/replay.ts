import { SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { ConnectionInfo, Direction, PairRecord } from '../rrpair/pair.ts';
import type { ExchangeObserver } from '../wire/decoder.ts';
import { sendOver } from './exchange.ts';
import { type ReplayableRequest, replayableRequest } from './request.ts';
import { connectUpstream, type Target, targetOf } from './target.ts';

export interface ReplayOptions {
  /** Send it somewhere else: `http://host:port` or `https://host:port`. The Host field follows, as a person who names a host expects. */
  to?: string;
  /** Accept a certificate that cannot be verified. */
  insecure?: boolean;
  /** CAs to trust beside the usual ones, PEM. */
  extraCa?: readonly string[];
  /** Ends the exchange before its time. */
  signal?: AbortSignal;
}

/** Makes the observer that records the new pair; the recorder's `observe`. */
export type Observe = (connection: ConnectionInfo, extra: { replayOf: number; onPair: (id: number) => void }) => ExchangeObserver;

let connections = 0;

/**
 * Sends the request of a pair again, byte for byte, over a connection of its own: straight to where it went (or to `to`), past the capture.
 * Resolves with the id of the new pair when its exchange is over, whatever its outcome: a refused connection is a result too.
 * Throws `pair-not-replayable` (no complete HTTP request was kept) or `bad-usage` (`to` is no URL).
 */
export async function replayPair(record: PairRecord, options: ReplayOptions, observe: Observe): Promise<{ id: number }> {
  const target = targetOf(record.connection, options.to);
  const request = replayableRequest(record, options.to === undefined ? null : target);
  return sendRecorded({ target, request }, { ...options, direction: record.connection.direction, replayOf: record.id }, observe);
}

export interface SendOptions extends Omit<ReplayOptions, 'to'> {
  /** Of the new pair: that of the one it repeats, `out` where there is none. */
  direction: Direction;
  /** The pair that is repeated; 0 for none. */
  replayOf: number;
}

/** Sends bytes to a target and records what happens as a new pair. Resolves with its id when the exchange is over, whatever its outcome. */
export async function sendRecorded(
  { target, request }: { target: Target; request: ReplayableRequest },
  options: SendOptions,
  observe: Observe,
): Promise<{ id: number }> {
  connections += 1;
  const connection = replayConnection(options.direction, target, connections);
  let id = 0;
  const observer = observe(connection, {
    replayOf: options.replayOf,
    onPair: (pair) => {
      id = pair;
    },
  });
  const { deadline, release } = deadlineOf(options.signal);
  const alpn = request.http2 ? 'h2' : 'http/1.1';
  const dialled = await connectUpstream(target, { ...options, deadline, alpn }, connection);
  // It must outlive the exchange: a peer that does not read what is still unsent loses the connection then.
  if ('socket' in dialled && !dialled.socket.closed) dialled.socket.once('close', release);
  else release();
  await sendOver(dialled, request, observer, deadline);
  if (id === 0)
    throw new SidetapError(
      'internal',
      'The request was sent, but it could not be recorded because the recorder is full or closed.',
    );
  return { id };
}

/**
 * Aborts after `limits.replayMillis`, or with the signal, until it is released. `AbortSignal.timeout` would hold every request of a run
 * in memory for as long.
 */
function deadlineOf(signal: AbortSignal | undefined): { deadline: AbortSignal; release: () => void } {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  const timer = setTimeout(abort, limits.replayMillis);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  return {
    deadline: stop.signal,
    release: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    },
  };
}

function replayConnection(direction: Direction, target: Target, number: number): ConnectionInfo {
  return {
    id: number,
    direction,
    source: 'replay',
    entry: 'replay',
    protocol: target.tls ? 'https' : 'http',
    clientAddress: '127.0.0.1',
    clientPort: 0,
    clientName: '',
    flow: '',
    upstreamHost: target.host,
    upstreamPort: target.port,
    upstreamAddress: '',
    dialMicros: 0,
    tlsMicros: 0,
    clientTls: null,
    upstreamTls: null,
  };
}
