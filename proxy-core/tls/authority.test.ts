import { createPublicKey, X509Certificate } from 'node:crypto';
import fs from 'node:fs/promises';
import type net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { openCertificateAuthority } from './authority.ts';
import type { AuthorityNotice } from './authority-files.ts';

const dayMillis = 24 * 60 * 60_000;
let dataDir = '';

beforeEach(async () => {
  dataDir = await fs.mkdtemp(path.join(os.tmpdir(), 'sidetap-ca-'));
});
afterEach(async () => {
  await fs.rm(dataDir, { recursive: true, force: true });
});

/** The certificate a client sees, by a handshake over a real socket. */
async function leafOf(context: tls.SecureContext): Promise<X509Certificate> {
  const server = tls.createServer({ SNICallback: (_name, callback) => callback(null, context) });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  try {
    return await new Promise((resolve, reject) => {
      const socket = tls.connect({ port, host: '127.0.0.1', servername: 'any.test', rejectUnauthorized: false }, () => {
        const certificate = socket.getPeerX509Certificate();
        socket.destroy();
        if (certificate === undefined) reject(new Error('no certificate'));
        else resolve(certificate);
      });
      socket.on('error', reject);
    });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('the CA', () => {
  test('is made once, and is the same when opened again', async () => {
    const first = await openCertificateAuthority(dataDir);
    const again = await openCertificateAuthority(dataDir);
    expect(again.sha256).toBe(first.sha256);
    expect(first.pem).toBe(await fs.readFile(first.caPath, 'utf8'));
    const certificate = new X509Certificate(first.pem);
    expect(certificate.ca).toBe(true);
    expect(certificate.subject).toMatch(/^CN=Sidetap local CA \(.+@.+, \d{4}-\d\d-\d\d\)$/);
    expect(certificate.fingerprint256).toBe(first.sha256);
    expect(first.notAfter.getTime()).toBe(certificate.validToDate.getTime());
  });

  test('keeps its key and a new data directory from other users', async () => {
    const fresh = path.join(dataDir, 'deep', 'er');
    await openCertificateAuthority(fresh);
    expect((await fs.stat(fresh)).mode & 0o777).toBe(0o700);
    expect((await fs.stat(path.join(fresh, 'ca-key.pem'))).mode & 0o777).toBe(0o600);
    expect((await fs.stat(path.join(fresh, 'ca.pem'))).mode & 0o777).toBe(0o644);
    expect((await fs.readdir(fresh)).sort()).toEqual(['ca-key.pem', 'ca.pem']);
  });

  test('is one and the same for everyone who opens an empty directory at once', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, async () => openCertificateAuthority(dataDir)));
    expect(new Set(all.map((authority) => authority.sha256)).size).toBe(1);
    expect((await fs.readdir(dataDir)).sort()).toEqual(['ca-key.pem', 'ca.pem']);
  });

  test('makes a key that others could read private again, and says so', async () => {
    await openCertificateAuthority(dataDir);
    const keyPath = path.join(dataDir, 'ca-key.pem');
    await fs.chmod(keyPath, 0o644);
    const notices: AuthorityNotice[] = [];
    await openCertificateAuthority(dataDir, { notify: (notice) => notices.push(notice) });
    expect(notices.map((notice) => notice.id)).toEqual(['ca-key-readable']);
    expect((await fs.stat(keyPath)).mode & 0o777).toBe(0o600);
  });

  test('gets a certificate again when only the key is there', async () => {
    const first = await openCertificateAuthority(dataDir);
    await fs.rm(first.caPath);
    const notices: AuthorityNotice[] = [];
    const again = await openCertificateAuthority(dataDir, { notify: (notice) => notices.push(notice) });
    expect(again.sha256).not.toBe(first.sha256);
    expect(notices.map((notice) => notice.id)).toEqual(['ca-remade']);
  });

  test.each([
    ['a damaged key', 'ca-key.pem', async () => 'no key'],
    ['a damaged certificate', 'ca.pem', async () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
    ['an empty certificate', 'ca.pem', async () => ''],
    [
      'a key of another CA',
      'ca-key.pem',
      async (other: string) => {
        await openCertificateAuthority(other);
        return fs.readFile(path.join(other, 'ca-key.pem'), 'utf8');
      },
    ],
  ])('is refused, not replaced, with %s', async (_what, file, content) => {
    await openCertificateAuthority(dataDir);
    const bad = await content(path.join(dataDir, 'other'));
    await fs.writeFile(path.join(dataDir, file), bad);
    const opening = openCertificateAuthority(dataDir);
    await expect(opening).rejects.toMatchObject({ name: 'SidetapError', code: 'certificate-unusable' });
    await expect(opening).rejects.toThrow(/delete .*ca-key\.pem and .*ca\.pem for a new CA/);
    expect(await fs.readFile(path.join(dataDir, file), 'utf8')).toBe(bad);
  });

  test('is refused when its key is gone', async () => {
    await openCertificateAuthority(dataDir);
    await fs.rm(path.join(dataDir, 'ca-key.pem'));
    await expect(openCertificateAuthority(dataDir)).rejects.toThrow(/ca-key\.pem is missing/);
    expect(await fs.readdir(dataDir)).toEqual(['ca.pem']);
  });

  test('says which directory to give when the data directory cannot be made', async () => {
    const file = path.join(dataDir, 'file');
    await fs.writeFile(file, '');
    await expect(openCertificateAuthority(path.join(file, 'x'))).rejects.toMatchObject({ code: 'data-dir-unusable' });
  });
});

