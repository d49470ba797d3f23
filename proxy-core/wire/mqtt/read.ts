import { limits } from '../../limits.ts';
import type { Reading, ReadSide } from '../../rrpair/reading.ts';
import { Content } from '../content.ts';
import type { StoredExchange } from '../protocol.ts';
import { contextNumber, SideReading } from '../reading.ts';
import {
  FAILURE,
  maskConnect,
  type Property,
  packet,
  packetNames,
  packetsIn,
  propertiesOf,
  publicationOf,
  text,
} from './packets.ts';

/** What a packet and its acknowledgements say. */
export function readMqtt({ request, requestCut, response, responseCut, context, summary }: StoredExchange): Reading {
  const version = contextNumber(context, 'version') || 4;
  return {
    request: readSide(request, requestCut, version, summary.location),
    response: readSide(response, responseCut, version, summary.location),
  };
}

function readSide(bytes: Buffer, cut: boolean, version: number, topic: string): ReadSide {
  const side = new SideReading();
  let at = 0;
  for (const { at: offset, first, content, end } of packetsIn(bytes)) {
    const frame = { offset, length: Math.min(bytes.length, end) - offset, depth: 0, name: packetNames[first >> 4] ?? '' };
    side.frame({ ...frame, text: describe(side, first, content, version, topic) });
    at = end;
  }
  if (cut) side.problem = 'Not all of it was kept.';
  else if (at !== bytes.length) side.problem = 'The last packet is not complete.';
  return side.done();
}

/** Adds what the packet says, and returns it in short. */
function describe(side: SideReading, first: number, content: Buffer, version: number, topic: string): string {
  const kind = first >> 4;
  const read = new Content(content);
  switch (kind) {
    case packet.connect:
      return connect(side, content);
    case packet.connack: {
      const present = (read.byte() & 1) !== 0;
      const code = read.byte();
      const properties = version === 5 ? propertiesOf(read) : [];
      const result = version === 5 ? reasonText(code) : (refusals[code] ?? String(code));
      side.fields('Answer', [['result', result], ['session present', present ? 'yes' : 'no'], ...pairsOf(properties)]);
      return result;
    }
    case packet.publish:
      return publication(side, first, read, version, topic);
    case packet.subscribe:
    case packet.unsubscribe:
      return subscription(side, kind, read, version);
    case packet.suback:
    case packet.unsuback: {
      read.uint16();
      const properties = version === 5 ? propertiesOf(read) : [];
      const results = [...read.rest()].slice(0, limits.readingRows).map((code) => [granted(kind, code)]);
      if (results.length > 0) side.table('Results', [{ name: 'Result', type: '' }], results, 0, results.length);
      side.fields('Properties', pairsOf(properties));
      return results.map(([result]) => result).join(', ');
    }
    case packet.pingreq:
    case packet.pingresp:
      return '';
    case packet.disconnect:
    case packet.auth:
      return reason(side, read, true);
    default: {
      const id = read.uint16();
      const said = reason(side, read, read.left > 0);
      return said === '' ? `packet ${String(id)}` : `packet ${String(id)}: ${said}`;
    }
  }
}

function reason(side: SideReading, read: Content, told: boolean): string {
  if (!told || read.left <= 0) return '';
  const code = read.byte();
  const properties = read.left > 0 ? propertiesOf(read) : [];
  const said = reasonText(code);
  side.fields(code >= FAILURE ? 'Error' : 'Answer', [['reason', said], ...pairsOf(properties)]);
  return said;
}

function connect(side: SideReading, content: Buffer): string {
  const said = maskConnect(new Content(Buffer.from(content)));
  const fields: [string, string][] = [
    ['protocol', `MQTT ${{ 3: '3.1', 4: '3.1.1', 5: '5.0' }[said.version & 0x7f] ?? String(said.version)}`],
    ['client', said.client],
    ['user', said.user],
    [said.version === 5 ? 'clean start' : 'clean session', said.clean ? 'yes' : 'no'],
    ['keep alive', `${String(said.keepAlive)} s`],
  ];
  side.fields('Session', [...fields.filter(([, value]) => value !== ''), ...pairsOf(said.properties)]);
  if (said.will !== null) {
    const { topic, payload, qos, retain, properties } = said.will;
    side.fields('Will', [['topic', topic], ['QoS', String(qos)], ['retain', retain ? 'yes' : 'no'], ...pairsOf(properties)]);
    side.value('Message of the will', payload, payload.length);
  }
  return said.client;
}

