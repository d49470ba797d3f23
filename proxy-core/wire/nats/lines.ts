import { textOfLine } from '../line-reader.ts';

/** Lines of the protocol (https://docs.nats.io/reference/reference-protocols/nats-protocol). */

export interface Line {
  /** In capitals. */
  verb: string;
  /** What stands behind the verb, one character a byte. */
  rest: string;
  subject: string;
  /** Where an answer is wanted; empty when none is. */
  reply: string;
  /** Number of the subscription. */
  sid: string;
  /** Bytes of the headers, and of all that follows the line without its end; -1 when nothing does. */
  headerBytes: number;
  bytes: number;
}

const withPayload: ReadonlySet<string> = new Set(['PUB', 'HPUB', 'MSG', 'HMSG']);

/** `text` is a line without its end, one character a byte. Null when what follows it cannot be told. */
export function lineOf(text: string): Line | null {
  const verb = /^[^\s]*/.exec(text)?.[0].toUpperCase() ?? '';
  const rest = text.slice(verb.length).trim();
  const line: Line = { verb, rest, subject: '', reply: '', sid: '', headerBytes: 0, bytes: -1 };
  const words = rest === '' ? [] : rest.split(/[ \t]+/);
  if (verb === 'SUB') {
    line.subject = words[0] ?? '';
    line.sid = words.at(-1) ?? '';
    return words.length === 2 || words.length === 3 ? line : null;
  }
  if (verb === 'UNSUB') {
    line.sid = words[0] ?? '';
    return line;
  }
  if (!withPayload.has(verb)) return line;
  const numbers = verb.startsWith('H') ? 2 : 1;
  const names = verb.endsWith('MSG') ? 2 : 1;
  if (words.length !== names + numbers && words.length !== names + numbers + 1) return null;
  line.subject = words[0] ?? '';
  if (names === 2) line.sid = words[1] ?? '';
  if (words.length === names + numbers + 1) line.reply = words[names] ?? '';
  const [first = -1, second = first] = words.slice(-numbers).map((word) => (/^\d{1,10}$/.test(word) ? Number(word) : -1));
  line.bytes = second;
  line.headerBytes = numbers === 2 ? first : 0;
  return first < 0 || second < first ? null : line;
}

/** Members of CONNECT that prove who the client is. */
const secrets = /"(?:pass|auth_token|sig|jwt)"\s*:\s*"((?:[^"\\]|\\.)*)"/dg;

/** Covers them in a line. */
export function maskSecrets(line: Buffer): void {
  for (const match of line.toString('latin1').matchAll(secrets)) {
    const [from = 0, to = 0] = match.indices?.[1] ?? [];
    line.fill('*', from, to);
  }
}

/** The JSON object of INFO or CONNECT; empty when it is none. */
export function membersOf(rest: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(rest, 'latin1').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // no JSON
  }
}

export function memberText(members: Readonly<Record<string, unknown>>, name: string): string {
  const value = members[name];
  return typeof value === 'string' ? value : '';
}

/** A line among stored bytes. */
export interface StoredLine {
  at: number;
  /** With its end. */
  text: string;
  line: Line;
  /** Where what follows the line begins. */
  payloadAt: number;
  /** As much of it as was kept. */
  payload: Buffer;
  /** Where the next line begins, which may be behind what was kept. */
  end: number;
}

/** Lines with their payloads, up to one that is none or is not complete. */
export function* linesIn(bytes: Buffer): Generator<StoredLine, void> {
  let at = 0;
  for (let feed = bytes.indexOf(10); feed >= 0; feed = bytes.indexOf(10, at)) {
    const text = textOfLine(bytes.subarray(at, feed + 1));
    const line = lineOf(text);
    if (line === null) return;
    const payloadAt = feed + 1;
    const length = Math.max(0, line.bytes);
    const end = payloadAt + (line.bytes < 0 ? 0 : length + 2);
    yield { at, text, line, payloadAt, payload: bytes.subarray(payloadAt, payloadAt + length), end };
    at = end;
  }
}

/** A message's headers: its first line, which is `NATS/1.0` and may have a status, and its fields. */
export function headersOf({ headerBytes }: Line, payload: Buffer): { status: string; fields: [name: string, value: string][] } {
  const [first = '', ...lines] = payload.toString('utf8', 0, headerBytes).split('\r\n');
  const fields = lines.flatMap((header): [string, string][] => {
    const colon = header.indexOf(':');
    return colon < 0 ? [] : [[header.slice(0, colon), header.slice(colon + 1).trim()]];
  });
  return { status: first.replace(/^NATS\/1\.0\s*/, ''), fields };
}
