import { createHash, X509Certificate } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import tls from 'node:tls';
import { messageOf, SidetapError } from '../errors.ts';
import type { CertificateAuthority } from './authority.ts';
import { replaceFile } from './files.ts';
import { javaRoots } from './java-roots.ts';
import { writeTrustStore } from './pkcs12.ts';
import { type TrustFiles, trustVariableNames } from './runtime-variables.ts';

/** Everybody may read these: they are public, and a captured program may run as another user. */
const publicMode = 0o644;

/**
 * Writes, beside the CA, the files that make runtimes trust it. Variables such as REQUESTS_CA_BUNDLE and Java's trust store *replace* what a
 * runtime trusts, and connections that pass undecrypted must verify as before; so both files hold the usual roots too: those of the system,
 * Mozilla's as Node carries them (Python's certifi and npm bring the same), and those the user named in a variable.
 *
 * A file is written only when its content changes, so programs that watch it or hold it open are left in peace.
 *
 * @throws SidetapError `data-dir-unusable`
 */
export async function writeTrustFiles(
  dataDir: string,
  authority: Pick<CertificateAuthority, 'caPath' | 'pem'>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<TrustFiles> {
  const files: TrustFiles = {
    caPath: authority.caPath,
    bundlePath: path.join(dataDir, 'ca-bundle.pem'),
    p12Path: path.join(dataDir, 'truststore.p12'),
    p12Password: 'changeit', // what Java's own store has; nothing in ours is secret
  };
  const ours = new X509Certificate(authority.pem).raw;
  const roots = [ours, ...nodeRoots(), ...(await userRoots(env, files.bundlePath))];
  const bundle = pemBundle(roots);
  const store = javaStore([...roots, ...(await javaRoots(env))]);
  try {
    await replaceIfChanged(files.bundlePath, Buffer.from(bundle));
    await replaceIfChanged(files.p12Path, store);
  } catch (cause) {
    const message = `The trust files in ${dataDir} cannot be written (${messageOf(cause)}); make it writable or give another with --data-dir.`;
    throw new SidetapError('data-dir-unusable', message, { cause });
  }
  return files;
}

/** Roots as Node sees them: its own, the system's (the keychain and the Windows store included) and NODE_EXTRA_CA_CERTS. */
function nodeRoots(): Buffer[] {
  // Electron's Node has not always had it.
  if (typeof tls.getCACertificates !== 'function') return tls.rootCertificates.flatMap(certificatesIn);
  return (['system', 'bundled', 'extra'] as const).flatMap((kind) => tls.getCACertificates(kind)).flatMap(certificatesIn);
}

async function userRoots(env: NodeJS.ProcessEnv, bundlePath: string): Promise<Buffer[]> {
  const roots: Buffer[] = [];
  const named = new Set(
    // Ours take the place of what a user named there, so that goes in.
    trustVariableNames.map((name) => env[name]).filter((file) => file !== undefined && file !== '' && file !== bundlePath),
  );
  for (const file of named) {
    const text = await fs.readFile(file ?? '', 'utf8').catch(() => ''); // a file that is not there was of no use to the runtime either
    roots.push(...certificatesIn(text));
  }
  return roots;
}

/** One PEM text of these certificates (DER), each once. */
export function pemBundle(certificates: readonly Uint8Array[]): string {
  return [...unique(certificates).values()].map(pemOf).join('');
}

/** A trust store for Java of these certificates (DER), each once; the first is ours. */
export function javaStore(certificates: readonly Uint8Array[]): Buffer {
  const named = [...unique(certificates)].map(([fingerprint, der], index) => ({
    alias: index === 0 ? 'sidetap' : `root-${fingerprint.slice(0, 16)}`,
    der,
  }));
  return Buffer.from(writeTrustStore(named));
}

/** The certificates of a PEM text, DER; whatever else stands there is left out. */
export function certificatesIn(pem: string): Buffer[] {
  const blocks = pem.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block).raw];
    } catch {
      return []; // a block that OpenSSL cannot read helps no runtime, and could keep Java from opening the whole store
    }
  });
}

/** By fingerprint, in the order given. */
function unique(certificates: readonly Uint8Array[]): Map<string, Uint8Array> {
  return new Map(certificates.map((der) => [createHash('sha256').update(der).digest('hex'), der]));
}

function pemOf(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

async function replaceIfChanged(file: string, content: Buffer): Promise<void> {
  const present = await fs.readFile(file).catch(() => null); // missing or unreadable: writing it tells which
  if (present?.equals(content) !== true) await replaceFile(file, content, publicMode);
}
