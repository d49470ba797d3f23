import type { SummarisedObserver, WireConnection, WireDecoder } from '../decoder.ts';
import { SessionDecoder } from '../session-decoder.ts';
import { Session } from './session.ts';
import { SideMessages } from './side.ts';

/**
 * Reads Kafka's protocol (https://kafka.apache.org/protocol). A pair is a request with its answer. Records pass as they come: nothing of them is kept here.
 */
export function createKafkaDecoder(observer: SummarisedObserver, connection: WireConnection): WireDecoder {
  const session = new Session(observer, connection);
  const sides = { client: new SideMessages(session, 'client'), server: new SideMessages(session, 'server') };
  return new SessionDecoder(session, {
    push: (side, bytes) => sides[side].push(bytes),
    waiting: () => session.waiting.length,
    crowd: 'requests were sent without an answer',
    fail: (failure) => session.fail(failure),
  });
}
