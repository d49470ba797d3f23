import type { HeaderField } from '../../rrpair/shapes.ts';
import { headerValues } from '../http1/head.ts';

/** What the two sides agreed on about compression (RFC 7692 7.1): the server's answer is what holds. */
export interface Agreed {
  deflate: boolean;
  /** The side's messages build on those before. */
  clientContext: boolean;
  serverContext: boolean;
  /** Extensions that we do not know: their frames may mean anything. */
  unknown: string[];
}

/** Reads the `Sec-WebSocket-Extensions` of a response (RFC 6455 9.1). */
export function agreedExtensions(headers: readonly HeaderField[]): Agreed {
  const agreed: Agreed = { deflate: false, clientContext: true, serverContext: true, unknown: [] };
  for (const extension of headerValues(headers, 'sec-websocket-extensions').join(',').split(',')) {
    const [name = '', ...parameters] = extension.split(';').map((part) => part.trim().toLowerCase());
    if (name === '') continue;
    if (name !== 'permessage-deflate') {
      agreed.unknown.push(name);
      continue;
    }
    agreed.deflate = true;
    if (parameters.includes('client_no_context_takeover')) agreed.clientContext = false;
    if (parameters.includes('server_no_context_takeover')) agreed.serverContext = false;
  }
  return agreed;
}
