import { createHash } from 'node:crypto';
import { limits } from '../../limits.ts';

/** What a client says of itself before anything is encrypted (RFC 8446 4.1.2, RFC 5246 7.4.1.2). */
export interface ClientHello {
  /** The name asked for (SNI, RFC 6066 3), as sent; empty when there is none. With ECH it is the public outer name. */
  serverName: string;
  /** ALPN protocols in the client's order (RFC 7301); empty when it sent none. */
  alpn: string[];
  /** TLS versions offered, in the client's order: `TLSv1.3`, `TLSv1.2`…; a version without a name is `0x7f1c`. */
  versions: string[];
  /**
   * 16 hex characters that are the same for every connection of one TLS library with one configuration: cipher suites, extensions,
   * groups and signature algorithms. What varies from call to call (GREASE, the order of extensions, the name, ALPN, padding,
   * resumption) is left out.
   */
  fingerprint: string;
}

/**
 * Reads the ClientHello that begins a client's bytes. `more` while they may become one. `not-tls` also for a hello longer than
 * `limits.sniffBytes` and for one whose inner lengths contradict each other: neither can be answered, both can only be passed on.
 */
export function readClientHello(bytes: Uint8Array): ClientHello | 'more' | 'not-tls' {
  const message = joinRecords(bytes);
  if (typeof message === 'string') return message === 'more' && bytes.length >= limits.sniffBytes ? 'not-tls' : message;
  return readHello(new Reader(message)) ?? 'not-tls';
}

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const RECORD_HEADER_BYTES = 5;
const HANDSHAKE_HEADER_BYTES = 4;
/** RFC 8446 5.1: a plaintext record holds at most this much. */
const RECORD_BYTES = 16_384;

/** The hello's body, taken out of as many records as it was split over (RFC 8446 5.1). */
function joinRecords(bytes: Uint8Array): Uint8Array | 'more' | 'not-tls' {
  const fragments: Uint8Array[] = [];
  let joined = 0;
  let wanted = -1;
  for (let at = 0; ; ) {
    const left = bytes.length - at;
    if (left >= 1 && bytes[at] !== HANDSHAKE_RECORD) return 'not-tls';
    if (left >= 2 && bytes[at + 1] !== 3) return 'not-tls';
    if (left >= 3 && (bytes[at + 2] as number) > 4) return 'not-tls';
    if (left < RECORD_HEADER_BYTES) return 'more';
    const length = ((bytes[at + 3] as number) << 8) | (bytes[at + 4] as number);
    if (length === 0 || length > RECORD_BYTES) return 'not-tls';
    const fragment = bytes.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + length);
    fragments.push(fragment);
    joined += fragment.length;
    if (joined > 0 && firstByte(fragments) !== CLIENT_HELLO) return 'not-tls';
    if (wanted < 0 && joined >= HANDSHAKE_HEADER_BYTES) {
      const header = concat(fragments);
      wanted = HANDSHAKE_HEADER_BYTES + (((header[1] as number) << 16) | ((header[2] as number) << 8) | (header[3] as number));
      if (wanted > limits.sniffBytes) return 'not-tls';
    }
    if (wanted >= 0 && joined >= wanted) return concat(fragments).subarray(HANDSHAKE_HEADER_BYTES, wanted);
    if (fragment.length < length) return 'more';
    at += RECORD_HEADER_BYTES + length;
  }
}

function firstByte(fragments: readonly Uint8Array[]): number | undefined {
  for (const fragment of fragments) if (fragment.length > 0) return fragment[0];
  return undefined;
}

function concat(fragments: readonly Uint8Array[]): Uint8Array {
  return fragments.length === 1 ? (fragments[0] as Uint8Array) : Buffer.concat(fragments);
}

/** IANA TLS ExtensionType values. */
const EXTENSION = { serverName: 0, groups: 10, signatureAlgorithms: 13, alpn: 16, versions: 43 } as const;

/** Extensions that come and go between calls of one client: name, ALPN, padding, resumption, retry, ECH. */
const variable: ReadonlySet<number> = new Set([0, 16, 21, 41, 42, 44, 0xfe0d]);