describe('renewal', () => {
  test('comes before the end, keeps key and name, and leaves verify against the old and the new certificate', async () => {
    const start = Date.now();
    const old = await openCertificateAuthority(dataDir, { now: () => start });
    const notices: AuthorityNotice[] = [];
    const later = start + (limits.caDays - limits.caRenewDays + 1) * dayMillis;
    const renewed = await openCertificateAuthority(dataDir, { now: () => later, notify: (notice) => notices.push(notice) });
    expect(notices.map((notice) => notice.id)).toEqual(['ca-renewed']);
    expect(renewed.sha256).not.toBe(old.sha256);
    expect(renewed.notAfter.getTime()).toBeGreaterThan(old.notAfter.getTime());
    const leaf = await leafOf(await renewed.contextFor('a.test'));
    for (const pem of [old.pem, renewed.pem]) {
      const ca = new X509Certificate(pem);
      expect(leaf.checkIssued(ca)).toBe(true);
      expect(leaf.verify(createPublicKey(pem))).toBe(true);
    }
  });

  test('happens in a process that runs for years, once for all who ask', async () => {
    let now = Date.now();
    const notices: AuthorityNotice[] = [];
    const authority = await openCertificateAuthority(dataDir, { now: () => now, notify: (notice) => notices.push(notice) });
    const before = authority.sha256;
    now += (limits.caDays - 1) * dayMillis;
    await Promise.all([authority.contextFor('a.test'), authority.contextFor('b.test')]);
    expect(authority.sha256).not.toBe(before);
    expect(notices.map((notice) => notice.id)).toEqual(['ca-renewed']);
    expect(await fs.readFile(authority.caPath, 'utf8')).toBe(authority.pem);
  });

  test('repairs a certificate that was made by a clock ahead of time', async () => {
    const ahead = await openCertificateAuthority(dataDir, { now: () => Date.now() + 1000 * dayMillis });
    const now = await openCertificateAuthority(dataDir);
    expect(now.sha256).not.toBe(ahead.sha256);
    expect(new X509Certificate(now.pem).validFromDate.getTime()).toBeLessThan(Date.now());
  });

  test('that fails is told, and the old certificate serves on', async () => {
    let now = Date.now();
    const notices: AuthorityNotice[] = [];
    const authority = await openCertificateAuthority(dataDir, { now: () => now, notify: (notice) => notices.push(notice) });
    const before = authority.sha256;
    await fs.rm(path.join(dataDir, 'ca-key.pem'));
    now += (limits.caDays - limits.caRenewDays + 1) * dayMillis;
    const leaf = await leafOf(await authority.contextFor('a.test'));
    expect(authority.sha256).toBe(before);
    expect(notices.map((notice) => notice.id)).toEqual(['ca-not-renewed']);
    expect(leaf.validToDate.getTime()).toBeLessThanOrEqual(authority.notAfter.getTime());
  });
});

