import { Content } from '../content.ts';
import type { Carrier, MessageFields } from '../protocol.ts';
import { contextNumber } from '../reading.ts';
import { packet, packetsIn, publicationOf } from './packets.ts';

/** The user properties of messages, which versions before 5 have not. */
export const mqttCarrier: Carrier = {
  commands: new Set(['Publish', 'Deliver']),
  fields: (request, response, context) =>
    contextNumber(context, 'version') === 5 ? [...userPropertiesIn(request), ...userPropertiesIn(response)] : [],
};

/** MQTT 5.0, 3.3.2.3.7. */
const USER_PROPERTY = 0x26;

/** Of the one message that a pair has. */
function userPropertiesIn(bytes: Buffer): readonly MessageFields[] {
  for (const { first, content } of packetsIn(bytes)) {
    if (first >> 4 !== packet.publish) continue;
    const own = publicationOf(first, new Content(content), 5).properties.filter(({ id }) => id === USER_PROPERTY);
    return own.length === 0 ? [] : [own.map(({ name, value }) => [name, value] as const)];
  }
  return [];
}
