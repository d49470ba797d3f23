import { once } from 'node:events';
import type { Socket } from 'node:net';
import * as tls from 'node:tls';
import { describe, expect, test } from 'vitest';
import type { CertificateAuthority } from '../../proxy-core/tls/authority.ts';
import {
  answerHttp,
  fate,
  open,
  read,
  readAll,
  readHead,
  requestLine,
  run,
  startServer,
  startTestCapture,
  startTlsServer,
  type TestCapture,
  testAuthority,
} from './support.ts';
import { certificates, httpsServer, request, trusted, useCertificates } from './tls-support.ts';

useCertificates();

describe('an upstream whose certificate does not verify', () => {
  test('is answered for with a 502 that says why, and recorded', async () => {
    const { port, seen } = await httpsServer();
    const capture = await startTestCapture();
    const client = await trusted(capture, port, { ALPNProtocols: ['http/1.1'] });
    client.write(request);
    const head = await readHead(client);
    expect(head).toMatch(/^HTTP\/1.1 502 Bad Gateway\r\n/);
    const body = String(await readAll(client));
    expect(body).toContain('Test upstream CA');
    expect(body).toContain('--insecure-upstream');
    const pair = await capture.sink.failed('upstream-certificate-invalid');
    expect(requestLine(pair)).toBe('GET /secret HTTP/1.1');
    expect(pair.extra.failure?.detail).toContain('localhost');
    expect(pair.connection).toMatchObject({ protocol: 'https', upstreamTls: { decrypted: true } });
    expect(seen).toHaveLength(1);
  });

  test('for another name is told apart', async () => {
    const { port } = await httpsServer();
    const capture = await startTestCapture({ extraCaPem: [certificates().ca] });
    const client = await trusted(capture, port, { servername: 'other.example' });
    client.write(request);
    await readHead(client);
    expect(String(await readAll(client))).toMatch(/another name/);
  });

  test('passes with insecureUpstream', async () => {
    const { port } = await httpsServer();
    const capture = await startTestCapture({ insecureUpstream: true });
    const client = await trusted(capture, port);
    client.write(request);
    expect(await readHead(client)).toMatch(/^HTTP\/1.1 200/);
  });

  test('as the application: the client gets a sentence that helps', async () => {
    const { port } = await httpsServer();
    const capture = await startTestCapture({ app: { tls: true, host: 'localhost', port } });
    const client = await open(capture.inPort);
    client.write(request);
    expect(await readHead(client)).toMatch(/^HTTP\/1.1 502/);
    expect(String(await readAll(client))).toContain('--extra-ca');
    await capture.sink.failed('upstream-certificate-invalid');
  });
});

/** A decrypted connection with a request on it. */
async function asked(): Promise<{ capture: TestCapture; client: tls.TLSSocket; server: tls.TLSSocket; raw: Socket }> {
  const { promise, resolve } = Promise.withResolvers<tls.TLSSocket>();
  const { port, server } = await startTlsServer({ key: certificates().key, cert: certificates().cert }, resolve);
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const capture = await startTestCapture({ extraCaPem: [certificates().ca] });
  const client = await trusted(capture, port);
  client.write(request);
  const secured = await promise;
  await read(secured, request.length);
  return { capture, client, server: secured, raw: (await accepted)[0] };
}

describe('resets go through TLS as resets', () => {
  test('by the server, in a body', async () => {
    const { capture, client, server, raw } = await asked();
    const part = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf';
    server.write(part);
    expect(String(await read(client, part.length))).toBe(part);
    raw.resetAndDestroy();
    expect(await fate(client)).toBe('ECONNRESET');
    expect(String((await capture.sink.failed('upstream-reset')).responseBody)).toBe('half');
  });

  test('by the client, waiting', async () => {
    const { capture, client, server } = await asked();
    const gone = fate(server);
    (client as unknown as { _parent: Socket })._parent.resetAndDestroy();
    expect(await gone).toBe('ECONNRESET');
    expect(requestLine(await capture.sink.failed('client-reset'))).toBe('GET /secret HTTP/1.1');
  });
});

test('a ClientHello that comes before the application is found to be down is answered too', async () => {
  const gone = await startServer(() => {});
  gone.server.close();
  // Two addresses to try, so that the client is faster.
  const capture = await startTestCapture({ app: { tls: false, host: 'localhost', port: gone.port } });
  for (let i = 0; i < 10; i++) {
    const client = tls.connect({ port: capture.inPort, host: '127.0.0.1', ca: capture.authority.pem, servername: 'localhost' });
    client.end(request);
    expect(String(await readAll(client))).toMatch(/^HTTP\/1.1 502/);
  }
});

describe('what is wrong on our side', () => {
  test('a leaf that cannot be made costs no connection: it passes undecrypted', async () => {
    const { port } = await httpsServer();
    const authority: CertificateAuthority = {
      ...(await testAuthority()),
      cachedContext: () => undefined,
      contextFor: () => Promise.reject(new Error('no entropy')),
    };
    const capture = await startTestCapture({ extraCaPem: [certificates().ca] }, {}, authority);
    const client = await trusted(capture, port, { ca: certificates().ca });
    client.write(request);
    expect(await readHead(client)).toMatch(/^HTTP\/1.1 200/);
    const text = expect.stringContaining('no entropy');
    expect(capture.notices).toEqual([expect.objectContaining({ id: 'leaf-failed', level: 'error', text })]);
    const row = await capture.sink.find((pair) => pair.connection.protocol === 'tls');
    expect(row.connection.clientTls).toMatchObject({ decrypted: false, reason: text });
  });

  test('extra CAs that are none keep capture from starting', async () => {
    await expect(startTestCapture({ extraCaPem: ['not a certificate'] })).rejects.toMatchObject({ code: 'certificate-unusable' });
  });

  test('a client of a plain application that distrusts us is told of, and nothing passes it by', async () => {
    const { port } = await startServer(answerHttp);
    const capture = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port } });
    const url = `https://localhost:${capture.inPort}/`;
    for (let i = 0; i < 2; i++) expect((await run('curl', ['-sS', '--cacert', certificates().caPath, url])).code).toBe(60);
    await capture.sink.find(
      () => capture.sink.all().filter((pair) => pair.extra.failure?.code === 'client-rejected-certificate').length === 2,
    );
    expect(capture.notices).toEqual([
      expect.objectContaining({ text: expect.stringContaining('cannot reach the application over https') }),
    ]);
  });
});
