import type { Content } from '../content.ts';
import type { FrameShape } from '../frame-reader.ts';

/** Kinds of packets: the upper half of the first byte (MQTT 5.0, 2.1.2). */
export const packet = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
  auth: 15,
} as const;

export const packetNames = [
  '',
  'CONNECT',
  'CONNACK',
  'PUBLISH',
  'PUBACK',
  'PUBREC',
  'PUBREL',
  'PUBCOMP',
  'SUBSCRIBE',
  'SUBACK',
  'UNSUBSCRIBE',
  'UNSUBACK',
  'PINGREQ',
  'PINGRESP',
  'DISCONNECT',
  'AUTH',
] as const;

/** Whether the lower half of the first byte is what its kind asks for (MQTT 5.0, 2.1.3); version 3.1 marks there what is sent again. */
export function flagsFit(first: number, version: number): boolean {
  const kind = first >> 4;
  if (kind === packet.publish) return (first & 6) !== 6;
  const wanted = kind === packet.pubrel || kind === packet.subscribe || kind === packet.unsubscribe ? 2 : 0;
  return (first & (version === 3 ? 7 : 15)) === wanted;
}

/** From which number on a reason is a failure (MQTT 5.0, 2.4). */
export const FAILURE = 0x80;

/** A first byte, and a length of one to four bytes of seven bits each. */
export const mqttFrames: FrameShape = {
  most: 5,
  size(header, have) {
    if (have < 2) return 2;
    const goesOn = ((header[have - 1] as number) & 0x80) !== 0;
    return goesOn && have < 5 ? have + 1 : have;
  },
  type: (header) => header[0] as number,
  length(header, size) {
    let length = 0;
    for (let index = 1; index < size; index += 1) length += ((header[index] as number) & 0x7f) * 128 ** (index - 1);
    return ((header[size - 1] as number) & 0x80) === 0 ? length : -1;
  },
};

/** Bytes of a header. */
export function headerBytes(header: Buffer): number {
  let size = 2;
  while (size < 5 && ((header[size - 1] as number) & 0x80) !== 0) size += 1;
  return size;
}

/** A packet among stored bytes. */
export interface StoredPacket {
  at: number;
  /** Its first byte: kind and flags. */
  first: number;
  /** As much of it as was kept. */
  content: Buffer;
  /** Where the next one begins, which may be behind what was kept. */
  end: number;
}

/** Packets in the order in which they stand, up to one whose length cannot be read; the last may be cut short. */
export function* packetsIn(bytes: Buffer): Generator<StoredPacket, void> {
  for (let at = 0; at + 2 <= bytes.length; ) {
    const header = bytes.subarray(at, at + 5);
    const size = headerBytes(header);
    const length = size > header.length ? -1 : mqttFrames.length(header, size);
    if (length < 0) return;
    const end = at + size + length;
    yield { at, first: bytes[at] as number, content: bytes.subarray(at + size, end), end };
    at = end;
  }
}

/** A number of one to four bytes. */
export function variable(content: Content): number {
  let value = 0;
  for (let index = 0; index < 4; index += 1) {
    const byte = content.byte();
    value += (byte & 0x7f) * 128 ** index;
    if ((byte & 0x80) === 0) break;
  }
  return value;
}

/** Bytes with their length in front. */
export function binary(content: Content): Buffer {
  return content.take(content.uint16());
}

export function text(content: Content): string {
  return binary(content).toString('utf8');
}

interface PropertyKind {
  name: string;
  value: 1 | 2 | 4 | 'variable' | 'text' | 'binary' | 'pair';
}

/** MQTT 5.0, 2.2.2.2. */
const properties = new Map<number, PropertyKind>([
  [0x01, { name: 'payload format', value: 1 }],
  [0x02, { name: 'message expiry', value: 4 }],
  [0x03, { name: 'content type', value: 'text' }],
  [0x08, { name: 'response topic', value: 'text' }],
  [0x09, { name: 'correlation data', value: 'binary' }],
  [0x0b, { name: 'subscription', value: 'variable' }],
  [0x11, { name: 'session expiry', value: 4 }],
  [0x12, { name: 'assigned client', value: 'text' }],
  [0x13, { name: 'server keep alive', value: 2 }],
  [0x15, { name: 'authentication method', value: 'text' }],
  [0x16, { name: 'authentication data', value: 'binary' }],
  [0x17, { name: 'request problem information', value: 1 }],
  [0x18, { name: 'will delay', value: 4 }],
  [0x19, { name: 'request response information', value: 1 }],
  [0x1a, { name: 'response information', value: 'text' }],
  [0x1c, { name: 'server reference', value: 'text' }],
  [0x1f, { name: 'reason', value: 'text' }],
  [0x21, { name: 'receive maximum', value: 2 }],
  [0x22, { name: 'topic alias maximum', value: 2 }],
  [0x23, { name: 'topic alias', value: 2 }],
  [0x24, { name: 'maximum QoS', value: 1 }],
  [0x25, { name: 'retain available', value: 1 }],
  [0x26, { name: 'user property', value: 'pair' }],
  [0x27, { name: 'maximum packet size', value: 4 }],
  [0x28, { name: 'wildcards available', value: 1 }],
  [0x29, { name: 'subscription identifiers available', value: 1 }],
  [0x2a, { name: 'shared subscriptions available', value: 1 }],
]);

