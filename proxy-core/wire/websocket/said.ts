import { limits } from '../../limits.ts';
import type { ParsedHead } from '../http1/head.ts';
import { WebSocketReader } from './reader.ts';

const LINE = Buffer.from('\n');

/** All that each side said over a WebSocket, message after message on lines of their own: for searching in it. */
export function saidOverSocket(
  response: ParsedHead,
  bodies: { client: Buffer; server: Buffer },
): { client: Buffer; server: Buffer } {
  const reader = new WebSocketReader(response, limits.searchedBodyBytes);
  reader.readOn({
    request: bodies.client,
    requestCut: true,
    response: bodies.server,
    responseCut: true,
    arrivals: [],
    arrivalsFull: false,
    open: false,
    failure: null,
  });
  const of = (side: 'client' | 'server'): Buffer =>
    Buffer.concat(reader.messages.flatMap(({ from, payload }) => (from === side ? [payload, LINE] : [])));
  return { client: of('client'), server: of('server') };
}
