import fs from 'node:fs/promises';
import path from 'node:path';
import { readTrustStore } from './pkcs12.ts';

/**
 * The roots that the Java of this machine trusts, DER: a trust store that is given to it replaces them, and a company's own CA may stand
 * nowhere else. Java need not be there, nor is it started.
 */
export async function javaRoots(env: NodeJS.ProcessEnv): Promise<Uint8Array[]> {
  const seen = new Set<string>();
  const roots: Uint8Array[] = [];
  for (const file of await candidates(env)) {
    const real = await fs.realpath(file).catch(() => null); // most places of the list exist on another system
    if (real === null || seen.has(real)) continue;
    seen.add(real);
    const bytes = await fs.readFile(real).catch(() => null); // a store this user may not read is not one their Java reads
    if (bytes !== null) roots.push(...readStore(bytes));
  }
  return roots;
}

/** The trusted certificates of a JKS or an unencrypted PKCS #12 store; none when it is neither. */
export function readStore(bytes: Uint8Array): Uint8Array[] {
  return readJks(bytes) ?? readTrustStore(bytes) ?? [];
}

async function candidates(env: NodeJS.ProcessEnv): Promise<string[]> {
  const homes: string[] = [];
  if (env['JAVA_HOME'] !== undefined) homes.push(env['JAVA_HOME']);
  for (const folder of (env['PATH'] ?? '').split(path.delimiter)) {
    const java = await fs.realpath(path.join(folder, process.platform === 'win32' ? 'java.exe' : 'java')).catch(() => null);
    if (java !== null) homes.push(path.dirname(path.dirname(java)));
  }
  return [
    ...homes.flatMap((home) => {
      // Up to Java 8 the runtime is a folder of the JDK. `jssecacerts`, where it exists, takes the place of `cacerts`.
      const folders = [path.join(home, 'lib', 'security'), path.join(home, 'jre', 'lib', 'security')];
      return folders.flatMap((folder) => [path.join(folder, 'jssecacerts'), path.join(folder, 'cacerts')]);
    }),
    '/etc/ssl/certs/java/cacerts', // Debian
    '/etc/pki/java/cacerts', // Fedora
  ];
}

const jksMagic = 0xfeedfeed;
const jksTrustedEntry = 2;

/**
 * Sun's own format up to Java 8, of which nothing but the private keys is encrypted. Null when it is something else; what follows a
 * private key or damage is left out.
 */
function readJks(bytes: Uint8Array): Uint8Array[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0) !== jksMagic) return null;
  const version = view.getUint32(4);
  const count = view.getUint32(8);
  const certificates: Uint8Array[] = [];
  let at = 12;
  const text = () => {
    at += 2 + view.getUint16(at);
  };
  try {
    for (let index = 0; index < count && view.getUint32(at) === jksTrustedEntry; index++) {
      at += 4;
      text(); // the alias
      at += 8; // its date
      if (version >= 2) text(); // the type, always X.509
      const length = view.getUint32(at);
      at += 4;
      if (at + length > bytes.length) break;
      certificates.push(bytes.slice(at, at + length));
      at += length;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // The file ends early; what came before is good.
  }
  return certificates;
}
