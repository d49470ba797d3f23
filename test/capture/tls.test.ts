import { once } from 'node:events';
import * as tls from 'node:tls';
import { describe, expect, test } from 'vitest';
import { refusedPort } from '../support/refused-port.ts';
import {
  answerHttp,
  connectThrough,
  fate,
  open,
  read,
  readAll,
  readHead,
  requestLine,
  run,
  secure,
  startServer,
  startTestCapture,
  startTlsServer,
} from './support.ts';
import { certificates, httpsServer, request, trusted, useCertificates } from './tls-support.ts';

useCertificates();

const response = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('a client that trusts the CA', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('is decrypted with %s, as the upstream would have answered it', async (version) => {
    const { port, seen } = await httpsServer({ maxVersion: version, minVersion: version });
    const capture = await startTestCapture({ extraCaPem: [certificates().ca] });
    const client = await trusted(capture, port, { ALPNProtocols: ['h2', 'http/1.1'], minVersion: version, maxVersion: version });
    expect(client.alpnProtocol).toBe('http/1.1');
    expect(client.getProtocol()).toBe(version);
    expect(client.getPeerCertificate().subject.CN).toBe('localhost');
    client.write(request);
    expect(await readHead(client)).toMatch(/^HTTP\/1.1 200/);
    const pair = await capture.sink.done();
    expect(pair.connection).toMatchObject({
      protocol: 'https',
      upstreamHost: 'localhost',
      upstreamPort: port,
      clientTls: { version, alpn: 'http/1.1', serverName: 'localhost', decrypted: true, reason: '' },
      upstreamTls: { version, alpn: 'http/1.1', serverName: 'localhost', decrypted: true },
    });
    expect(pair.connection.tlsMicros).toBeGreaterThan(0);
    expect(seen).toEqual([{ serverName: 'localhost', version, alpn: 'http/1.1' }]);
  });

  test('without a name is answered with a leaf for the address, and the upstream is asked for none', async () => {
    const { port, seen } = await httpsServer();
    const capture = await startTestCapture({ extraCaPem: [certificates().ca] });
    const tunnel = await connectThrough(capture.outPort, '127.0.0.1', port);
    const client = await secure(tunnel, { ca: capture.authority.pem, host: '127.0.0.1' });
    expect(client.authorized).toBe(true);
    expect(client.alpnProtocol).toBe(false);
    client.write(request);
    expect(await readHead(client)).toMatch(/^HTTP\/1.1 200/);
    expect(seen).toEqual([{ serverName: '', version: 'TLSv1.3', alpn: false }]);
    const pair = await capture.sink.done();
    expect(pair.connection.clientTls).toMatchObject({ serverName: '', decrypted: true });
  });

  test('whose ClientHello comes in pieces is decrypted too', async () => {
    const { port } = await httpsServer();
    const capture = await startTestCapture({ extraCaPem: [certificates().ca] });
    // A relay that tears the first bytes apart.
    const relay = await startServer((socket) => {
      void connectThrough(capture.outPort, 'localhost', port).then((tunnel) => {
        let torn = false;
        socket.on('data', (bytes: Buffer) => {
          if (torn) {
            tunnel.write(bytes);
            return;
          }
          torn = true;
          socket.pause();
          void (async () => {
            for (const byte of bytes) {
              tunnel.write(Buffer.from([byte]));
              await new Promise(setImmediate);
            }
            socket.resume();
          })();
        });
        tunnel.pipe(socket);
      });
    });
    const client = await secure(await open(relay.port), { ca: capture.authority.pem, servername: 'localhost' });
    client.write(request);
    expect(await readHead(client)).toMatch(/^HTTP\/1.1 200/);
    expect(requestLine(await capture.sink.done())).toBe('GET /secret HTTP/1.1');
  });

  test('that speaks something else inside gets a connection row', async () => {
    const { port } = await startTlsServer({ key: certificates().key, cert: certificates().cert }, (socket) => {
      socket.write('* OK IMAP ready\r\n');
      socket.once('data', () => socket.end('bye'));
    });
    const capture = await startTestCapture({ extraCaPem: [certificates().ca] });
    const client = await trusted(capture, port);
    expect(String(await read(client, 17))).toBe('* OK IMAP ready\r\n');
    client.end('logout');
    expect(String(await readAll(client))).toBe('bye');
    const row = await capture.sink.done();
    expect(row).toMatchObject({ requestWireBytes: 6, responseWireBytes: 20 });
    expect(row.extra.summary).toEqual({ command: 'CONNECTION', location: `localhost:${port}`, status: 'closed' });
    expect(row.connection).toMatchObject({ protocol: 'tcp', clientTls: { decrypted: true } });
  });

  test('curl, through CONNECT and SOCKS', async () => {
    const { port } = await httpsServer();
    const capture = await startTestCapture({ extraCaPem: [certificates().ca] });
    const url = `https://localhost:${port}/curl`;
    const base = ['-sS', '--cacert', capture.authority.caPath, url];
    for (const way of [
      ['-x', `http://127.0.0.1:${capture.outPort}`],
      ['--socks5-hostname', `127.0.0.1:${capture.outPort}`],
      ['--socks4a', `127.0.0.1:${capture.outPort}`],
    ]) {
      expect(await run('curl', [...base, ...way])).toEqual({ code: 0, stdout: 'GET /curl ', stderr: '' });
    }
    await capture.sink.find(() => capture.sink.all().filter((pair) => pair.state === 'done').length === 3);
    expect(capture.sink.all().map((pair) => pair.connection.entry)).toEqual(['connect', 'socks5', 'socks4']);
  });
});

