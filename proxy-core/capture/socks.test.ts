import { describe, expect, test } from 'vitest';
import { SocksPreamble, type SocksStep } from './socks.ts';

/** Pushes the bytes in two, at every position, and expects the same result everywhere. */
function atEveryCut(version: 4 | 5, bytes: Buffer): SocksStep {
  const whole = new SocksPreamble(version).push(bytes);
  for (let cut = 1; cut < bytes.length; cut++) {
    const socks = new SocksPreamble(version);
    const first = socks.push(bytes.subarray(0, cut));
    if (first.kind !== 'more') {
      expect({ ...first, rest: undefined }).toEqual({ ...whole, rest: undefined });
      continue;
    }
    const second = socks.push(bytes.subarray(cut));
    expect({ ...second, replies: [...first.replies, ...second.replies] }).toEqual(whole);
  }
  return whole;
}

const greeting = Buffer.from([5, 1, 0]);

describe('SOCKS5', () => {
  test('takes a name', () => {
    const request = Buffer.concat([
      Buffer.from([5, 1, 0, 3, 11]),
      Buffer.from('example.com'),
      Buffer.from([1, 187]),
      Buffer.from('rest'),
    ]);
    expect(atEveryCut(5, Buffer.concat([greeting, request]))).toEqual({
      kind: 'target',
      target: { host: 'example.com', port: 443 },
      rest: Buffer.from('rest'),
      replies: [Buffer.from([5, 0])],
    });
  });

  test('takes an IPv4 address', () => {
    const step = atEveryCut(5, Buffer.concat([greeting, Buffer.from([5, 1, 0, 1, 10, 0, 0, 7, 0, 80])]));
    expect(step).toMatchObject({ kind: 'target', target: { host: '10.0.0.7', port: 80 } });
  });

  test('takes an IPv6 address', () => {
    const address = Buffer.alloc(16);
    address[15] = 1;
    const step = atEveryCut(5, Buffer.concat([greeting, Buffer.from([5, 1, 0, 4]), address, Buffer.from([0, 80])]));
    expect(step).toMatchObject({ kind: 'target', target: { host: '::1', port: 80 } });
  });

  test('accepts any user and password where the client insists', () => {
    const signIn = Buffer.from([5, 1, 2, 1, 3, 98, 111, 98, 2, 112, 119]);
    const step = atEveryCut(5, Buffer.concat([signIn, Buffer.from([5, 1, 0, 1, 1, 2, 3, 4, 0, 80])]));
    expect(step).toMatchObject({
      kind: 'target',
      target: { host: '1.2.3.4' },
      replies: [Buffer.from([5, 2]), Buffer.from([1, 0])],
    });
  });

  test('prefers no signing in', () => {
    expect(new SocksPreamble(5).push(Buffer.from([5, 2, 2, 0])).replies).toEqual([Buffer.from([5, 0])]);
  });

  test('refuses other ways of signing in, other commands and unknown kinds of address with their codes', () => {
    expect(new SocksPreamble(5).push(Buffer.from([5, 1, 1]))).toMatchObject({ kind: 'refuse', answer: Buffer.from([5, 0xff]) });
    const bind = new SocksPreamble(5).push(Buffer.concat([greeting, Buffer.from([5, 2, 0, 1, 1, 2, 3, 4, 0, 80])]));
    expect(bind.kind === 'refuse' && bind.answer[1]).toBe(7);
    const kind = new SocksPreamble(5).push(Buffer.concat([greeting, Buffer.from([5, 1, 0, 9, 1, 2, 3, 4, 0, 80])]));
    expect(kind.kind === 'refuse' && kind.answer[1]).toBe(8);
  });

  test('tells why a target was not reached (RFC 1928 6)', () => {
    const socks = new SocksPreamble(5);
    expect(socks.granted()[1]).toBe(0);
    expect(socks.refused('upstream-refused')[1]).toBe(5);
    expect(socks.refused('upstream-unreachable')[1]).toBe(3);
    expect(socks.refused('upstream-name-not-found')[1]).toBe(4);
    expect(socks.refused('proxy-loop')[1]).toBe(2);
    expect(socks.refused('upstream-reset')[1]).toBe(1);
  });
});

describe('SOCKS4', () => {
  test('takes an address and a user', () => {
    const step = atEveryCut(4, Buffer.concat([Buffer.from([4, 1, 0, 80, 10, 0, 0, 7]), Buffer.from('bob\0rest')]));
    expect(step).toMatchObject({ kind: 'target', target: { host: '10.0.0.7', port: 80 }, rest: Buffer.from('rest') });
  });

  test('takes a name (4a)', () => {
    const step = atEveryCut(4, Buffer.concat([Buffer.from([4, 1, 1, 187, 0, 0, 0, 1]), Buffer.from('\0example.com\0')]));
    expect(step).toMatchObject({ kind: 'target', target: { host: 'example.com', port: 443 } });
  });

  test('refuses BIND', () => {
    expect(new SocksPreamble(4).push(Buffer.from([4, 2, 0, 80, 1, 2, 3, 4, 0]))).toMatchObject({
      kind: 'refuse',
      answer: Buffer.from([0, 0x5b, 0, 0, 0, 0, 0, 0]),
    });
  });
});