function publication(side: SideReading, first: number, read: Content, version: number, topic: string): string {
  const said = publicationOf(first, read, version);
  const payload = read.rest();
  side.fields('Message', [
    ['topic', said.topic === '' ? topic : said.topic],
    ['QoS', String(said.qos)],
    ...(said.retain ? [['retain', 'yes'] as const] : []),
    ...(said.again ? [['sent again', 'yes'] as const] : []),
    ...pairsOf(said.properties),
  ]);
  const mediaType = said.properties.find(({ id }) => id === 0x03)?.value ?? '';
  side.value('Payload', payload, payload.length, mediaType);
  return said.topic;
}

function subscription(side: SideReading, kind: number, read: Content, version: number): string {
  read.uint16();
  const properties = version === 5 ? propertiesOf(read) : [];
  const rows: string[][] = [];
  while (read.left > 2) {
    const filter = text(read);
    if (kind === packet.unsubscribe) rows.push([filter]);
    else {
      const options = read.byte();
      rows.push([filter, String(options & 3), (options & 4) === 0 ? '' : 'not what this client publishes']);
    }
  }
  const names = kind === packet.subscribe ? ['Topic', 'QoS', 'Options'] : ['Topic'];
  const columns = names.map((name) => ({ name, type: '' }));
  side.table('Topics', columns, rows.slice(0, limits.readingRows), 0, Math.min(rows.length, limits.readingRows));
  side.fields('Properties', pairsOf(properties));
  return rows.map(([filter]) => filter).join(', ');
}

function pairsOf(properties: readonly Property[]): [string, string][] {
  return properties.map(({ name, value }) => [name, value]);
}

function granted(kind: number, code: number): string {
  if (code >= FAILURE) return reasonText(code);
  return kind === packet.suback ? `QoS ${String(code)}` : reasonText(code);
}

/** Numbers of a CONNACK before version 5 (MQTT 3.1.1, 3.2.2.3). */
const refusals: Readonly<Record<number, string>> = {
  0: 'accepted',
  1: 'unacceptable version of the protocol',
  2: 'identifier rejected',
  3: 'server unavailable',
  4: 'bad user name or password',
  5: 'not authorized',
};

/** MQTT 5.0, 2.4. */
const reasons: Readonly<Record<number, string>> = {
  0x00: 'success',
  0x04: 'disconnect with will message',
  0x10: 'no matching subscribers',
  0x11: 'no subscription existed',
  0x18: 'continue authentication',
  0x19: 'authenticate again',
  0x80: 'unspecified error',
  0x81: 'malformed packet',
  0x82: 'protocol error',
  0x83: 'implementation specific error',
  0x84: 'unsupported version of the protocol',
  0x85: 'client identifier not valid',
  0x86: 'bad user name or password',
  0x87: 'not authorized',
  0x88: 'server unavailable',
  0x89: 'server busy',
  0x8a: 'banned',
  0x8b: 'server shutting down',
  0x8c: 'bad authentication method',
  0x8d: 'keep alive timeout',
  0x8e: 'session taken over',
  0x8f: 'topic filter invalid',
  0x90: 'topic name invalid',
  0x91: 'packet identifier in use',
  0x92: 'packet identifier not found',
  0x93: 'receive maximum exceeded',
  0x94: 'topic alias invalid',
  0x95: 'packet too large',
  0x96: 'message rate too high',
  0x97: 'quota exceeded',
  0x98: 'administrative action',
  0x99: 'payload format invalid',
  0x9a: 'retain not supported',
  0x9b: 'QoS not supported',
  0x9c: 'use another server',
  0x9d: 'server moved',
  0x9e: 'shared subscriptions not supported',
  0x9f: 'connection rate exceeded',
  0xa0: 'maximum connect time',
  0xa1: 'subscription identifiers not supported',
  0xa2: 'wildcard subscriptions not supported',
};

function reasonText(code: number): string {
  return reasons[code] ?? `reason ${String(code)}`;
}
