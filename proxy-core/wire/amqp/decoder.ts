import type { SummarisedObserver, WireConnection, WireDecoder } from '../decoder.ts';
import { failExchange, SessionDecoder } from '../session-decoder.ts';
import { Session } from './session.ts';
import { SideFrames } from './side.ts';

/**
 * Reads AMQP 0-9-1 with RabbitMQ's extensions (https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf). A pair is a method with its answer, or a message with
 * what confirms it; what the server delivers is one whose answer comes first.
 */
export function createAmqpDecoder(observer: SummarisedObserver, connection: WireConnection): WireDecoder {
  const session = new Session(observer, connection);
  const sides = { client: new SideFrames(session, 'client'), server: new SideFrames(session, 'server') };
  return new SessionDecoder(session, {
    push: (side, bytes) => sides[side].push(bytes),
    waiting: () => session.open.size,
    crowd: 'messages were sent without a confirmation',
    fail: (failure) => {
      session.endDeliveries();
      for (const exchange of session.open) failExchange(session, exchange, failure);
    },
  });
}
