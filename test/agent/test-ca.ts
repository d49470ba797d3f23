import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leafSigner, makeCaCertificate, newKeyPair, privateKeyPem } from '../../proxy-core/tls/certificates.ts';
import { certificateName } from '../../proxy-core/tls/names.ts';
import { onCleanUp } from './clean-up.ts';

export interface TestCa {
  pem: string;
  /** Of its certificate. */
  path: string;
  /** A certificate for a name, with its key. */
  leaf(name: string): Promise<{ chainPem: string; keyPem: string; certPath: string; keyPath: string }>;
}

/** A CA: ours, at home, or the one that the world trusts. */
export async function testCa(commonName: string): Promise<TestCa> {
  const folder = mkdtempSync(join(tmpdir(), 'sidetap-ca-'));
  onCleanUp(() => rmSync(folder, { recursive: true, force: true }));
  const keys = await newKeyPair();
  const certificate = await makeCaCertificate(keys, commonName, Date.now());
  const leafKeys = await newKeyPair();
  const sign = await leafSigner({ certificate, signingKey: keys.privateKey }, leafKeys.publicKey);
  const keyPem = await privateKeyPem(leafKeys.privateKey);
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const pem = `${certificate.toString('pem')}\n`;
  return {
    pem,
    path: write('ca.pem', pem),
    leaf: async (name) => {
      const chainPem = `${(await sign(certificateName(name), Date.now())).toString('pem')}\n${pem}`;
      return { chainPem, keyPem, certPath: write(`${name}.pem`, chainPem), keyPath: write('leaf.key', keyPem) };
    },
  };
}
