import path from 'node:path';
import { output } from './program.ts';

/** What a daemon at an address needs to demand client certificates, and what a client needs to be let in, as Docker's guide makes them. */
export async function makeCertificates(folder: string, address: string): Promise<void> {
  const { ca, cert, key } = serverFiles(folder);
  const caKey = path.join(folder, 'ca-key.pem');
  await make('ca', { key: caKey, cert: ca }, []);
  const signed = ['-CA', ca, '-CAkey', caKey, '-addext', 'basicConstraints=critical,CA:FALSE', '-addext'];
  await make('server', { key, cert }, [...signed, `subjectAltName=IP:${address}`]);
  const client = { key: path.join(folder, 'key.pem'), cert: path.join(folder, 'cert.pem') };
  await make('client', client, [...signed, 'extendedKeyUsage=clientAuth']);
}

async function make(name: string, to: { key: string; cert: string }, options: readonly string[]): Promise<void> {
  const fresh = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2'.split(' ');
  await output('openssl', [...fresh, '-subj', `/CN=${name}`, '-keyout', to.key, '-out', to.cert, ...options]);
}

/** The daemon's side of them. */
export function serverFiles(folder: string): { ca: string; cert: string; key: string } {
  return {
    ca: path.join(folder, 'ca.pem'),
    cert: path.join(folder, 'server-cert.pem'),
    key: path.join(folder, 'server-key.pem'),
  };
}