export interface Property {
  id: number;
  name: string;
  value: string;
}

/** Properties of a packet that are read; more are left out. */
const MOST_PROPERTIES = 200;

/** The list of properties that stands at this place, as far as they are complete. With `mask`, what proves who the client is, is covered in the bytes. */
export function propertiesOf(content: Content, mask = false): Property[] {
  const length = variable(content);
  const end = Math.min(content.bytes.length, content.at + length);
  const found: Property[] = [];
  while (content.at < end && found.length < MOST_PROPERTIES) {
    const id = variable(content);
    const kind = properties.get(id);
    if (kind === undefined) break;
    const property = propertyOf(content, kind, mask && id === 0x16);
    // Half of a value says something else than the whole.
    if (content.at > end) break;
    found.push({ id, ...property });
  }
  content.at = end;
  return found;
}

function propertyOf(content: Content, { name, value }: PropertyKind, secret: boolean): { name: string; value: string } {
  switch (value) {
    case 1:
      return { name, value: String(content.byte()) };
    case 2:
      return { name, value: String(content.uint16()) };
    case 4:
      return { name, value: String(content.uint32()) };
    case 'variable':
      return { name, value: String(variable(content)) };
    case 'text':
      return { name, value: text(content) };
    case 'binary': {
      const bytes = binary(content);
      if (secret) bytes.fill('*');
      return { name, value: secret ? '*'.repeat(Math.min(bytes.length, 100)) : `0x${bytes.subarray(0, 1_000).toString('hex')}` };
    }
    default:
      return { name: text(content), value: text(content) };
  }
}

/** What a CONNECT says. */
export interface Introduction {
  version: number;
  client: string;
  user: string;
  keepAlive: number;
  clean: boolean;
  properties: Property[];
  will: { topic: string; payload: Buffer; qos: number; retain: boolean; properties: Property[] } | null;
}

/** Reads the content of a CONNECT (MQTT 5.0, 3.1), and covers its password and other proofs. */
export function maskConnect(content: Content): Introduction {
  binary(content);
  const version = content.byte();
  const flags = content.byte();
  const keepAlive = content.uint16();
  const found = version === 5 ? propertiesOf(content, true) : [];
  const client = text(content);
  let will: Introduction['will'] = null;
  if ((flags & 0x04) !== 0) {
    const willProperties = version === 5 ? propertiesOf(content) : [];
    const qos = (flags >> 3) & 3;
    will = { topic: text(content), payload: binary(content), qos, retain: (flags & 0x20) !== 0, properties: willProperties };
  }
  const user = (flags & 0x80) === 0 ? '' : text(content);
  if ((flags & 0x40) !== 0) binary(content).fill('*');
  return { version, client, user, keepAlive, clean: (flags & 0x02) !== 0, properties: found, will };
}

/** What stands in front of the payload of a PUBLISH; `first` is the first byte of the packet. */
export interface Publication {
  topic: string;
  qos: number;
  retain: boolean;
  again: boolean;
  /** 0 with QoS 0. */
  id: number;
  properties: Property[];
}

export function publicationOf(first: number, content: Content, version: number): Publication {
  const topic = text(content);
  const qos = (first >> 1) & 3;
  const id = qos === 0 ? 0 : content.uint16();
  const found = version === 5 ? propertiesOf(content) : [];
  return { topic, qos, retain: (first & 1) !== 0, again: (first & 8) !== 0, id, properties: found };
}

/** The number that a topic is sent as from now on; 0 when it has none. */
export function aliasOf({ properties: all }: Publication): number {
  return Number(all.find(({ id }) => id === 0x23)?.value ?? 0);
}
