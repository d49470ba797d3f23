import type { SummarisedObserver, WireConnection, WireDecoder } from '../decoder.ts';
import { failExchange, SessionDecoder } from '../session-decoder.ts';
import { ClientMessages } from './client-messages.ts';
import { ServerMessages } from './server-messages.ts';
import { Session } from './session.ts';

/**
 * Reads version 3 of the frontend/backend protocol (https://www.postgresql.org/docs/current/protocol.html) from a connection's first byte on. A pair is one
 * simple query with all its results, or one execution: Parse, Bind, Describe, Execute and the Sync behind it, joined.
 */
export function createPostgresqlDecoder(observer: SummarisedObserver, connection: WireConnection): WireDecoder {
  const session = new Session(observer, connection);
  const client = new ClientMessages(session);
  const server = new ServerMessages(session, () => client.begins());
  return new SessionDecoder(session, {
    push: (side, bytes) => (side === 'client' ? client : server).push(bytes),
    waiting: () => session.operations.length,
    crowd: 'messages were sent without an answer',
    fail: (failure) => {
      const { code, detail } = failure;
      // A fatal error, or a CancelRequest, is answered by the end of the connection.
      const closes = code === 'upstream-closed-early' || code === 'client-gone' || code === 'upstream-reset';
      for (const exchange of session.open) {
        const answered = exchange.status.startsWith('ERR') || exchange === session.cancel;
        if (closes && answered) session.over(exchange);
        else failExchange(session, exchange, failure);
      }
      session.building = null;
      server.failed(code, detail);
    },
  });
}
