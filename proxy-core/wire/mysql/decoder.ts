import type { Side } from '../../rrpair/pair.ts';
import type { SummarisedObserver, WireConnection, WireDecoder } from '../decoder.ts';
import { failExchange, SessionDecoder } from '../session-decoder.ts';
import { ClientPackets } from './client-packets.ts';
import { CompressedPackets } from './compressed.ts';
import { ServerPackets } from './server-packets.ts';
import { Session } from './session.ts';

/**
 * Reads version 10 of the client/server protocol (https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html,
 * https://mariadb.com/kb/en/clientserver-protocol/) from a connection's first byte on. A pair is one command with all that answers it.
 */
export function createMysqlDecoder(observer: SummarisedObserver, connection: WireConnection): WireDecoder {
  const session = new Session(observer, connection);
  const client = new ClientPackets(session);
  const server = new ServerPackets(session);
  const compressed: Partial<Record<Side, CompressedPackets>> = {};
  let spoken = false;
  return new SessionDecoder(session, {
    push: (side, bytes) => {
      // Inside of TLS, the greeting was said outside.
      if (side === 'client' && !spoken) server.greeted();
      spoken = true;
      const packets = side === 'client' ? client : server;
      const from = session.compression === null ? packets.push(bytes) : 0;
      if (session.compression === null || from === bytes.length) return;
      const carried = (compressed[side] ??= new CompressedPackets(session.compression));
      carried.push(bytes, from, session.at, (plain) => packets.push(plain));
      if (carried.problem !== '') session.giveUp({ code: 'not-decoded', detail: carried.problem });
    },
    waiting: () => session.operations.length,
    crowd: 'commands were sent without an answer',
    fail: (failure, stopped) => {
      // The server greeted, and nobody answered: a look whether it is there.
      if (session.greeting !== null && !session.tls && !stopped) unanswered(session, session.greeting);
      session.greeting = null;
      for (const exchange of session.open) failExchange(session, exchange, failure);
      session.building = null;
      server.failed(failure.code, failure.detail);
    },
  });
}

function unanswered(session: Session, greeting: Buffer): void {
  const exchange = session.start('Connect');
  session.answers(exchange);
  exchange.handle.responseBody(greeting, greeting.length, session.at);
  session.say(exchange);
}
