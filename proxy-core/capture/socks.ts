import { assertNever } from '../errors.ts';
import { type FailureCode } from '../rrpair/pair.ts';
import type { Target } from './route.ts';

/**
 * The server's side of SOCKS4 (with 4a) and SOCKS5 (RFC 1928, RFC 1929), without I/O: bytes in, what to do out.
 *
 * Every user name and password is accepted: they say nothing that we need, and some clients insist on sending them.
 */
export class SocksPreamble {
  readonly version: 4 | 5;
  #state: 'methods' | 'password' | 'request';
  #seen: Buffer = Buffer.alloc(0);

  constructor(version: 4 | 5) {
    this.version = version;
    this.#state = version === 5 ? 'methods' : 'request';
  }

  /** Takes bytes of the client. */
  push(bytes: Buffer): SocksStep {
    this.#seen = this.#seen.length === 0 ? bytes : Buffer.concat([this.#seen, bytes]);
    const replies: Buffer[] = [];
    for (;;) {
      const step = this.#step();
      if (step.kind === 'reply') {
        replies.push(step.bytes);
        continue;
      }
      return { ...step, replies };
    }
  }

  /** What the client is told once the target is reached. */
  granted(): Buffer {
    // The address of our own end tells the client nothing; RFC 1928 6 wants the field, so it is zeros.
    return this.version === 4 ? Buffer.from([0, 0x5a, 0, 0, 0, 0, 0, 0]) : reply5(0);
  }

  refused(code: FailureCode): Buffer {
    return this.version === 4 ? Buffer.from([0, 0x5b, 0, 0, 0, 0, 0, 0]) : reply5(replyCodes[code] ?? GENERAL_FAILURE);
  }

  #step(): Step {
    switch (this.#state) {
      case 'methods':
        return this.#methods();
      case 'password':
        return this.#password();
      case 'request':
        return this.version === 4 ? this.#request4() : this.#request5();
      default:
        return assertNever(this.#state);
    }
  }

  #methods(): Step {
    const seen = this.#seen;
    const count = seen[1];
    if (count === undefined || seen.length < 2 + count) return { kind: 'more' };
    const methods = seen.subarray(2, 2 + count);
    this.#seen = seen.subarray(2 + count);
    if (methods.includes(NO_AUTHENTICATION)) {
      this.#state = 'request';
      return { kind: 'reply', bytes: Buffer.from([5, NO_AUTHENTICATION]) };
    }
    if (methods.includes(USER_PASSWORD)) {
      this.#state = 'password';
      return { kind: 'reply', bytes: Buffer.from([5, USER_PASSWORD]) };
    }
    return {
      kind: 'refuse',
      answer: Buffer.from([5, 0xff]),
      reason: 'the client insists on a way of signing in that is not supported',
    };
  }

  #password(): Step {
    const seen = this.#seen;
    const userLength = seen[1];
    if (userLength === undefined) return { kind: 'more' };
    const passwordLength = seen[2 + userLength];
    if (passwordLength === undefined || seen.length < 3 + userLength + passwordLength) return { kind: 'more' };
    this.#seen = seen.subarray(3 + userLength + passwordLength);
    this.#state = 'request';
    return { kind: 'reply', bytes: Buffer.from([1, 0]) };
  }

  #request5(): Step {
    const seen = this.#seen;
    if (seen.length < 5) return { kind: 'more' };
    if (seen[0] !== 5) return { kind: 'refuse', answer: reply5(GENERAL_FAILURE), reason: 'the request is not SOCKS5' };
    const kind = seen[3];
    const lengths: Readonly<Record<number, number>> = { 1: 4, 3: 1 + (seen[4] ?? 0), 4: 16 };
    const length = lengths[kind ?? 0];
    if (length === undefined) return { kind: 'refuse', answer: reply5(8), reason: 'the kind of address is unknown' };
    if (seen.length < 4 + length + 2) return { kind: 'more' };
    if (seen[1] !== CONNECT) return { kind: 'refuse', answer: reply5(7), reason: 'only CONNECT is supported' };
    const address = seen.subarray(4, 4 + length);
    const host = kind === 1 ? ipv4(address) : kind === 4 ? ipv6(address) : address.subarray(1).toString('latin1');
    return { kind: 'target', target: { host, port: seen.readUInt16BE(4 + length) }, rest: seen.subarray(4 + length + 2) };
  }

  #request4(): Step {
    const seen = this.#seen;
    if (seen.length < 9) return { kind: 'more' };
    const userEnd = seen.indexOf(0, 8);
    if (userEnd < 0) return { kind: 'more' };
    if (seen[1] !== CONNECT) return { kind: 'refuse', answer: this.refused('not-decoded'), reason: 'only CONNECT is supported' };
    const port = seen.readUInt16BE(2);
    const address = seen.subarray(4, 8);
    // SOCKS4a: an impossible address 0.0.0.x says that a name follows.
    if (address[0] !== 0 || address[1] !== 0 || address[2] !== 0 || address[3] === 0) {
      return { kind: 'target', target: { host: ipv4(address), port }, rest: seen.subarray(userEnd + 1) };
    }
    const nameEnd = seen.indexOf(0, userEnd + 1);
    if (nameEnd < 0) return { kind: 'more' };
    const host = seen.subarray(userEnd + 1, nameEnd).toString('latin1');
    return { kind: 'target', target: { host, port }, rest: seen.subarray(nameEnd + 1) };
  }
}

type Step =
  | { kind: 'more' }
  | { kind: 'reply'; bytes: Buffer }
  | { kind: 'refuse'; answer: Buffer; reason: string }
  | { kind: 'target'; target: Target; rest: Buffer };

/** `replies` are sent first, in any case. */
export type SocksStep = { replies: Buffer[] } & Exclude<Step, { kind: 'reply' }>;

const CONNECT = 1;
const NO_AUTHENTICATION = 0;
const USER_PASSWORD = 2;
const GENERAL_FAILURE = 1;

/** RFC 1928 6. */
const replyCodes: Readonly<Partial<Record<FailureCode, number>>> = {
  'proxy-loop': 2,
  'upstream-unreachable': 3,
  'upstream-name-not-found': 4,
  'upstream-timeout': 4,
  'upstream-refused': 5,
};

function reply5(code: number): Buffer {
  return Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
}

function ipv4(bytes: Buffer): string {
  return [...bytes].join('.');
}

function ipv6(bytes: Buffer): string {
  const groups: string[] = [];
  for (let at = 0; at < 16; at += 2) groups.push(bytes.readUInt16BE(at).toString(16));
  // The shortest form, as everybody writes it (RFC 5952).
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
