import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCertificateAuthority } from '../../proxy-core/tls/authority.ts';
import { writeTrustFiles } from '../../proxy-core/tls/trust-store.ts';

const run = promisify(execFile);
let dataDir = '';

beforeEach(async () => {
  dataDir = await fs.mkdtemp(path.join(os.tmpdir(), 'sidetap-trust-'));
});
afterEach(async () => {
  await fs.rm(dataDir, { recursive: true, force: true });
});

async function fingerprintsIn(file: string): Promise<string[]> {
  const blocks = (await fs.readFile(file, 'utf8')).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block).fingerprint256);
}

/** The fingerprints of a store's trusted entries, as Java reads it. */
async function keytoolList(file: string, password: string): Promise<string[]> {
  const args = ['-J-Duser.language=en', '-list', '-keystore', file, '-storepass', password];
  const { stdout } = await run('keytool', args, { timeout: 30_000, maxBuffer: 4 * 1024 * 1024 });
  const trusted = stdout.match(/trustedCertEntry/g)?.length ?? 0;
  const fingerprints = [...stdout.matchAll(/fingerprint \(SHA-256\): ([0-9A-F:]+)/g)].map((match) => match[1] ?? '');
  expect(trusted).toBe(fingerprints.length);
  return fingerprints;
}

test('both files hold our CA and every usual root, each once; Java reads its own as trusted entries', async () => {
  const authority = await openCertificateAuthority(dataDir);
  const files = await writeTrustFiles(dataDir, authority);
  const bundle = await fingerprintsIn(files.bundlePath);
  expect(bundle[0]).toBe(authority.sha256);
  expect(new Set(bundle).size).toBe(bundle.length);
  for (const pem of tls.rootCertificates) expect(bundle).toContain(new X509Certificate(pem).fingerprint256);

  const store = await keytoolList(files.p12Path, files.p12Password);
  expect(store).toEqual(expect.arrayContaining(bundle));
  expect(store.length).toBe(new Set(store).size);
  const { stdout: javaHome } = await run('bash', ['-c', 'dirname "$(dirname "$(readlink -f "$(command -v java)")")"'], {
    timeout: 10_000,
  });
  const javas = await keytoolList(path.join(javaHome.trim(), 'lib', 'security', 'cacerts'), 'changeit');
  expect(javas.length).toBeGreaterThan(50);
  expect(store).toEqual(expect.arrayContaining(javas));
});

test('a CA that the user named in a variable, or keeps in a Java home, stays trusted', async () => {
  const authority = await openCertificateAuthority(dataDir);
  const [first, second] = [path.join(dataDir, 'corp'), path.join(dataDir, 'corp-java')];
  const corp = await openCertificateAuthority(first);
  const corpJava = await openCertificateAuthority(second);
  const security = path.join(dataDir, 'jdk', 'lib', 'security');
  await fs.mkdir(security, { recursive: true });
  // The way a company's image is prepared. Java's own tool writes an encrypted store unless told otherwise.
  const unencrypted = ['-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE', '-J-Dkeystore.pkcs12.macAlgorithm=NONE'];
  for (const [type, file] of [
    ['jks', 'jssecacerts'],
    ['pkcs12', 'cacerts'],
  ] as const) {
    const store = ['-keystore', path.join(security, file), '-storetype', type, '-storepass', 'changeit'];
    const args = [...unencrypted, '-importcert', '-noprompt', '-alias', 'corp', '-file', corpJava.caPath, ...store];
    await run('keytool', args, { timeout: 30_000 });
    const env = { REQUESTS_CA_BUNDLE: corp.caPath, JAVA_HOME: path.join(dataDir, 'jdk'), NODE_EXTRA_CA_CERTS: '/nonexistent.pem' };
    const files = await writeTrustFiles(dataDir, authority, env);
    expect(await fingerprintsIn(files.bundlePath)).toContain(corp.sha256);
    const trusted = await keytoolList(files.p12Path, files.p12Password);
    expect(trusted).toContain(corp.sha256);
    expect(trusted, type).toContain(corpJava.sha256);
    await fs.rm(path.join(security, file));
  }
});

test('are written only when they change, whole, and readable by the programs under capture', async () => {
  const authority = await openCertificateAuthority(dataDir);
  const files = await writeTrustFiles(dataDir, authority, {});
  const before = await Promise.all([files.bundlePath, files.p12Path].map(async (file) => fs.stat(file, { bigint: true })));
  for (const stat of before) expect(Number(stat.mode & 0o777n)).toBe(0o644);
  await writeTrustFiles(dataDir, authority, { NODE_EXTRA_CA_CERTS: files.bundlePath });
  const after = await Promise.all([files.bundlePath, files.p12Path].map(async (file) => fs.stat(file, { bigint: true })));
  expect(after.map((stat) => [stat.ino, stat.mtimeNs])).toEqual(before.map((stat) => [stat.ino, stat.mtimeNs]));

  await fs.writeFile(files.bundlePath, 'damaged');
  await writeTrustFiles(dataDir, authority, {});
  expect(await fingerprintsIn(files.bundlePath)).toContain(authority.sha256);
  expect((await fs.readdir(dataDir)).sort()).toEqual(['ca-bundle.pem', 'ca-key.pem', 'ca.pem', 'truststore.p12']);
});
