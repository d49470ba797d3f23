import net from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type Observe, replayPair } from '../../proxy-core/replay/replay.ts';
import type { ConnectionInfo, FailureCode } from '../../proxy-core/rrpair/pair.ts';
import { record } from '../export/records.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Server {
  port: number;
  received: () => Buffer;
  /** What had come when it answered. */
  firstSegment: () => string;
}

/** A server that keeps what it is sent and answers with fixed bytes once a request seems complete. */
async function server(answer: string, respondWhen: (bytes: Buffer) => boolean, reset = false): Promise<Server> {
  let bytes = Buffer.alloc(0);
  let before = '';
  const sockets = new Set<net.Socket>();
  const listening = net.createServer((socket) => {
    sockets.add(socket);
    let answered = false;
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (answered || !respondWhen(bytes)) return;
      answered = true;
      before = bytes.toString('latin1');
      if (reset) socket.resetAndDestroy();
      else socket.write(answer, 'latin1');
    });
  });
  await new Promise<void>((resolve) => {
    listening.listen(0, '127.0.0.1', resolve);
  });
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      listening.close(resolve);
    });
  });
  return { port: (listening.address() as net.AddressInfo).port, received: () => bytes, firstSegment: () => before };
}

interface Seen {
  connection: ConnectionInfo | null;
  replayOf: number;
  requestHead: string;
  responseHead: string;
  responseBody: string;
  failure: FailureCode | null;
  ended: boolean;
}

function observer(): { observe: Observe; seen: Seen } {
  const seen: Seen = {
    connection: null,
    replayOf: 0,
    requestHead: '',
    responseHead: '',
    responseBody: '',
    failure: null,
    ended: false,
  };
  const observe: Observe = (connection, { replayOf, onPair }) => {
    seen.connection = connection;
    seen.replayOf = replayOf;
    return {
      exchangeStarted: () => {
        onPair(42);
        return {
          requestHead: (bytes) => {
            seen.requestHead += bytes.toString('latin1');
          },
          requestBody: () => undefined,
          requestEnded: () => undefined,
          responseStarted: () => undefined,
          streams: () => undefined,
          context: () => undefined,
          responseHead: (bytes) => {
            seen.responseHead += bytes.toString('latin1');
          },
          responseBody: (bytes) => {
            seen.responseBody += bytes.toString('latin1');
          },
          responseEnded: () => {
            seen.ended = true;
          },
          failed: (code) => {
            seen.failure = code;
          },
        };
      },
    };
  };
  return { observe, seen };
}

const head = 'POST /orders?x=1 HTTP/1.1\r\nhOST: shop.example\r\nX-Dup: 1\r\nx-dup: 2\r\nTransfer-Encoding: chunked\r\n\r\n';
const body = Buffer.from('3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nTrailer-X: y\r\n\r\n');
const whole = (bytes: Buffer): boolean => bytes.includes('Trailer-X: y\r\n\r\n');
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';

describe('replayPair', () => {
  test('sends the same bytes to the same place and records the answer, linked to the original', async () => {
    const { port, received } = await server(ok, whole);
    const { observe, seen } = observer();
    expect(await replayPair(record(port, head, body), {}, observe)).toEqual({ id: 42 });
    expect(received().toString('latin1')).toBe(head + body.toString('latin1'));
    expect(seen).toMatchObject({ replayOf: 7, requestHead: head, responseBody: 'hi', failure: null, ended: true });
    expect(seen.connection).toMatchObject({
      source: 'replay',
      entry: 'replay',
      protocol: 'http',
      upstreamPort: port,
      upstreamAddress: '127.0.0.1',
    });
  });

  test('goes elsewhere when told, and the Host field follows', async () => {
    const { port, received } = await server(ok, whole);
    const { observe } = observer();
    await replayPair(record(1, head, body), { to: `http://localhost:${String(port)}` }, observe);
    expect(received().toString('latin1')).toBe(head.replace('shop.example', `localhost:${String(port)}`) + body.toString('latin1'));
  });

  test('waits for an answer to Expect: 100-continue before it sends the body', async () => {
    const expecting = 'POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n';
    const { port, received, firstSegment } = await server('HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n', (bytes) =>
      bytes.includes('\r\n\r\n'),
    );
    const { observe, seen } = observer();
    await replayPair(record(port, expecting, Buffer.from('hello')), {}, observe);
    expect(seen.responseHead).toContain('417');
    await expect.poll(() => received().toString()).toBe(`${expecting}hello`);
    expect(firstSegment()).toBe(expecting);
  });

  test('a refused connection and a reset are results, not exceptions', async () => {
    const taken = await server(ok, whole);
    const { observe, seen } = observer();
    for (const close of closers.splice(0)) await close();
    await replayPair(record(taken.port, head, body), {}, observe);
    expect(seen).toMatchObject({ failure: 'upstream-refused', requestHead: head });

    const resetting = await server('', whole, true);
    const second = observer();
    await replayPair(record(resetting.port, head, body), {}, second.observe);
    expect(second.seen.failure).toBe('upstream-reset');
  });

  test('refuses what it cannot send whole, and says why', async () => {
    const { observe } = observer();
    const refused = (change: Parameters<typeof record>[4], requestHead = head): Promise<unknown> =>
      replayPair(record(1, requestHead, body, '', change), {}, observe);
    await expect(refused({ summary: { command: 'CONNECTION', location: 'x', status: 'closed' } }, '')).rejects.toMatchObject({
      code: 'pair-not-replayable',
    });
    await expect(
      refused({
        request: {
          head: Buffer.from(head),
          body: body.subarray(0, 4),
          wireBytes: body.length,
          payloadBytes: 5,
          truncated: true,
          crc32: 1,
        },
      }),
    ).rejects.toThrow(/larger than what is kept/);
    await expect(refused({ timing: { requestEnd: -1, responseStart: -1, responseEnd: -1 } })).rejects.toThrow(/never finished/);
    await expect(refused({}, 'CONNECT a:443 HTTP/1.1\r\n\r\n')).rejects.toThrow(/CONNECT/);
    await expect(replayPair(record(1, head, body), { to: 'ftp://x' }, observe)).rejects.toMatchObject({ code: 'bad-usage' });
  });
});
