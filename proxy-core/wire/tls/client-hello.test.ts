import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { describe, expect, test } from 'vitest';
import { limits } from '../../limits.ts';
import { type ClientHello, readClientHello } from './client-hello.ts';
import { hellos } from './testing/hellos.ts';

function read(bytes: Uint8Array): ClientHello {
  const hello = readClientHello(bytes);
  if (typeof hello === 'string') throw new Error(`read as ${hello}`);
  return hello;
}

/** Puts the handshake message into records of at most `size` bytes. */
function inRecords(bytes: Buffer, size: number): Buffer {
  const message = bytes.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const fragment = message.subarray(at, at + size);
    records.push(Buffer.of(22, 3, 1, fragment.length >> 8, fragment.length & 255), fragment);
  }
  return Buffer.concat(records);
}

/** What Node's TLS says first, with these options. */
async function nodeHello(options: tls.ConnectionOptions): Promise<Buffer> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connected = once(server, 'connection') as Promise<[net.Socket]>;
  const client = tls.connect({ ...options, host: '127.0.0.1', port: (server.address() as net.AddressInfo).port });
  client.on('error', () => {
    // The server below hangs up in the middle of the handshake.
  });
  const [socket] = await connected;
  let bytes = Buffer.alloc(0);
  for await (const piece of socket as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, piece]);
    if (readClientHello(bytes) !== 'more') break;
  }
  client.destroy();
  server.close();
  return bytes;
}

describe('hellos of real clients', () => {
  const both = ['TLSv1.3', 'TLSv1.2'];
  const h2 = ['h2', 'http/1.1'];
  test.each<[keyof typeof hellos, Partial<ClientHello>]>([
    ['curl', { serverName: 'curl.test', alpn: h2, versions: [...both, 'TLSv1.1', 'TLSv1'] }],
    ['curlIp', { serverName: '', alpn: h2 }],
    ['opensslTls12', { serverName: '', alpn: [], versions: ['TLSv1.2'] }],
    ['wget', { serverName: 'localhost', alpn: [], versions: [...both, 'TLSv1.1', 'TLSv1'] }],
    ['python', { serverName: 'localhost', alpn: [], versions: both }],
    ['java', { serverName: 'localhost', alpn: h2, versions: both }],
    ['chromium1', { serverName: 'chromium.test', alpn: h2, versions: both }],
  ])('%s', (name, expected) => {
    expect(read(hellos[name])).toMatchObject(expected);
  });

  test('tell runtimes apart, and one runtime from call to call not', () => {
    const prints = (['curl', 'opensslTls12', 'wget', 'python', 'java', 'chromium1'] as const).map(
      (name) => read(hellos[name]).fingerprint,
    );
    expect(new Set(prints).size).toBe(prints.length);
    expect(read(hellos.curlIp).fingerprint).toBe(read(hellos.curl).fingerprint);
    expect(read(hellos.chromium2).fingerprint).toBe(read(hellos.chromium1).fingerprint);
    for (const print of prints) expect(print).toMatch(/^[0-9a-f]{16}$/);
  });

  test('Node’s, whatever it asks for', async () => {
    const plain = read(await nodeHello({}));
    expect(plain).toMatchObject({ serverName: '', alpn: [], versions: ['TLSv1.3', 'TLSv1.2'] });
    const named = read(await nodeHello({ servername: 'node.test', ALPNProtocols: ['h2', 'http/1.1', 'x'] }));
    expect(named).toMatchObject({ serverName: 'node.test', alpn: ['h2', 'http/1.1', 'x'], fingerprint: plain.fingerprint });
    const old = read(await nodeHello({ maxVersion: 'TLSv1.2', servername: 'node.test' }));
    expect(old.versions).toEqual(['TLSv1.2']);
    expect(old.fingerprint).not.toBe(plain.fingerprint);
  });
});

describe('cut and split', () => {
  test('more is asked for until the last byte', () => {
    for (const bytes of [hellos.curl, hellos.chromium1]) {
      for (let length = 0; length < bytes.length; length++) expect(readClientHello(bytes.subarray(0, length))).toBe('more');
      expect(read(Buffer.concat([bytes, Buffer.from('what the client sends early')]))).toEqual(read(bytes));
    }
  });

  test('a hello in several records', () => {
    for (const size of [1, 2, 3, 4, 5, 100, 511]) {
      const split = inRecords(hellos.curl, size);
      expect(read(split)).toEqual(read(hellos.curl));
      for (let length = 0; length < split.length; length += 7) expect(readClientHello(split.subarray(0, length))).toBe('more');
    }
  });

  test('a hello longer than is sniffed is not waited for', () => {
    const tooLong = Buffer.of(22, 3, 1, 0x40, 0, 1, 0, (limits.sniffBytes >> 8) & 255, 0);
    expect(readClientHello(tooLong)).toBe('not-tls');
    const neverComplete = Buffer.concat([Buffer.of(22, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc), Buffer.alloc(limits.sniffBytes - 10)]);
    expect(readClientHello(neverComplete)).toBe('more');
    expect(readClientHello(Buffer.concat([neverComplete, Buffer.alloc(1)]))).toBe('not-tls');
  });
});

describe('what is no ClientHello', () => {
  test.each<[string, Buffer]>([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n')],
    ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
    ['a Postgres SSLRequest', Buffer.from('0000000804d2162f', 'hex')],
    ['SSL 2', Buffer.from('802e0100020015', 'hex')],
    ['a TLS alert', Buffer.from('15030300020228', 'hex')],
    ['a ServerHello', Buffer.from('160303007a02000076', 'hex')],
    ['an empty record', Buffer.from('1603010000', 'hex')],
    ['a record longer than there are', Buffer.from('160301400101', 'hex')],
    [
      'another record in the middle',
      Buffer.concat([inRecords(hellos.curl, 100).subarray(0, 105), Buffer.from('15030300020228', 'hex')]),
    ],
    ['a major version of 4', Buffer.from('160400', 'hex')],
  ])('%s', (_name, bytes) => {
    expect(readClientHello(bytes)).toBe('not-tls');
  });

  test('lengths that contradict each other', () => {
    // The session id, the cipher suites and the extensions each claim more than there is.
    for (const at of [43, 76, 76 + 2 + 62 + 2 + 1]) {
      const bytes = Buffer.from(hellos.curl);
      bytes[at] = 0xff;
      expect(readClientHello(bytes), `byte ${at}`).toBe('not-tls');
    }
  });

  test('any byte changed: never a throw', () => {
    for (let at = 0; at < hellos.chromium1.length; at++) {
      for (const value of [0, 1, 0x7f, 0xff]) {
        const bytes = Buffer.from(hellos.chromium1);
        bytes[at] = value;
        expect(['object', 'string']).toContain(typeof readClientHello(bytes));
      }
    }
  });
});
