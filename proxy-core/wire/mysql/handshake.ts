import { Content } from '../content.ts';
import { capabilities, lengthEncoded, lengthEncodedText } from './packets.ts';

/** What an answer to the greeting, or a change of the user, says. */
export interface Introduction {
  capabilities: number;
  user: string;
  database: string;
  plugin: string;
  attributes: (readonly [name: string, value: string])[];
}

/** What a greeting (HandshakeV10) says. */
export interface Greeting {
  version: string;
  thread: number;
  capabilities: number;
  plugin: string;
}

/** `payload` begins with the version of the protocol. */
export function greetingOf(payload: Buffer): Greeting {
  const content = new Content(payload, 1);
  const version = content.text();
  const thread = content.uint32le();
  content.at += 9;
  const low = content.uint16le();
  content.at += 3;
  const flags = low | (content.uint16le() << 16);
  const challenge = content.byte();
  content.at += 10 + Math.max(13, challenge - 8);
  return { version, thread, capabilities: flags, plugin: content.text() };
}

/** Servers that say in the version who they are; some say first which MySQL they are like, and then their own version. */
const kin = ['MariaDB', 'TiDB', 'Vitess', 'OceanBase'];

/** The server with its version. MariaDB before 11 puts a version in front that old replicas understand. */
export function serverOf(version: string): string {
  const plain = version.replace(/^5\.5\.5-(?=\d+\.\d+\.\d+-MariaDB)/i, '');
  const name = kin.find((each) => plain.toLowerCase().includes(`-${each.toLowerCase()}`)) ?? 'MySQL';
  const own = new RegExp(`-${name}-v([\\d.]+\\d)`, 'i').exec(plain)?.[1];
  return `${name} ${own ?? /^[\d.]+/.exec(plain)?.[0] ?? ''}`.trim();
}

/** Reads HandshakeResponse41, and covers what proves who the user is. */
export function maskIntroduction(payload: Buffer): Introduction {
  const content = new Content(payload);
  const flags = content.uint32le();
  content.at = 32;
  const user = content.text();
  cover(
    content,
    (flags & capabilities.lengthOfAuth) !== 0 ? 'encoded' : (flags & capabilities.secureConnection) !== 0 ? 'byte' : 'zero',
  );
  const database = (flags & capabilities.withDatabase) !== 0 ? content.text() : '';
  return { capabilities: flags, user, database, ...pluginAndAttributes(content, flags) };
}

/** Reads COM_CHANGE_USER, whose first byte is the command. */
export function maskChangeOfUser(payload: Buffer, flags: number): Introduction {
  const content = new Content(payload, 1);
  const user = content.text();
  cover(content, (flags & capabilities.secureConnection) !== 0 ? 'byte' : 'zero');
  const database = content.text();
  content.at += 2;
  return { capabilities: flags, user, database, ...pluginAndAttributes(content, flags) };
}

function pluginAndAttributes(content: Content, flags: number): Pick<Introduction, 'plugin' | 'attributes'> {
  const plugin = (flags & capabilities.pluginAuth) !== 0 && content.left > 0 ? content.text() : '';
  const attributes: [string, string][] = [];
  if ((flags & capabilities.attributes) !== 0 && content.left > 0) {
    const length = lengthEncoded(content) ?? 0;
    const end = Math.min(content.bytes.length, content.at + length);
    while (content.at < end && attributes.length < 50) attributes.push([lengthEncodedText(content), lengthEncodedText(content)]);
  }
  return { plugin, attributes };
}

function cover(content: Content, length: 'encoded' | 'byte' | 'zero'): void {
  if (length === 'zero') {
    const zero = content.bytes.indexOf(0, content.at);
    const end = zero < 0 ? content.bytes.length : zero;
    content.bytes.fill('*', Math.min(content.at, end), end);
    content.at = end + 1;
    return;
  }
  const bytes = length === 'byte' ? content.byte() : (lengthEncoded(content) ?? 0);
  const from = Math.min(content.at, content.bytes.length);
  content.bytes.fill('*', from, Math.min(content.bytes.length, from + bytes));
  content.at += bytes;
}
