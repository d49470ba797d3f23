import type { Carrier, MessageFields } from '../protocol.ts';
import { headersOf, linesIn } from './lines.ts';

/** The headers of messages. */
export const natsCarrier: Carrier = {
  commands: new Set(['Publish', 'Request', 'Deliver']),
  fields: (request, response) => [...headersIn(request), ...headersIn(response)],
};

function* headersIn(bytes: Buffer): Generator<MessageFields, void> {
  for (const { line, payload } of linesIn(bytes)) {
    if (line.headerBytes > 0) yield headersOf(line, payload).fields;
  }
}
