import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as tls from 'node:tls';
import { promisify } from 'node:util';
import { temporaryDirectory } from './engine.ts';
import { type Client, clientOn, tunnel } from './sockets.ts';

/** A server's side of TLS, with a certificate that nobody trusts. */
export async function selfSigned(): Promise<tls.SecureContext> {
  const cwd = await temporaryDirectory();
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key.pem'];
  await promisify(execFile)('openssl', ['req', '-x509', ...key, '-out', 'cert.pem', '-days', '2', '-subj', '/CN=localhost'], {
    cwd,
  });
  const read = (file: string): Promise<Buffer> => readFile(path.join(cwd, file));
  return tls.createSecureContext({ key: await read('key.pem'), cert: await read('cert.pem') });
}

/** TLS through CONNECT. */
export async function secureTunnel(outPort: number, port: number): Promise<Client> {
  const plain = await tunnel(outPort, 'connect', port);
  plain.socket.removeAllListeners('data');
  const stream = tls.connect({ socket: plain.socket, rejectUnauthorized: false });
  await once(stream, 'secureConnect');
  return clientOn(stream);
}
