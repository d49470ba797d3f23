import { Content } from '../content.ts';
import type { Carrier, MessageFields } from '../protocol.ts';
import { contentHeaderOf, framesIn, frameType } from './frames.ts';

/** The properties and headers of messages. */
export const amqpCarrier: Carrier = {
  commands: new Set(['Publish', 'Get', 'Deliver', 'Return']),
  fields: (request, response) => [...propertiesIn(request), ...propertiesIn(response)],
};

function* propertiesIn(bytes: Buffer): Generator<MessageFields, void> {
  for (const { type, content } of framesIn(bytes, 0)) {
    if (type === frameType.header) yield contentHeaderOf(new Content(content)).properties;
  }
}
