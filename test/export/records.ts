import type { ConnectionInfo, MessageCapture, PairRecord } from '../../proxy-core/rrpair/pair.ts';

export function message(head: Uint8Array, body: Uint8Array = Buffer.alloc(0)): MessageCapture {
  return { head, body, wireBytes: body.length, payloadBytes: body.length, truncated: false, crc32: 0 };
}

export function connectionTo(port: number, more: Partial<ConnectionInfo> = {}): ConnectionInfo {
  return {
    id: 1,
    direction: 'out',
    source: 'local',
    entry: 'http-proxy',
    protocol: 'http',
    clientAddress: '127.0.0.1',
    clientPort: 50_000,
    clientName: '',
    flow: '',
    upstreamHost: '127.0.0.1',
    upstreamPort: port,
    upstreamAddress: '127.0.0.1',
    dialMicros: 100,
    tlsMicros: 0,
    clientTls: null,
    upstreamTls: null,
    ...more,
  };
}

/** A finished pair of a request, given as bytes (latin-1), and optionally a response. */
export function record(
  port: number,
  requestHead: string,
  body: Uint8Array = Buffer.alloc(0),
  response = '',
  more: Partial<PairRecord> = {},
): PairRecord {
  const end = response.indexOf('\r\n\r\n');
  const responseHead = end < 0 ? '' : response.slice(0, end + 4);
  const responseBody = end < 0 ? '' : response.slice(end + 4);
  return {
    id: 7,
    state: 'done',
    connection: connectionTo(port),
    startedAtMicros: 1_795_165_200_000_000,
    timing: { requestEnd: 10, responseStart: 1_000, responseEnd: 2_000 },
    request: message(Buffer.from(requestHead, 'latin1'), body),
    response: message(Buffer.from(responseHead, 'latin1'), Buffer.from(responseBody, 'latin1')),
    failure: null,
    replayOf: 0,
    summary: null,
    bodyShed: false,
    ...more,
  };
}