describe('what cannot be decrypted passes as it is', () => {
  test('a client that offers only what cannot be read', async () => {
    const { port, seen } = await httpsServer({ ALPNProtocols: ['spdy/3'] });
    const capture = await startTestCapture();
    const client = await trusted(capture, port, { ALPNProtocols: ['spdy/3'], ca: certificates().ca });
    // The certificate is the server's own: nobody stood between.
    expect(client.alpnProtocol).toBe('spdy/3');
    client.end();
    const row = await capture.sink.done();
    expect(seen[0]?.alpn).toBe('spdy/3');
    expect(row.connection).toMatchObject({
      protocol: 'tls',
      clientTls: { decrypted: false, serverName: 'localhost', reason: expect.stringContaining('spdy/3') },
    });
    expect(row.extra.summary?.location).toBe(`localhost:${port}`);
    expect(row.requestWireBytes).toBeGreaterThan(100);
    expect(row.responseWireBytes).toBeGreaterThan(100);
  });

  test('an upstream that does not speak TLS: the client gets what it would have got', async () => {
    const { port } = await startServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'));
    });
    const capture = await startTestCapture();
    const tunnel = await connectThrough(capture.outPort, 'localhost', port);
    const client = tls.connect({ socket: tunnel, servername: 'localhost' });
    const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toMatch(/ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)/);
    const row = await capture.sink.failed('upstream-tls-failed');
    expect(row.connection.clientTls).toMatchObject({ decrypted: false, reason: expect.stringContaining('handshake') });
  });

  test('an upstream that demands a client certificate (TLS 1.2): the client’s own reaches it', async () => {
    const { port } = await httpsServer({
      requestCert: true,
      rejectUnauthorized: true,
      ca: certificates().ca,
      maxVersion: 'TLSv1.2',
    });
    const capture = await startTestCapture({ extraCaPem: [certificates().ca] });
    const client = await trusted(capture, port, { ca: certificates().ca, cert: certificates().cert, key: certificates().key });
    client.write(request);
    expect(await readHead(client)).toMatch(/^HTTP\/1.1 200/);
    client.end();
    const row = await capture.sink.done();
    expect(row.extra.failure).toBeUndefined();
    expect(row.connection.clientTls?.reason).toContain('handshake with the server failed');
  });

  test('an upstream that demands a client certificate (TLS 1.3): the next connection reaches it', async () => {
    const { port } = await httpsServer({ requestCert: true, rejectUnauthorized: true, ca: certificates().ca });
    const capture = await startTestCapture({ extraCaPem: [certificates().ca] });
    const both = { ca: [certificates().ca, capture.authority.pem], cert: certificates().cert, key: certificates().key };
    const first = await trusted(capture, port, both);
    first.write(request);
    expect(await fate(first)).toBe('ECONNRESET');
    await capture.sink.done();
    const second = await trusted(capture, port, both);
    second.write(request);
    expect(await readHead(second)).toMatch(/^HTTP\/1.1 200/);
    second.destroy();
    const row = await capture.sink.done((pair) => pair.connection.protocol === 'tls');
    expect(row.connection.clientTls?.reason).toContain('client certificate');
  });
});

