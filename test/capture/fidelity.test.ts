import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  cleanUp,
  connectThrough,
  makeCertificates,
  open,
  read,
  readAll,
  requestLine,
  secure,
  socks4Through,
  socks5Through,
  startServer,
  startTestCapture,
  startTlsServer,
  type TestCapture,
} from './support.ts';

/** Both ends of a captured connection. */
interface Ends {
  client: Socket;
  server: Socket;
  capture: TestCapture;
}

interface Way {
  name: string;
  open(): Promise<Ends>;
}

let certificates: Awaited<ReturnType<typeof makeCertificates>>;

beforeAll(async () => {
  certificates = await makeCertificates();
  return cleanUp;
});
afterEach(cleanUp);

/** A server whose connections are handed to the test. */
async function plainServer(): Promise<{ port: number; accepted: Promise<Socket> }> {
  const { promise, resolve } = Promise.withResolvers<Socket>();
  const { port } = await startServer(resolve);
  return { port, accepted: promise };
}

async function tlsServer(): Promise<{ port: number; accepted: Promise<Socket> }> {
  const { promise, resolve } = Promise.withResolvers<Socket>();
  const { port } = await startTlsServer({ key: certificates.key, cert: certificates.cert, ALPNProtocols: ['http/1.1'] }, resolve);
  return { port, accepted: promise };
}

async function through(dial: (capture: TestCapture, port: number) => Promise<Socket>): Promise<Ends> {
  const { port, accepted } = await plainServer();
  const capture = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port } });
  const client = await dial(capture, port);
  return { client, server: await accepted, capture };
}

async function throughTls(
  dial: (capture: TestCapture, port: number) => Promise<Socket>,
  maxVersion: 'TLSv1.2' | 'TLSv1.3',
): Promise<Ends> {
  const { port, accepted } = await tlsServer();
  const capture = await startTestCapture({ extraCaPem: [certificates.ca] });
  const options = { ca: capture.authority.pem, servername: 'localhost', ALPNProtocols: ['http/1.1'], maxVersion };
  const client = await secure(await dial(capture, port), options);
  return { client, server: await accepted, capture };
}

const plainWays: Way[] = [
  { name: 'reverse', open: () => through((capture) => open(capture.inPort)) },
  { name: 'CONNECT', open: () => through((capture, port) => connectThrough(capture.outPort, '127.0.0.1', port)) },
  { name: 'SOCKS5', open: () => through((capture, port) => socks5Through(capture.outPort, 'localhost', port)) },
  { name: 'SOCKS4', open: () => through((capture, port) => socks4Through(capture.outPort, port)) },
];

const tlsWays: Way[] = [
  {
    name: 'CONNECT with TLS 1.3',
    open: () => throughTls((capture, port) => connectThrough(capture.outPort, 'localhost', port), 'TLSv1.3'),
  },
  {
    name: 'SOCKS5 with TLS 1.2',
    open: () => throughTls((capture, port) => socks5Through(capture.outPort, 'localhost', port), 'TLSv1.2'),
  },
  {
    name: 'reverse with TLS to a plain application',
    open: async () => {
      const { port, accepted } = await plainServer();
      const capture = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port } });
      const client = await secure(await open(capture.inPort), { ca: capture.authority.pem, servername: 'localhost' });
      return { client, server: await accepted, capture };
    },
  },
  {
    name: 'reverse to an https application',
    open: async () => {
      const { port, accepted } = await tlsServer();
      const capture = await startTestCapture({ app: { tls: true, host: 'localhost', port }, extraCaPem: [certificates.ca] });
      return { client: await open(capture.inPort), server: await accepted, capture };
    },
  },
];

type Step = ['client' | 'server', string | Buffer] | ['client' | 'server', 'FIN', true];

interface Dialogue {
  name: string;
  steps: Step[];
  /** Request lines of the pairs that must be recorded. */
  recorded: string[];
}

const crlf = (...lines: string[]): string => lines.map((line) => `${line}\r\n`).join('');

