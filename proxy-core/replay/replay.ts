import { SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { ConnectionInfo, PairRecord } from '../rrpair/pair.ts';
import type { ExchangeObserver } from '../wire/decoder.ts';
import { sendOver } from './exchange.ts';
import { replayableRequest } from './request.ts';
import { connectUpstream, type Target, targetOf } from './target.ts';

export interface ReplayOptions {
  /** Send it somewhere else: `http://host:port` or `https://host:port`. The Host field follows, as a person who names a host expects. */
  to?: string;
  /** Accept a certificate that cannot be verified. */
  insecure?: boolean;
  /** CAs to trust beside the usual ones, PEM. */
  extraCa?: readonly string[];
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
  connections += 1;
  const connection = replayConnection(record.connection, target, connections);
  let id = 0;
  const observer = observe(connection, {
    replayOf: record.id,
    onPair: (pair) => {
      id = pair;
    },
  });
  const deadline = AbortSignal.timeout(limits.replayMillis);
  const dialled = await connectUpstream(target, { ...options, deadline }, connection);
  await sendOver(dialled, request, observer, deadline);
  if (id === 0)
    throw new SidetapError('internal', 'The replay was sent, but it could not be recorded because the recorder is full or closed.');
  return { id };
}

function replayConnection(original: ConnectionInfo, target: Target, number: number): ConnectionInfo {
  return {
    id: number,
    direction: original.direction,
    source: 'replay',
    entry: 'replay',
    protocol: target.tls ? 'https' : 'http',
    clientAddress: '127.0.0.1',
    clientPort: 0,
    upstreamHost: target.host,
    upstreamPort: target.port,
    upstreamAddress: '',
    dialMicros: 0,
    tlsMicros: 0,
    clientTls: null,
    upstreamTls: null,
  };
}