describe('leaves', () => {
  test.each([
    ['www.Example.COM', 'DNS:www.example.com'],
    ['example.com.', 'DNS:example.com'],
    ['my_service', 'DNS:my_service'],
    ['bücher.example', 'DNS:xn--bcher-kva.example'],
    ['192.0.2.1', 'IP Address:192.0.2.1'],
    ['localhost', 'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1'],
    ['127.0.0.1', 'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1'],
    ['[::1]', 'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1'],
    ['fe80::1%eth0', 'IP Address:FE80:0:0:0:0:0:0:1'],
    ['*.example.com', 'DNS:unnamed.sidetap.invalid'],
    ['../../etc/passwd', 'DNS:unnamed.sidetap.invalid'],
    ['', 'DNS:unnamed.sidetap.invalid'],
    ['a\0b.example', 'DNS:unnamed.sidetap.invalid'],
  ])('for %j carry %s and nothing else', async (asked, expected) => {
    const authority = await openCertificateAuthority(dataDir);
    const leaf = await leafOf(await authority.contextFor(asked));
    expect(leaf.subjectAltName).toBe(expected);
    expect(leaf.ca).toBe(false);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']); // Node's name for the extended key usage: serverAuth
    expect(leaf.validFromDate.getTime()).toBeLessThanOrEqual(Date.now() - dayMillis + 1000);
    const days = (leaf.validToDate.getTime() - Date.now()) / dayMillis;
    expect(Math.round(days)).toBe(limits.leafDays);
    expect(leaf.verify(createPublicKey(authority.pem))).toBe(true);
    expect((await fs.readdir(dataDir)).sort()).toEqual(['ca-key.pem', 'ca.pem']);
  });

  test('have serial numbers of their own and one key', async () => {
    const authority = await openCertificateAuthority(dataDir);
    const one = await leafOf(await authority.contextFor('one.test'));
    const two = await leafOf(await authority.contextFor('two.test'));
    expect(one.serialNumber).not.toBe(two.serialNumber);
    expect(one.serialNumber.length).toBeGreaterThanOrEqual(16);
    expect(one.publicKey.equals(two.publicKey)).toBe(true);
  });

  test('are shared by all who ask for one name, however written, and known without waiting afterwards', async () => {
    const authority = await openCertificateAuthority(dataDir);
    expect(authority.cachedContext('a.test')).toBeUndefined();
    const contexts = await Promise.all(['a.test', 'A.TEST', 'a.test.', 'a.test'].map(async (name) => authority.contextFor(name)));
    expect(new Set(contexts).size).toBe(1);
    expect(authority.cachedContext('a.TEST')).toBe(contexts[0]);
  });

  test('are made anew when their end is near and when the clock was put back', async () => {
    let now = Date.now();
    const authority = await openCertificateAuthority(dataDir, { now: () => now });
    const first = await authority.contextFor('a.test');
    now += limits.leafDays * dayMillis - limits.leafRenewMillis + 60_000;
    expect(authority.cachedContext('a.test')).toBeUndefined();
    const second = await authority.contextFor('a.test');
    expect(second).not.toBe(first);
    now -= 30 * dayMillis;
    expect(authority.cachedContext('a.test')).toBeUndefined();
  });

  test('are forgotten in the order of last use above the limit', async () => {
    const authority = await openCertificateAuthority(dataDir);
    await authority.contextFor('kept.test');
    await authority.contextFor('gone.test');
    for (let index = 0; index < limits.leafCertificates - 1; index++) {
      authority.cachedContext('kept.test');
      await authority.contextFor(`host-${index}.test`);
    }
    expect(authority.cachedContext('kept.test')).toBeDefined();
    expect(authority.cachedContext('gone.test')).toBeUndefined();
  });
});
