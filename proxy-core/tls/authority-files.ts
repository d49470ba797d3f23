import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { messageOf, SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import { type Issuer, keyPairOf, makeCaCertificate, newKeyPair, privateKeyPem } from './certificates.ts';
import { createFile, makeDataDir, readIfThere, replaceFile } from './files.ts';
import * as x509 from './x509.ts';

const dayMillis = 24 * 60 * 60_000;
const keyMode = 0o600;
const certificateMode = 0o644;

/** Something the user should know about the CA. The same condition keeps its id. */
export type AuthorityNotice = { readonly id: string; readonly level: 'info' | 'warning' | 'error'; readonly text: string };

/** The CA as it stands in the data directory, read and checked. */
export type StoredAuthority = {
  readonly issuer: Issuer;
  /** Of the certificate, ending in a line feed. */
  readonly pem: string;
  /** SHA-256 fingerprint of the certificate, upper-case hex with colons. */
  readonly sha256: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
};

/** Paths of the CA's two files. */
export function authorityPaths(dataDir: string): { caPath: string; keyPath: string } {
  return { caPath: path.join(dataDir, 'ca.pem'), keyPath: path.join(dataDir, 'ca-key.pem') };
}

/**
 * Reads the CA of a data directory, and makes one where there is none. Processes that race end with the same CA: whoever puts the key
 * into place first decides, and everyone reads back what stands there.
 *
 * @throws SidetapError `certificate-unusable` when what stands there cannot be used; it is never replaced, for the user may have it trusted
 * @throws SidetapError `data-dir-unusable`
 */
export async function loadAuthority(
  dataDir: string,
  now: number,
  notify: (notice: AuthorityNotice) => void,
): Promise<StoredAuthority> {
  const { caPath, keyPath } = authorityPaths(dataDir);
  makeDataDir(dataDir);
  try {
    const found = { key: await readIfThere(keyPath), certificate: await readIfThere(caPath) };
    if (found.key === null && found.certificate === null) await createKey(keyPath);
    if (found.certificate === null) await createCertificate(keyPath, caPath, now, found.key !== null, notify);
    await keepPrivate(keyPath, notify);
    return await readAuthority(keyPath, caPath);
  } catch (cause) {
    if (cause instanceof SidetapError) throw cause;
    throw unusable(
      `${caPath} and ${keyPath} cannot be read or written (${messageOf(cause)}); make them accessible to this user.`,
      cause,
    );
  }
}

/** Whether the CA's certificate should be made anew: its end is near, or the clock it was made by was ahead of the present one. */
export function needsRenewal(authority: StoredAuthority, now: number): boolean {
  return now >= authority.notAfter.getTime() - limits.caRenewDays * dayMillis || now < authority.notBefore.getTime();
}

/**
 * Makes the CA's certificate anew, with the same key and the same name. Leaves then verify against the old certificate as well as
 * against the new one, so nothing that trusts the old one breaks while it is valid: the user has `limits.caRenewDays` to trust the new
 * one. For that reason the old file needs no keeping.
 */
export async function renewAuthority(
  dataDir: string,
  authority: StoredAuthority,
  now: number,
  notify: (notice: AuthorityNotice) => void,
): Promise<StoredAuthority> {
  const { caPath, keyPath } = authorityPaths(dataDir);
  const key = createPrivateKey(await fs.readFile(keyPath, 'utf8'));
  const name = authority.issuer.certificate.subjectName.getField('CN')[0] ?? commonName(now);
  const certificate = await makeCaCertificate(await keyPairOf(key, createPublicKey(key)), name, now);
  await replaceFile(caPath, pemOf(certificate), certificateMode);
  const until = authority.notAfter.toISOString().slice(0, 10);
  const text = `The Sidetap CA was renewed. What trusts the old certificate works until ${until}; trust ${caPath} again before then ("sidetap certs" tells how).`;
  notify({ id: 'ca-renewed', level: 'warning', text });
  return readAuthority(keyPath, caPath);
}

async function createKey(keyPath: string): Promise<void> {
  const keys = await newKeyPair();
  await createFile(keyPath, await privateKeyPem(keys.privateKey), keyMode);
}

/**
 * Makes the certificate for the key that stands there: the second half of making a CA, and the repair when the first half was all that a
 * process got done or when the certificate was deleted.
 */
async function createCertificate(
  keyPath: string,
  caPath: string,
  now: number,
  keyWasThere: boolean,
  notify: (notice: AuthorityNotice) => void,
): Promise<void> {
  const key = parseKey(await fs.readFile(keyPath, 'utf8'), keyPath, caPath);
  const certificate = await makeCaCertificate(await keyPairOf(key, createPublicKey(key)), commonName(now), now);
  const won = await createFile(caPath, pemOf(certificate), certificateMode);
  if (!won || !keyWasThere) return;
  const text = `${caPath} was missing and has been made anew for the key beside it; where the old one was trusted, trust this one ("sidetap certs" tells how).`;
  notify({ id: 'ca-remade', level: 'warning', text });
}

async function readAuthority(keyPath: string, caPath: string): Promise<StoredAuthority> {
  const keyText = await readIfThere(keyPath);
  if (keyText === null) {
    throw unusable(
      `${keyPath} is missing, so ${caPath} cannot sign; put the key back, or delete ${caPath} for a new CA and trust that.`,
    );
  }
  const key = parseKey(keyText, keyPath, caPath);
  const pem = await fs.readFile(caPath, 'utf8');
  const parsed = parseCertificate(pem, keyPath, caPath);
  if (!parsed.checkPrivateKey(key)) throw unusable(`${caPath} and ${keyPath} do not belong together; ${remedy(keyPath, caPath)}`);
  if (!parsed.ca || !parsed.verify(createPublicKey(key))) {
    throw unusable(`${caPath} is not the certificate of a CA signed by itself; ${remedy(keyPath, caPath)}`);
  }
  const { privateKey } = await keyPairOf(key, createPublicKey(key));
  return {
    issuer: { certificate: new x509.X509Certificate(parsed.raw), signingKey: privateKey },
    pem: parsed.toString().trimEnd().concat('\n'),
    sha256: parsed.fingerprint256,
    notBefore: parsed.validFromDate,
    notAfter: parsed.validToDate,
  };
}

function parseKey(text: string, keyPath: string, caPath: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch (cause) {
    throw unusable(`${keyPath} is damaged (${messageOf(cause)}); ${remedy(keyPath, caPath)}`, cause);
  }
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  throw unusable(`${keyPath} is not an ECDSA P-256 key; ${remedy(keyPath, caPath)}`);
}

function parseCertificate(pem: string, keyPath: string, caPath: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw unusable(`${caPath} is damaged (${messageOf(cause)}); ${remedy(keyPath, caPath)}`, cause);
  }
}

