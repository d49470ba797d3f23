import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectTo, type RawOrigin, type RawPeer, startOrigin, startProxy, type TestProxy } from './harness.ts';

let proxy: TestProxy;
let origin: RawOrigin;
const clients: RawPeer[] = [];

beforeAll(async () => {
  proxy = await startProxy();
  origin = await startOrigin();
});

afterEach(() => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  for (const { socket } of origin.connections.splice(0)) socket.destroy();
  proxy.exchanges.splice(0);
});

afterAll(async () => {
  await proxy.close();
  await origin.close();
});

async function client(): Promise<RawPeer> {
  const peer = await connectTo(proxy.port);
  clients.push(peer);
  return peer;
}

const at = (text: string): string => text.replaceAll('PLACE', origin.host);

interface Passed {
  atOrigin: string;
  atClient: string;
  peer: RawPeer;
  server: RawPeer;
}

/** One exchange: what the origin received, and what the client received. `until` is the end of the request. */
async function exchange(request: string, response: string, until = '\r\n\r\n'): Promise<Passed> {
  const peer = await client();
  peer.send(at(request));
  const server = await origin.connection(0);
  await server.untilText(until);
  server.send(response);
  await peer.until((one) => one.received.length >= response.length);
  return { atOrigin: server.text, atClient: peer.text, peer, server };
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';

/** The fields of a head that reached the origin. */
async function fieldsSent(fields: string, target = 'http://PLACE/', method = 'GET'): Promise<string> {
  const { atOrigin } = await exchange(`${method} ${target} HTTP/1.1\r\n${fields}\r\n`, ok);
  return atOrigin.slice(atOrigin.indexOf('\r\n') + 2, -2).replaceAll(origin.host, 'PLACE');
}

async function lineSent(line: string): Promise<string> {
  const { atOrigin } = await exchange(`${line}\r\nHost: PLACE\r\n\r\n`, ok);
  return atOrigin.slice(0, atOrigin.indexOf('\r\n'));
}

describe('the request line', () => {
  it('goes out in origin-form, path and query untouched', async () => {
    expect(await lineSent('GET http://PLACE/a%20b/../c?x=1&y=%2F#f HTTP/1.1')).toBe('GET /a%20b/../c?x=1&y=%2F#f HTTP/1.1');
  });

  it.each([
    ['GET http://PLACE HTTP/1.1', 'GET / HTTP/1.1'],
    ['GET http://PLACE?x=1 HTTP/1.1', 'GET /?x=1 HTTP/1.1'],
    ['OPTIONS http://PLACE HTTP/1.1', 'OPTIONS * HTTP/1.1'],
    ['OPTIONS http://PLACE/ HTTP/1.1', 'OPTIONS / HTTP/1.1'],
    ['GET HTTP://PLACE/x HTTP/1.1', 'GET /x HTTP/1.1'],
    ['GET ws://PLACE/x HTTP/1.1', 'GET /x HTTP/1.1'],
    ['GET http://user:secret@PLACE/x HTTP/1.1', 'GET /x HTTP/1.1'],
    ['GET http://PLACE/x HTTP/1.0', 'GET /x HTTP/1.0'],
    ['PROPFIND http://PLACE/x HTTP/1.1', 'PROPFIND /x HTTP/1.1'],
    // Methods that Node's parser does not know, and characters that it refuses.
    ['BREW http://PLACE/pot HTTP/1.1', 'BREW /pot HTTP/1.1'],
    ['get http://PLACE/x HTTP/1.1', 'get /x HTTP/1.1'],
    ['GET http://PLACE/\xe9|"<> HTTP/1.1', 'GET /\xe9|"<> HTTP/1.1'],
    ['GET http://PLACE/a b HTTP/1.1', 'GET /a b HTTP/1.1'],
  ])('%s becomes %s', async (sent, expected) => {
    expect(await lineSent(sent)).toBe(expected);
  });
});

describe('the fields of a request', () => {
  it('keep case, order, duplicates, white space and odd bytes', async () => {
    const fields =
      'hOsT: PLACE\r\nX-One:1\r\nx-one:  2\t\r\nX-ONE: 3\r\nCookie: a=1\r\nCookie: b=2\r\nX-Latin: \xe9\xff\r\nX-Control: a\x01b\r\nX-Empty:\r\nX Space: 1\r\nX-Fold: a\r\n  b\r\n';
    expect(await fieldsSent(fields)).toBe(fields);
  });

  it('lose what ends at a proxy, and nothing else', async () => {
    const fields = await fieldsSent(
      'Host: PLACE\r\nProxy-Connection: keep-alive\r\nA: 1\r\nProxy-Authorization: Basic eDp5\r\nKeep-Alive: timeout=5\r\nConnection: X-Mine, x-other\r\nX-Mine: 1\r\nB: 2\r\nX-OTHER: 2\r\nx-mine: 3\r\nAuthorization: Basic YTpi\r\n',
    );
    expect(fields).toBe('Host: PLACE\r\nA: 1\r\nB: 2\r\nAuthorization: Basic YTpi\r\n');
  });

  it('keep the connection options that the upstream connection shares with the client’s', async () => {
    expect(await fieldsSent('Host: PLACE\r\nconnection:  close\r\n')).toBe('Host: PLACE\r\nconnection:  close\r\n');
    origin.connections.splice(0);
    expect(await fieldsSent('Host: PLACE\r\nConnection: X-Mine, Close\r\nX-Mine: 1\r\n')).toBe(
      'Host: PLACE\r\nConnection: close\r\n',
    );
  });

  it('keep TE only as far as it asks for trailers, which pass', async () => {
    expect(await fieldsSent('Host: PLACE\r\nTE: gzip;q=1, trailers\r\nConnection: TE\r\n')).toBe(
      'Host: PLACE\r\nTE: trailers\r\nConnection: TE\r\n',
    );
    origin.connections.splice(0);
    expect(await fieldsSent('Host: PLACE\r\nTE: gzip\r\nConnection: TE\r\n')).toBe('Host: PLACE\r\n');
  });

  it('cannot be made to lose their framing or Host by a Connection field', async () => {
    const { atOrigin } = await exchange(
      'POST http://PLACE/ HTTP/1.1\r\nHost: PLACE\r\nConnection: Content-Length, Host\r\nContent-Length: 2\r\n\r\nab',
      ok,
      '\r\n\r\nab',
    );
    expect(atOrigin).toBe(at('POST / HTTP/1.1\r\nHost: PLACE\r\nContent-Length: 2\r\n\r\nab'));
  });

  it.each([
    ['the target wins over another Host', 'A: 1\r\nhost: elsewhere.test\r\nB: 2\r\n', 'A: 1\r\nhost: PLACE\r\nB: 2\r\n'],
    ['a missing Host is added', 'A: 1\r\n', 'Host: PLACE\r\nA: 1\r\n'],
    ['of two Hosts one remains', 'Host: PLACE\r\nA: 1\r\nHost: other\r\n', 'Host: PLACE\r\nA: 1\r\n'],
  ])('%s', async (_name, sent, expected) => {
    expect(await fieldsSent(sent)).toBe(expected);
  });

  it('keep Host as sent where it only differs in case', async () => {
    const { port } = origin;
    const { atOrigin } = await exchange(`GET http://localhost:${port}/ HTTP/1.1\r\nHost: LocalHost:${port}\r\n\r\n`, ok);
    expect(atOrigin).toContain(`\r\nHost: LocalHost:${port}\r\n`);
  });
});

describe('request bodies', () => {
  it('pass with their chunk boundaries, extensions and trailers', async () => {
    const body = '3;ext=1\r\nabc\r\n000A\r\n0123456789\r\n0\r\nX-Sum: 1\r\nx-SUM: 2\r\n\r\n';
    const head = 'Host: PLACE\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n';
    const { atOrigin } = await exchange(`POST http://PLACE/up HTTP/1.1\r\n${head}${body}`, ok, 'x-SUM: 2\r\n\r\n');
    expect(atOrigin).toBe(at(`POST /up HTTP/1.1\r\n${head}${body}`));
  });

  it('pass however the bytes are cut', async () => {
    const body = '3\r\nabc\r\n0\r\nT: 1\r\n\r\n';
    const text = at(`POST http://PLACE/up HTTP/1.1\r\nHost: PLACE\r\nTransfer-Encoding: chunked\r\n\r\n${body}`);
    const second = at('GET http://PLACE/second HTTP/1.1\r\nHost: PLACE\r\n\r\n');
    const peer = await client();
    for (const char of text + second) {
      peer.socket.write(Buffer.from(char, 'latin1'));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const server = await origin.connection(0);
    await server.untilText('T: 1\r\n\r\n');
    expect(server.take()).toBe(at(`POST /up HTTP/1.1\r\nHost: PLACE\r\nTransfer-Encoding: chunked\r\n\r\n${body}`));
    for (const char of ok) {
      server.send(char);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await peer.untilText(ok);
    await server.untilText('\r\n\r\n');
    expect(server.text).toBe(at('GET /second HTTP/1.1\r\nHost: PLACE\r\n\r\n'));
  });

  it('wait for the 100 of the origin, not for one of ours', async () => {
    const peer = await client();
    peer.send(at('PUT http://PLACE/ HTTP/1.1\r\nHost: PLACE\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n'));
    const server = await origin.connection(0);
    await server.untilText('\r\n\r\n');
    expect(server.text).toContain('\r\nExpect: 100-continue\r\n');
    expect(peer.text).toBe('');
    server.send('HTTP/1.1 100 Go on\r\n\r\n');
    await peer.untilText('HTTP/1.1 100 Go on\r\n\r\n');
    peer.send('body');
    await server.untilText('\r\n\r\nbody');
    server.send(ok);
    await peer.untilText('hi');
    expect(peer.text).toBe(`HTTP/1.1 100 Go on\r\n\r\n${ok}`);
  });

  it('with an unknown expectation are the origin’s business', async () => {
    const refusal = 'HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n';
    const { atClient } = await exchange(
      'PUT http://PLACE/ HTTP/1.1\r\nHost: PLACE\r\nExpect: tea\r\nContent-Length: 0\r\n\r\n',
      refusal,
    );
    expect(atClient).toBe(refusal);
  });

  it('of ambiguous length pass as raw bytes', async () => {
    const head = 'Host: PLACE\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n';
    const { atOrigin, peer, server } = await exchange(`POST http://PLACE/ HTTP/1.1\r\n${head}0\r\n\r\nxyz`, ok, 'xyz');
    expect(atOrigin).toBe(at(`POST / HTTP/1.1\r\n${head}0\r\n\r\nxyz`));
    peer.send('\0more');
    await server.untilText('\0more');
    expect(proxy.exchanges.map((one) => one.failure)).toEqual(['ambiguous-framing']);
  });
});

describe('responses', () => {
  it.each([
    [
      'odd reason phrase, case, order, duplicates',
      'HTTP/1.1 200 All  Right\r\ncontent-LENGTH: 2\r\nSet-Cookie: a=1\r\nX-B:2\r\nSet-Cookie: b=2\r\nx-b:  3\r\n\r\nhi',
    ],
    ['no reason phrase', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n'],
    ['no Date, no Connection, nothing added', ok],
    [
      'chunks, extensions, trailers',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n1;a=b\r\nx\r\n2\r\nyz\r\n0\r\nX-T: 1\r\nx-t: 2\r\n\r\n',
    ],
    ['204', 'HTTP/1.1 204 No Content\r\nX: 1\r\n\r\n'],
    ['304 with a length', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\nETag: "x"\r\n\r\n'],
    ['103, then 200', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nlink: </b>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    [
      'hop-by-hop fields of the origin',
      'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n',
    ],
    ['latin-1 and control characters', 'HTTP/1.1 200 \xe9\r\nX: \xff\x01\r\nContent-Length: 0\r\n\r\n'],
  ])('pass byte for byte: %s', async (_name, response) => {
    const { atClient, peer, server } = await exchange('GET http://PLACE/1 HTTP/1.1\r\nHost: PLACE\r\n\r\n', response);
    expect(atClient).toBe(response);
    // The end was understood: the next request goes over the same connections.
    peer.take();
    server.take();
    peer.send(at('GET http://PLACE/2 HTTP/1.1\r\nHost: PLACE\r\n\r\n'));
    await server.untilText('/2 HTTP/1.1');
    server.send(ok);
    await peer.untilText('hi');
    expect(peer.text).toBe(ok);
    expect(proxy.exchanges.map((one) => [one.ended, one.failure])).toEqual([
      [true, null],
      [true, null],
    ]);
    expect(proxy.exchanges[0]?.response).toBe(response);
  });

  it('to HEAD keep their Content-Length and have no body', async () => {
    const response = 'HTTP/1.1 200 OK\r\nContent-Length: 1234567\r\n\r\n';
    const { atClient, peer, server } = await exchange('HEAD http://PLACE/ HTTP/1.1\r\nHost: PLACE\r\n\r\n', response);
    expect(atClient).toBe(response);
    peer.send(at('GET http://PLACE/next HTTP/1.1\r\nHost: PLACE\r\n\r\n'));
    await server.untilText('/next');
  });

  it('that end with the connection end with the client’s', async () => {
    const { peer, server } = await exchange('GET http://PLACE/ HTTP/1.1\r\nHost: PLACE\r\n\r\n', 'HTTP/1.0 200 OK\r\n\r\npart');
    expect(peer.ended).toBe(false);
    server.send(' two');
    server.socket.end();
    await peer.untilEnd();
    expect(peer.text).toBe('HTTP/1.0 200 OK\r\n\r\npart two');
    expect(proxy.exchanges.map((one) => [one.ended, one.failure])).toEqual([[true, null]]);
  });

  it('that say close close the client’s connection', async () => {
    const response = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi';
    const { peer } = await exchange('GET http://PLACE/ HTTP/1.1\r\nHost: PLACE\r\n\r\n', response);
    await peer.untilEnd();
    expect(peer.text).toBe(response);
  });

  it('that are not HTTP pass as they are', async () => {
    const { atClient, peer, server } = await exchange(
      'GET http://PLACE/radio HTTP/1.1\r\nHost: PLACE\r\n\r\n',
      'ICY 200 OK\r\nicy-name: x\r\n\r\n\0\x01',
    );
    expect(atClient).toBe('ICY 200 OK\r\nicy-name: x\r\n\r\n\0\x01');
    server.send('more');
    await peer.untilText('more');
  });

  it('of ambiguous length pass as they are', async () => {
    const response = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde';
    const { atClient } = await exchange('GET http://PLACE/ HTTP/1.1\r\nHost: PLACE\r\n\r\n', response);
    expect(atClient).toBe(response);
  });
});

describe('connections', () => {
  it('carry pipelined requests, one after the other', async () => {
    const peer = await client();
    const requests = [1, 2, 3].map((n) => at(`POST http://PLACE/${n} HTTP/1.1\r\nHost: PLACE\r\nContent-Length: 1\r\n\r\n${n}`));
    peer.send(requests.join(''));
    const server = await origin.connection(0);
    for (const n of [1, 2, 3]) {
      await server.untilText(`\r\n\r\n${n}`);
      expect(server.take()).toBe(at(`POST /${n} HTTP/1.1\r\nHost: PLACE\r\nContent-Length: 1\r\n\r\n${n}`));
      server.send(`HTTP/1.1 20${n} OK\r\nContent-Length: 0\r\n\r\n`);
      await peer.untilText(`20${n} OK`);
    }
    expect(origin.connections).toHaveLength(1);
  });

  it('switch protocols after 101, both ways', async () => {
    const head =
      'Host: PLACE\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nProxy-Connection: keep-alive\r\n\r\n';
    const response = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
    const { atOrigin, peer, server } = await exchange(`GET http://PLACE/ws HTTP/1.1\r\n${head}`, `${response}\x81\x02hi`);
    expect(atOrigin).toBe(at(`GET /ws HTTP/1.1\r\n${head.replace('Proxy-Connection: keep-alive\r\n', '')}`));
    peer.send('\x81\x82abcd\0\r\n\r\nGET http://x/ HTTP/1.1\r\n\r\n');
    await server.untilText('GET http://x/ HTTP/1.1\r\n\r\n');
    server.send('\x88\0');
    await peer.untilText('\x88\0');
    expect(peer.text).toBe(`${response}\x81\x02hi\x88\0`);
    server.socket.end();
    await peer.untilEnd();
    peer.socket.end();
    await server.untilEnd();
  });

  it('pass a client’s half-close, and still bring the answer', async () => {
    const peer = await client();
    peer.send(at('GET http://PLACE/ HTTP/1.1\r\nHost: PLACE\r\n\r\n'));
    peer.socket.end();
    const server = await origin.connection(0);
    await server.untilEnd();
    server.send(ok);
    await peer.untilText('hi');
    await peer.untilEnd();
    expect(peer.text).toBe(ok);
  });

  it('bring an early answer while the request still goes out', async () => {
    const peer = await client();
    peer.send(at('POST http://PLACE/ HTTP/1.1\r\nHost: PLACE\r\nContent-Length: 10\r\n\r\n12345'));
    const server = await origin.connection(0);
    await server.untilText('12345');
    server.send('HTTP/1.1 413 Too Much\r\nContent-Length: 0\r\n\r\n');
    await peer.untilText('413');
    peer.send('67890');
    await server.untilText('1234567890');
    server.take();
    peer.send(at('GET http://PLACE/next HTTP/1.1\r\nHost: PLACE\r\n\r\n'));
    await server.untilText('/next');
  });

  it('reach several origins from one client connection, and keep them', async () => {
    const other = await startOrigin();
    try {
      const peer = await client();
      for (const [place, index] of [
        [origin, 0],
        [other, 0],
        [origin, 0],
        [other, 0],
      ] as const) {
        peer.take();
        peer.send(`GET http://${place.host}/ HTTP/1.1\r\nHost: ${place.host}\r\n\r\n`);
        const server = await place.connection(index);
        await server.untilText('\r\n\r\n');
        server.take();
        server.send(ok);
        await peer.untilText('hi');
      }
      expect(origin.connections).toHaveLength(1);
      expect(other.connections).toHaveLength(1);
    } finally {
      await other.close();
    }
  });

  it('that an origin closes while idle close for the client too', async () => {
    const { peer, server } = await exchange('GET http://PLACE/ HTTP/1.1\r\nHost: PLACE\r\n\r\n', ok);
    server.socket.end();
    await peer.untilEnd();
  });
});

it('records what went to the origin and what came back', async () => {
  await exchange('GET http://PLACE/rec HTTP/1.1\r\nHost: PLACE\r\nProxy-Connection: keep-alive\r\n\r\n', ok);
  expect(proxy.exchanges).toEqual([
    {
      target: { host: '127.0.0.1', port: origin.port },
      request: at('GET /rec HTTP/1.1\r\nHost: PLACE\r\n\r\n'),
      response: ok,
      ended: true,
      failure: null,
    },
  ]);
});
