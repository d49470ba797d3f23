import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeCaCertificate, makeLeafCertificate, newKeyPair, privateKeyPem } from '../../proxy-core/tls/certificates.ts';
import { freePort, startNginx } from './nginx.ts';
import { firstLine, start, stop } from './process.ts';

/** The servers behind every target: the same for all. */
export interface Upstream {
  /** Plain HTTP: 1 KB of JSON at /, 1 GB at /1g. */
  httpPort: number;
  /** The same in HTTP/2, in the clear. */
  http2Port: number;
  /** The same over TLS. */
  httpsPort: number;
  /** Takes any request body and answers when it has all of it. */
  sinkPort: number;
  caFile: string;
  certFile: string;
  keyFile: string;
  /** A file of 1 GB to upload. */
  bigFile: string;
  stop(): Promise<void>;
}

export const BIG_BYTES = 1024 ** 3;

export async function startUpstream(folder: string): Promise<Upstream> {
  const files = {
    caFile: path.join(folder, 'ca.pem'),
    certFile: path.join(folder, 'cert.pem'),
    keyFile: path.join(folder, 'key.pem'),
  };
  const keys = await newKeyPair();
  const authority = await makeCaCertificate(keys, 'Benchmark CA', Date.now());
  const leafKeys = await newKeyPair();
  const issuer = { certificate: authority, signingKey: keys.privateKey };
  const leaf = await makeLeafCertificate(issuer, leafKeys.publicKey, { kind: 'dns', value: 'localhost' }, Date.now());
  writeFileSync(files.caFile, authority.toString('pem'));
  writeFileSync(files.certFile, leaf.toString('pem'));
  writeFileSync(files.keyFile, await privateKeyPem(leafKeys.privateKey));

  const bigFile = path.join(folder, '1g');
  const handle = openSync(bigFile, 'w');
  ftruncateSync(handle, BIG_BYTES);
  closeSync(handle);

  const json = JSON.stringify({ id: 1, name: 'benchmark', filler: randomBytes(490).toString('hex') });
  const [httpPort, http2Port, httpsPort] = [await freePort(), await freePort(), await freePort()];
  const locations = `
    location / { default_type application/json; return 200 '${json}'; }
    location = /1g { root ${folder}; default_type application/octet-stream; }`;
  const nginx = await startNginx(
    folder,
    'upstream',
    `server { listen 127.0.0.1:${String(httpPort)} backlog=20000; ${locations} }
     server { listen 127.0.0.1:${String(http2Port)} http2 backlog=20000; ${locations} }
     server { listen 127.0.0.1:${String(httpsPort)} ssl backlog=20000; ssl_certificate ${files.certFile}; ssl_certificate_key ${files.keyFile}; ${locations} }`,
    httpPort,
  );
  const sink = start(process.execPath, [path.join(import.meta.dirname, '../programs/sink.ts')]);
  const sinkPort = Number(await firstLine(sink));
  return {
    httpPort,
    http2Port,
    httpsPort,
    sinkPort,
    ...files,
    bigFile,
    stop: async () => {
      await nginx.stop();
      await stop(sink);
    },
  };
}