function remedy(keyPath: string, caPath: string): string {
  return `restore both files from a backup, or delete ${keyPath} and ${caPath} for a new CA and trust that.`;
}

function unusable(message: string, cause?: unknown): SidetapError {
  return new SidetapError('certificate-unusable', message, { cause });
}

/** A key that others can read is made private again, and the user is told, for it may have been copied. */
async function keepPrivate(keyPath: string, notify: (notice: AuthorityNotice) => void): Promise<void> {
  if (process.platform === 'win32') return; // the profile's ACL guards it; modes mean nothing there
  const stat = await fs.stat(keyPath).catch(() => null); // a missing key is told of by readAuthority
  if (stat === null || (stat.mode & 0o077) === 0) return;
  await fs.chmod(keyPath, keyMode);
  const text = `${keyPath} could be read by other users of this machine and has been made private; if someone may have copied it, delete it and ca.pem for a new CA.`;
  notify({ id: 'ca-key-readable', level: 'warning', text });
}

function pemOf(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

/** Names the CA in the lists of trust dialogs, so that a user can tell whose it is and how old. At most 64 characters (X.520). */
function commonName(now: number): string {
  const owner = `${userName().slice(0, 16)}@${os.hostname().slice(0, 16)}`;
  return `Sidetap local CA (${owner}, ${new Date(now).toISOString().slice(0, 10)})`;
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return 'user'; // containers may run under a uid that has no entry; the name only helps to recognise the CA
  }
}