function readHello(reader: Reader): ClientHello | null {
  const legacyVersion = reader.number(2);
  reader.skip(32);
  reader.skip(reader.number(1));
  const ciphers = numbers(reader.vector(2), 2);
  reader.skip(reader.number(1));
  let serverName = '';
  let alpn: string[] = [];
  let versions = [legacyVersion];
  let groups: number[] = [];
  let signatures: number[] = [];
  const kinds: number[] = [];
  // Before TLS 1.2 a hello may end without extensions.
  const extensions = reader.left > 0 ? reader.vector(2) : reader.nothing();
  while (extensions.left > 0) {
    const kind = extensions.number(2);
    const data = extensions.vector(2);
    if (extensions.failed) return null;
    kinds.push(kind);
    switch (kind) {
      case EXTENSION.serverName:
        serverName = readServerName(data);
        break;
      case EXTENSION.alpn:
        alpn = readAlpn(data);
        break;
      case EXTENSION.versions:
        versions = numbers(data.vector(1), 2);
        break;
      case EXTENSION.groups:
        groups = numbers(data.vector(2), 2);
        break;
      case EXTENSION.signatureAlgorithms:
        signatures = numbers(data.vector(2), 2);
        break;
      default:
        break;
    }
    if (data.failed) return null;
  }
  if (reader.failed || ciphers.length === 0) return null;
  const lasting = kinds.filter((kind) => !variable.has(kind) && !isGrease(kind)).sort((a, b) => a - b);
  const parts = [[legacyVersion], ciphers, lasting, groups, signatures];
  return {
    serverName,
    alpn,
    versions: versions.filter((version) => !isGrease(version)).map(versionName),
    fingerprint: fingerprintOf(parts),
  };
}

/** RFC 6066 3: a list of names, of which only `host_name` (0) was ever defined. */
function readServerName(data: Reader): string {
  const list = data.vector(2);
  while (list.left > 0 && !list.failed) {
    const kind = list.number(1);
    const name = list.vector(2);
    if (kind === 0 && !list.failed) return name.text();
  }
  return '';
}

function readAlpn(data: Reader): string[] {
  const list = data.vector(2);
  const names: string[] = [];
  while (list.left > 0 && !list.failed) {
    const name = list.vector(1).text();
    if (!list.failed && !isGreaseName(name)) names.push(name);
  }
  return names;
}

function numbers(reader: Reader, width: number): number[] {
  const values: number[] = [];
  while (reader.left >= width) values.push(reader.number(width));
  return values;
}

/** RFC 8701: values 0x0a0a, 0x1a1a … 0xfafa, sent at random to keep servers tolerant. */
function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}

function isGreaseName(name: string): boolean {
  return name.length === 2 && isGrease((name.charCodeAt(0) << 8) | name.charCodeAt(1));
}

const versionNames: ReadonlyMap<number, string> = new Map([
  [0x0300, 'SSLv3'],
  [0x0301, 'TLSv1'],
  [0x0302, 'TLSv1.1'],
  [0x0303, 'TLSv1.2'],
  [0x0304, 'TLSv1.3'],
]);

function versionName(version: number): string {
  return versionNames.get(version) ?? `0x${version.toString(16).padStart(4, '0')}`;
}

function fingerprintOf(parts: readonly (readonly number[])[]): string {
  const text = parts.map((part) => part.filter((value) => !isGrease(value)).join(',')).join('|');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Reads big-endian numbers and length-prefixed vectors; reading past the end gives zeros and sets `failed`. */
class Reader {
  failed = false;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.failed ? 0 : this.#bytes.length - this.#at;
  }

  number(width: number): number {
    if (this.left < width) return this.#fail();
    let value = 0;
    for (let i = 0; i < width; i++) value = value * 256 + (this.#bytes[this.#at++] as number);
    return value;
  }

  skip(count: number): void {
    if (this.left < count) this.#fail();
    else this.#at += count;
  }

  /** The contents of a vector whose length stands before it, in `width` bytes. */
  vector(width: number): Reader {
    const length = this.number(width);
    if (this.failed || this.left < length) {
      this.#fail();
      return this.nothing();
    }
    this.#at += length;
    return new Reader(this.#bytes.subarray(this.#at - length, this.#at));
  }

  nothing(): Reader {
    return new Reader(new Uint8Array(0));
  }

  text(): string {
    return Buffer.from(this.#bytes.subarray(this.#at)).toString('latin1');
  }

  #fail(): number {
    this.failed = true;
    return 0;
  }
}
