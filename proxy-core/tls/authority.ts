import tls from 'node:tls';
import { messageOf } from '../errors.ts';
import { limits } from '../limits.ts';
import {
  type AuthorityNotice,
  authorityPaths,
  loadAuthority,
  needsRenewal,
  renewAuthority,
  type StoredAuthority,
} from './authority-files.ts';
import { leafSigner, newKeyPair, privateKeyPem } from './certificates.ts';
import { type CertificateName, certificateName } from './names.ts';

/** Leaves for one who ends TLS elsewhere (an agent beside a container). They have a key of their own: those of this process stay in it. */
export type LeafIssuer = {
  /** Private key of all its leaves, PEM (PKCS #8). */
  readonly keyPem: string;
  /** The leaf for a name as a client asks for it, and the CA, PEM; `notAfter` is the leaf's end, ms since the epoch. */
  leaf(name: string): Promise<{ chainPem: string; notAfter: number }>;
};

/** Signs a leaf for whatever name a client asks for, so that its TLS can be read. */
export type CertificateAuthority = {
  /** Of the CA's certificate, PEM. */
  readonly caPath: string;
  /** The CA's certificate. */
  readonly pem: string;
  /** Its SHA-256 fingerprint, upper-case hex with colons. */
  readonly sha256: string;
  /** Its end. */
  readonly notAfter: Date;
  /**
   * What a TLS server answers with for a name: a leaf for it and the CA. The name is what a client asked for and may be anything (see
   * `certificateName`). Callers that ask for the same name at once share one leaf.
   */
  contextFor(name: string): Promise<tls.SecureContext>;
  /** The same without waiting, or undefined while there is none: for a handshake that can be answered at once. */
  cachedContext(name: string): tls.SecureContext | undefined;
};

/** The CA itself, which can let others end TLS with its leaves. */
export type IssuingAuthority = CertificateAuthority & {
  /** An issuer with a new key. */
  issuer(): Promise<LeafIssuer>;
};

export type AuthorityOptions = {
  /** Is told when the CA was renewed and when something was put right. */
  readonly notify?: (notice: AuthorityNotice) => void;
  /** Wall clock, ms since the epoch. */
  readonly now?: () => number;
};

type Leaf = { readonly context: tls.SecureContext; readonly notBefore: number; readonly notAfter: number };

/**
 * Opens the CA of a data directory and makes it where there is none.
 *
 * All leaves share one key pair, which lives in this process only: whoever could take one leaf's key from its memory could take them all,
 * and the CA's, so a key for each would add time to handshakes and no safety.
 *
 * @throws SidetapError `certificate-unusable`, `data-dir-unusable`
 */
export async function openCertificateAuthority(dataDir: string, options: AuthorityOptions = {}): Promise<IssuingAuthority> {
  const notify = options.notify ?? (() => {});
  const now = options.now ?? Date.now;
  let stored = await loadAuthority(dataDir, now(), notify);
  if (needsRenewal(stored, now())) stored = await renewOrKeep(dataDir, stored, now(), notify);

  const leafKeys = await newKeyPair();
  const leafKeyPem = await privateKeyPem(leafKeys.privateKey);
  let signer = { issuer: stored.issuer, sign: await leafSigner(stored.issuer, leafKeys.publicKey) };
  /** In the order of last use: the first is the one to go. */
  const leaves = new Map<string, Leaf>();
  const making = new Map<string, Promise<tls.SecureContext>>();
  let renewing: Promise<StoredAuthority> | null = null;

  function cached(name: CertificateName): tls.SecureContext | undefined {
    const leaf = leaves.get(name.value);
    if (leaf === undefined) return undefined;
    leaves.delete(name.value);
    // A clock that was put back makes a leaf too young, as time makes it too old.
    if (now() < leaf.notBefore || now() >= leaf.notAfter - limits.leafRenewMillis) return undefined;
    leaves.set(name.value, leaf);
    return leaf.context;
  }

  /** The CA, renewed when a process has run so long that it must be. */
  async function current(): Promise<StoredAuthority> {
    if (needsRenewal(stored, now())) {
      renewing ??= renewOrKeep(dataDir, stored, now(), notify).finally(() => {
        renewing = null;
      });
      stored = await renewing;
    }
    return stored;
  }

  async function make(name: CertificateName): Promise<tls.SecureContext> {
    const { issuer, pem } = await current();
    if (signer.issuer !== issuer) signer = { issuer, sign: await leafSigner(issuer, leafKeys.publicKey) };
    const certificate = await signer.sign(name, now());
    // The CA goes along for clients that are told its key rather than its file (Chromium's --ignore-certificate-errors-spki-list).
    const cert = `${certificate.toString('pem')}\n${pem}`;
    const context = tls.createSecureContext({ key: leafKeyPem, cert, minVersion: 'TLSv1.2' });
    leaves.set(name.value, {
      context,
      notBefore: certificate.notBefore.getTime(),
      notAfter: certificate.notAfter.getTime(),
    });
    for (const oldest of leaves.keys()) {
      if (leaves.size <= limits.leafCertificates) break;
      leaves.delete(oldest);
    }
    return context;
  }

  async function newIssuer(): Promise<LeafIssuer> {
    const keys = await newKeyPair();
    let own = { issuer: stored.issuer, sign: await leafSigner(stored.issuer, keys.publicKey) };
    return {
      keyPem: await privateKeyPem(keys.privateKey),
      async leaf(asked) {
        const { issuer, pem } = await current();
        if (own.issuer !== issuer) own = { issuer, sign: await leafSigner(issuer, keys.publicKey) };
        const certificate = await own.sign(certificateName(asked), now());
        return { chainPem: `${certificate.toString('pem')}\n${pem}`, notAfter: certificate.notAfter.getTime() };
      },
    };
  }

  return {
    issuer: newIssuer,
    caPath: authorityPaths(dataDir).caPath,
    get pem() {
      return stored.pem;
    },
    get sha256() {
      return stored.sha256;
    },
    get notAfter() {
      return stored.notAfter;
    },
    cachedContext: (asked) => cached(certificateName(asked)),
    async contextFor(asked) {
      const name = certificateName(asked);
      const ready = cached(name);
      if (ready !== undefined) return ready;
      let promise = making.get(name.value);
      if (promise === undefined) {
        promise = make(name).finally(() => making.delete(name.value));
        making.set(name.value, promise);
      }
      return promise;
    },
  };
}

/** A renewal that fails (a disk that is full, files of another user) stops no traffic: the old certificate serves on, and the user is told. */
async function renewOrKeep(
  dataDir: string,
  stored: StoredAuthority,
  now: number,
  notify: (notice: AuthorityNotice) => void,
): Promise<StoredAuthority> {
  try {
    return await renewAuthority(dataDir, stored, now, notify);
  } catch (error) {
    const until = stored.notAfter.toISOString().slice(0, 10);
    const text = `The Sidetap CA, valid until ${until}, could not be renewed (${messageOf(error)}); make ${dataDir} writable and start Sidetap again.`;
    notify({ id: 'ca-not-renewed', level: 'error', text });
    return stored;
  }
}
