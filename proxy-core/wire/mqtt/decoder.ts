import type { SummarisedObserver, WireConnection, WireDecoder } from '../decoder.ts';
import { failExchange, SessionDecoder } from '../session-decoder.ts';
import { Session } from './session.ts';
import { SidePackets } from './side.ts';

/**
 * Reads MQTT 3.1, 3.1.1 and 5.0 (https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html). A pair is a packet with all that acknowledges it; what the server
 * delivers is one whose answer comes first.
 */
export function createMqttDecoder(observer: SummarisedObserver, connection: WireConnection): WireDecoder {
  const session = new Session(observer, connection);
  const sides = { client: new SidePackets(session, 'client'), server: new SidePackets(session, 'server') };
  return new SessionDecoder(session, {
    push: (side, bytes) => sides[side].push(bytes),
    waiting: () => session.open.size,
    crowd: 'packets were sent without an acknowledgement',
    fail: (failure) => {
      for (const exchange of session.open) failExchange(session, exchange, failure);
    },
  });
}