describe('a client that does not trust the CA', () => {
  const distrusting: [string, tls.ConnectionOptions][] = [
    ['Node with TLS 1.3', { minVersion: 'TLSv1.3' }],
    ['Node with TLS 1.2', { maxVersion: 'TLSv1.2' }],
  ];
  test.each(distrusting)('%s fails once, and passes undecrypted from then on', async (_name, options) => {
    const { port } = await httpsServer();
    const capture = await startTestCapture({ extraCaPem: [certificates().ca] });
    const wary = { ca: certificates().ca, servername: 'localhost', ...options };
    const refused = tls.connect({ socket: await connectThrough(capture.outPort, 'localhost', port), ...wary });
    const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('SELF_SIGNED_CERT_IN_CHAIN');
    const row = await capture.sink.failed('client-rejected-certificate');
    expect(row.extra.summary?.location).toBe(`localhost:${port}`);

    for (let again = 0; again < 2; again++) {
      const client = await trusted(capture, port, wary);
      client.write(request);
      expect(await readHead(client)).toMatch(/^HTTP\/1.1 200/);
      client.destroy();
    }
    const passed = await capture.sink.done(
      (pair) => pair.connection.clientTls?.decrypted === false && pair.extra.failure === undefined,
    );
    expect(passed.connection.clientTls?.reason).toContain('trust');
    expect(capture.notices).toEqual([
      expect.objectContaining({
        id: `client-rejected-certificate:localhost:${port}`,
        level: 'warning',
        text: expect.stringContaining('sidetap certs'),
      }),
    ]);
  });

  test.each(['--tlsv1.3', '--tls-max 1.2'])('curl %s the same', async (versions) => {
    const { port } = await httpsServer();
    const capture = await startTestCapture({ extraCaPem: [certificates().ca] });
    const args = [
      '-sS',
      '--http1.1',
      ...versions.split(' '),
      '--cacert',
      certificates().caPath,
      '-x',
      `http://127.0.0.1:${capture.outPort}`,
      `https://localhost:${port}/`,
    ];
    expect((await run('curl', args)).code).toBe(60);
    await capture.sink.failed('client-rejected-certificate');
    expect((await run('curl', args)).stdout).toBe('GET / ');
  });

  test('does not spoil it for a client that does', async () => {
    const { port } = await httpsServer();
    const capture = await startTestCapture({ extraCaPem: [certificates().ca] });
    const base = ['-sS', '-x', `http://127.0.0.1:${capture.outPort}`, `https://localhost:${port}/`];
    expect((await run('curl', [...base, '--cacert', certificates().caPath])).code).toBe(60);
    await capture.sink.failed('client-rejected-certificate');
    const client = await trusted(capture, port);
    client.write(request);
    await readHead(client);
    expect((await capture.sink.done((pair) => pair.connection.protocol === 'https')).connection.clientTls?.decrypted).toBe(true);
  });

  test('a client that only gets a connection ready is not taken for one', async () => {
    const { port } = await httpsServer();
    const capture = await startTestCapture({ extraCaPem: [certificates().ca] });
    const first = await trusted(capture, port);
    first.write(request);
    await readHead(first);
    const ready = await trusted(capture, port);
    ready.end();
    await fate(ready);
    const third = await trusted(capture, port);
    expect(third.getPeerCertificate().issuer.CN).not.toBe('Test upstream CA');
    expect(capture.notices).toEqual([]);
  });
});

describe('TLS at the reverse listener', () => {
  test('curl over https to a plain application', async () => {
    const { port } = await startServer(answerHttp);
    const capture = await startTestCapture({ app: { tls: false, host: 'localhost', port } });
    const args = ['-sS', '--cacert', capture.authority.caPath, `https://localhost:${capture.inPort}/in`];
    expect((await run('curl', args)).stdout).toBe('GET /in ');
    expect((await capture.sink.done()).connection).toMatchObject({ protocol: 'https', direction: 'in', upstreamTls: null });
  });

  test.each(['localhost', '127.0.0.1'])('a client that asks for no name finds %s in the certificate', async (identity) => {
    const { port } = await startServer(answerHttp);
    const capture = await startTestCapture({ app: { tls: false, host: 'localhost', port } });
    const socket = await open(capture.inPort);
    const client = tls.connect({
      socket,
      ca: capture.authority.pem,
      checkServerIdentity: (_, leaf) => tls.checkServerIdentity(identity, leaf),
    });
    client.write(request);
    expect(await readHead(client)).toMatch(/^HTTP\/1.1 200/);
    expect((await capture.sink.done()).connection.clientTls).toMatchObject({ serverName: '', decrypted: true });
  });

  test('the application is down: the answer comes through TLS', async () => {
    const capture = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port: await refusedPort() } });
    const args = ['-sS', '-w', ' %{http_code}', '--cacert', capture.authority.caPath, `https://localhost:${capture.inPort}/in`];
    expect((await run('curl', args)).stdout).toMatch(/refused the connection.* 502$/s);
    expect(requestLine(await capture.sink.failed('upstream-refused'))).toBe('GET /in HTTP/1.1');
  });
});

test('data in the same flight as the end of the handshake is not lost', async () => {
  const { port } = await startTlsServer({ key: certificates().key, cert: certificates().cert }, (socket) => {
    socket.once('data', () => socket.end(response));
  });
  const capture = await startTestCapture({ extraCaPem: [certificates().ca] });
  const tunnel = await connectThrough(capture.outPort, 'localhost', port);
  const client = tls.connect({ socket: tunnel, ca: capture.authority.pem, servername: 'localhost' });
  client.end(request);
  expect(String(await readAll(client))).toBe(response);
  expect(requestLine(await capture.sink.done())).toBe('GET /secret HTTP/1.1');
});
