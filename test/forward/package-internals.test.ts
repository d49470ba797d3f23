import { readFileSync } from 'node:fs';
import { Server } from 'node:http';
import { Proxy } from 'http-mitm-proxy';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MitmFront } from '../../proxy-core/capture/forward/mitm-front.ts';

/**
 * The front uses internals of http-mitm-proxy (see mitm-front.ts), and forwards a head itself when the package does not take it, so that
 * nothing would be seen to break after an upgrade. This is where it shows.
 */
describe('http-mitm-proxy', () => {
  it('is the version whose internals were read', () => {
    const manifest: unknown = JSON.parse(
      readFileSync(new URL('../../node_modules/http-mitm-proxy/package.json', import.meta.url), 'utf8'),
    );
    expect(manifest).toMatchObject({ version: '1.1.0' });
  });

  it('has the internals that the front is built on', () => {
    const internals = Object.getOwnPropertyDescriptors(Proxy.prototype);
    expect(internals._onHttpServerRequest.value).toHaveLength(3);
    expect(internals._onHttpServerConnect.value).toHaveLength(3);
    expect(internals._onError.value).toHaveLength(3);
    expect(internals._onSocketError.value).toHaveLength(2);
    expect(new Proxy()).toMatchObject({ onConnectHandlers: [], onRequestHandlers: [], connectRequests: {}, sslServers: {} });
  });
});

function dispatch(head: string): Promise<unknown> {
  return new MitmFront().dispatch(Buffer.from(head, 'latin1'), 'place.test');
}

describe('the front', () => {
  const output = ['log', 'info', 'warn', 'error', 'debug'] as const;
  const spies = output.map((name) => vi.spyOn(console, name));

  afterEach(() => {
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });

  it.each([
    ['GET', 'GET http://place.test/ HTTP/1.1\r\nHost: place.test\r\n\r\n'],
    ['a length', 'POST http://place.test/ HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n'],
    ['chunks', 'POST http://place.test/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['length and chunks', 'POST http://place.test/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n'],
    ['an upgrade', 'GET http://place.test/ HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    ['100-continue', 'PUT http://place.test/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n'],
    ['another expectation', 'PUT http://place.test/ HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 1\r\n\r\n'],
    ['no Host', 'GET http://place.test/ HTTP/1.1\r\n\r\n'],
    ['https without Host', 'GET https://place.test/ HTTP/1.1\r\n\r\n'],
    ['HTTP/1.0', 'GET http://place.test/ HTTP/1.0\r\n\r\n'],
    ['IPv6', 'GET http://[::1]:80/ HTTP/1.1\r\nHost: [::1]:80\r\n\r\n'],
    ['bare LF', 'GET http://place.test/ HTTP/1.1\nHost: a\n\n'],
    ['a folded value', 'GET http://place.test/ HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n'],
    ['a head of 900 KB', `GET http://place.test/ HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(900_000)}\r\n\r\n`],
    ['5,000 fields', `GET http://place.test/ HTTP/1.1\r\nHost: a\r\n${'X: 1\r\n'.repeat(5_000)}\r\n`],
  ])('takes a request with %s through the onRequest hook', async (_name, head) => {
    expect(await dispatch(head)).toEqual({ kind: 'request' });
  });

  it.each(['place.test:443', '[::1]:443', '../../x:443', '127.0.0.1:1'])(
    'takes CONNECT %s through the onConnect hook',
    async (target) => {
      expect(await dispatch(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`)).toEqual({ kind: 'connect' });
    },
  );

  it.each([
    'BREW http://place.test/ HTTP/1.1\r\n\r\n',
    'GET http://place.test/\xe9 HTTP/1.1\r\n\r\n',
    'nonsense\r\n\r\n',
    'GET http://place.test/ HTTP/1.1\r\n',
  ])('says that it refuses %j, and waits for nothing', async (head) => {
    expect(await dispatch(head)).toMatchObject({ kind: 'refused' });
  });

  it('serves requests in any order and at any time with few connections of its own', async () => {
    const emit = vi.spyOn<{ emit(event: string): boolean }, 'emit'>(Server.prototype, 'emit');
    const front = new MitmFront();
    const plain = 'GET http://place.test/ HTTP/1.1\r\nHost: place.test\r\n\r\n';
    const heads = [
      plain,
      'POST http://place.test/ HTTP/1.1\r\nContent-Length: 10\r\n\r\n',
      plain,
      'GET http://place.test/ HTTP/1.1\r\nConnection: close\r\n\r\n',
      plain,
      'GET http://place.test/ HTTP/1.0\r\n\r\n',
      plain,
      'BREW http://place.test/ HTTP/1.1\r\n\r\n',
      plain,
      'CONNECT place.test:443 HTTP/1.1\r\n\r\n',
      plain,
      // Two requests to a lenient parser, one head to us.
      'GET http://place.test/ HTTP/1.1\r\n\rGET http://place.test/ HTTP/1.1\r\n\r\n',
      plain,
      plain,
    ];
    const kinds: string[] = [];
    for (const head of heads) kinds.push((await front.dispatch(Buffer.from(head), 'place.test')).kind);
    const all = await Promise.all(heads.map((head) => front.dispatch(Buffer.from(head), 'place.test')));
    for (const seen of [kinds, all.map((one) => one.kind)]) {
      expect(seen.filter((_kind, index) => heads[index] === plain)).toEqual(Array.from({ length: 8 }, () => 'request'));
      expect(seen[7]).toBe('refused');
      expect(seen[9]).toBe('connect');
    }
    emit.mockClear();
    for (let index = 0; index < 100; index += 1) await front.dispatch(Buffer.from(plain), 'place.test');
    expect(emit.mock.calls.filter(([event]) => event === 'connection').length).toBeLessThan(2);
    emit.mockRestore();
  });
});