const dialogues: Dialogue[] = [
  {
    name: 'pipelined requests',
    steps: [
      [
        'client',
        crlf('GET /1 HTTP/1.1', 'Host: a', '') + crlf('GET /2 HTTP/1.1', 'Host: a', '') + crlf('GET /3 HTTP/1.1', 'Host: a', ''),
      ],
      ['server', crlf('HTTP/1.1 200 OK', 'Content-Length: 1', '') + '1' + crlf('HTTP/1.1 204 No Content', '')],
      ['server', crlf('HTTP/1.1 200 OK', 'Content-Length: 1', '') + '3'],
    ],
    recorded: ['GET /1 HTTP/1.1', 'GET /2 HTTP/1.1', 'GET /3 HTTP/1.1'],
  },
  {
    name: 'chunks with extensions and trailers, both ways',
    steps: [
      [
        'client',
        crlf('POST /c HTTP/1.1', 'Host: a', 'tRaNsFeR-eNcOdInG: Chunked', 'Trailer: X-Sum', '') +
          crlf('5;ext="a;b"', 'hello', '00A', '0123456789', '0', 'X-Sum: 1', 'x-sum: 2', ''),
      ],
      ['server', crlf('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '') + crlf('1 ; x', 'y', '000', 'Trailing: t', '')],
    ],
    recorded: ['POST /c HTTP/1.1'],
  },
  {
    name: '100-continue and 103',
    steps: [
      ['client', crlf('PUT /e HTTP/1.1', 'Host: a', 'Expect: 100-continue', 'Content-Length: 4', '')],
      ['server', crlf('HTTP/1.1 100 Continue', '')],
      ['client', 'body'],
      ['server', crlf('HTTP/1.1 103 Early Hints', 'Link: </x>', '')],
      ['server', crlf('HTTP/1.1 201 Created', 'Content-Length: 0', '')],
    ],
    recorded: ['PUT /e HTTP/1.1'],
  },
  {
    name: 'HEAD, 204 and 304',
    steps: [
      ['client', crlf('HEAD /h HTTP/1.1', 'Host: a', '')],
      ['server', crlf('HTTP/1.1 200 OK', 'Content-Length: 1000', '')],
      ['client', crlf('GET /n HTTP/1.1', 'Host: a', '')],
      ['server', crlf('HTTP/1.1 204 No Content', '')],
      ['client', crlf('GET /m HTTP/1.1', 'Host: a', 'If-None-Match: "x"', '')],
      ['server', crlf('HTTP/1.1 304 Not Modified', 'Content-Length: 77', '')],
    ],
    recorded: ['HEAD /h HTTP/1.1', 'GET /n HTTP/1.1', 'GET /m HTTP/1.1'],
  },
  {
    name: 'HTTP/1.0 with a body that ends with the connection',
    steps: [
      ['client', crlf('GET /old HTTP/1.0', '')],
      ['server', `${crlf('HTTP/1.0 200 OK', 'Server: old', '')}all of it`],
      ['server', ' and more'],
      ['server', 'FIN', true],
      ['client', 'FIN', true],
    ],
    recorded: ['GET /old HTTP/1.0'],
  },
  {
    name: 'a client that half-closes after its request',
    steps: [
      ['client', crlf('POST /half HTTP/1.1', 'Host: a', 'Content-Length: 2', '') + 'ab'],
      ['client', 'FIN', true],
      ['server', crlf('HTTP/1.1 200 OK', 'Connection: close', '')],
      ['server', 'late'],
      ['server', 'FIN', true],
    ],
    recorded: ['POST /half HTTP/1.1'],
  },
  {
    name: 'odd case, duplicates, spaces and unusual bytes in heads',
    steps: [
      [
        'client',
        Buffer.from(
          'GeT /\u00e9?q=%zz|^ HTTP/1.1\r\nhOsT: a\r\nX-A: 1\r\nx-a:2\r\nX-A:   3   \r\nX-Empty:\r\nX-L: caf\u00e9\r\n\r\n',
          'latin1',
        ),
      ],
      [
        'server',
        Buffer.from('HTTP/1.1 299 \u00dcber  gut\r\nSET-cookie: a=1\r\nSet-Cookie: a=1\r\ncontent-LENGTH: 0\r\n\r\n', 'latin1'),
      ],
    ],
    recorded: ['GeT /\u00e9?q=%zz|^ HTTP/1.1'],
  },
  {
    name: 'absolute-form',
    steps: [
      ['client', crlf('GET http://other.example:81/x HTTP/1.1', 'Host: other.example:81', '')],
      ['server', crlf('HTTP/1.1 200 OK', 'Content-Length: 0', '')],
    ],
    recorded: ['GET http://other.example:81/x HTTP/1.1'],
  },
  {
    name: 'an upgrade and what follows it',
    steps: [
      ['client', crlf('GET /ws HTTP/1.1', 'Host: a', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x', '')],
      ['server', crlf('HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', '')],
      ['client', Buffer.from([0x81, 0x85, 1, 2, 3, 4, 5, 6, 7, 8, 9])],
      ['server', Buffer.from([0x81, 5, 72, 101, 108, 108, 111])],
      ['server', Buffer.from([0x88, 0])],
      ['client', Buffer.from([0x88, 0x80, 0, 0, 0, 0])],
    ],
    recorded: ['GET /ws HTTP/1.1'],
  },
  {
    name: 'ambiguous framing',
    steps: [
      ['client', crlf('POST /a HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Content-Length: 5', '') + 'abcde'],
      ['server', crlf('HTTP/1.1 400 Bad Request', 'Content-Length: 0', '')],
      ['client', randomBytes(500)],
      ['server', randomBytes(500)],
    ],
    recorded: ['POST /a HTTP/1.1'],
  },
  {
    name: 'a server that speaks first',
    steps: [
      // Of no protocol that is read.
      ['server', 'Who is there?\r\n'],
      ['client', 'It is me.\r\n'],
      ['server', 'Come in.\r\n'],
      ['client', 'Goodbye.\r\n'],
      ['server', 'FIN', true],
      ['client', 'FIN', true],
    ],
    recorded: [''],
  },
  {
    name: 'bytes that are nothing known',
    steps: [
      ['client', Buffer.concat([Buffer.from([0]), randomBytes(100_000)])],
      ['server', randomBytes(200_000)],
      ['client', randomBytes(1)],
      ['client', 'FIN', true],
      ['server', randomBytes(70_000)],
      ['server', 'FIN', true],
    ],
    recorded: [''],
  },
  {
    name: 'a ClientHello that is none',
    steps: [
      ['client', Buffer.from([0x16, 3, 1, 0, 5, 99, 1, 2, 3, 4])],
      ['server', 'what?'],
    ],
    recorded: [''],
  },
];

async function play({ client, server }: Ends, steps: readonly Step[]): Promise<void> {
  const sides = { client, server };
  for (const [from, bytes] of steps) {
    const other = sides[from === 'client' ? 'server' : 'client'];
    if (bytes === 'FIN') {
      sides[from].end();
      expect(await readAll(other)).toEqual(Buffer.alloc(0));
    } else {
      const sent = Buffer.from(bytes as string);
      sides[from].write(sent);
      expect(await read(other, sent.length)).toEqual(sent);
    }
  }
}

describe.each([...plainWays, ...tlsWays])('$name', (way) => {
  test.each(dialogues)('passes $name byte for byte', async ({ steps, recorded }) => {
    const ends = await way.open();
    await play(ends, steps);
    ends.client.destroy();
    ends.server.destroy();
    for (const line of recorded) {
      const pair = await ends.capture.sink.done((pair) =>
        Buffer.from(requestLine(pair)).equals(Buffer.from(Buffer.from(line, 'latin1').toString())),
      );
      if (line === '') expect(pair.extra.summary?.command).toBe('CONNECTION');
    }
    expect(ends.capture.sink.pairs.size).toBe(recorded.length);
  });

  test('passes large random bytes both ways at once', async () => {
    const { client, server } = await way.open();
    const up = randomBytes(3_000_000);
    const down = randomBytes(3_000_000);
    const received = Promise.all([readAll(server), readAll(client)]);
    client.end(up);
    server.end(down);
    const [atServer, atClient] = await received;
    expect(atServer.equals(up)).toBe(true);
    expect(atClient.equals(down)).toBe(true);
  });

  test('passes a request cut into single bytes', async () => {
    const ends = await way.open();
    const request = crlf('POST /cut HTTP/1.1', 'Host: a', 'Content-Length: 3', '') + 'abc';
    const arrived = read(ends.server, request.length);
    for (const byte of Buffer.from(request)) {
      ends.client.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    expect(String(await arrived)).toBe(request);
    ends.server.write(crlf('HTTP/1.1 200 OK', 'Content-Length: 0', ''));
    const pair = await ends.capture.sink.done();
    expect(String(pair.requestHead) + String(pair.requestBody)).toBe(request);
  });
});

test('a recorded pair holds exactly the bytes that passed', async () => {
  const way = plainWays[0] as Way;
  const ends = await way.open();
  const request = crlf('POST /c HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked', '') + crlf('5;x', 'hello', '0', 'T: 1', '');
  const response = crlf('HTTP/1.1 103 Early Hints', '') + crlf('HTTP/1.1 200 OK', 'Content-Length: 4', '') + 'abcd';
  await play(ends, [
    ['client', request],
    ['server', response],
  ]);
  const pair = await ends.capture.sink.done();
  expect(String(pair.requestHead) + String(pair.requestBody)).toBe(request);
  expect(String(pair.responseHead) + String(pair.responseBody)).toBe(response);
  expect(pair.requestPayloadBytes).toBe(5);
  expect(pair.responsePayloadBytes).toBe(4);
  expect(pair.requestEnd).toBeGreaterThanOrEqual(0);
  expect(pair.responseStart).toBeGreaterThan(0);
  expect(pair.responseEnd).toBeGreaterThanOrEqual(pair.responseStart);
  expect(Math.abs(pair.startedAtMicros / 1000 - Date.now())).toBeLessThan(10_000);
  await once(ends.client.end(), 'finish');
});
