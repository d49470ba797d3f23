import type * as tls from 'node:tls';
import { afterEach, beforeAll } from 'vitest';
import { answerHttp, cleanUp, connectThrough, makeCertificates, secure, startTlsServer, type TestCapture } from './support.ts';

type Certificates = Awaited<ReturnType<typeof makeCertificates>>;

let made: Certificates | null = null;

/** Makes the certificates of this file's upstreams before its first test, and cleans up after each. */
export function useCertificates(): void {
  beforeAll(async () => {
    made = await makeCertificates();
    return cleanUp;
  });
  afterEach(cleanUp);
}

export function certificates(): Certificates {
  if (made === null) throw new Error('useCertificates() was not called');
  return made;
}

export const request = 'GET /secret HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** An HTTPS server that answers each request, and what it saw of each handshake. */
export async function httpsServer(
  options: tls.TlsOptions = {},
): Promise<{ port: number; seen: { serverName: string; version: string | null; alpn: string | false | null }[] }> {
  const seen: { serverName: string; version: string | null; alpn: string | false | null }[] = [];
  const { port } = await startTlsServer(
    { key: certificates().key, cert: certificates().cert, ALPNProtocols: ['http/1.1'], ...options },
    (socket) => {
      const name = (socket as tls.TLSSocket & { servername?: string | false }).servername;
      seen.push({
        serverName: name === false || name === undefined ? '' : name,
        version: socket.getProtocol(),
        alpn: socket.alpnProtocol,
      });
      socket.on('error', () => socket.destroy());
      answerHttp(socket);
    },
  );
  return { port, seen };
}

/** A client that trusts our CA, through the HTTP proxy. */
export async function trusted(capture: TestCapture, port: number, options: tls.ConnectionOptions = {}): Promise<tls.TLSSocket> {
  const tunnel = await connectThrough(capture.outPort, 'localhost', port);
  return secure(tunnel, { ca: capture.authority.pem, servername: 'localhost', ...options });
}
