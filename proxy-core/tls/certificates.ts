import { type KeyObject, webcrypto } from 'node:crypto';
import { limits } from '../limits.ts';
import { alternativeNames, type CertificateName } from './names.ts';
import * as x509 from './x509.ts';

const dayMillis = 24 * 60 * 60_000;
const signing = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A CA ready to sign: its certificate, and its key in the form the signing library takes. */
export type Issuer = { readonly certificate: x509.X509Certificate; readonly signingKey: webcrypto.CryptoKey };

/** A fresh ECDSA P-256 key pair. */
export async function newKeyPair(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey({ name: signing.name, namedCurve: signing.namedCurve }, true, ['sign', 'verify']);
}

/** Both halves of a P-256 private key, for WebCrypto. */
export async function keyPairOf(privateKey: KeyObject, publicKey: KeyObject): Promise<webcrypto.CryptoKeyPair> {
  const algorithm = { name: signing.name, namedCurve: signing.namedCurve };
  const pkcs8 = new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }));
  const spki = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }));
  return {
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
    publicKey: await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
  };
}

/** PEM (PKCS #8) of a private key. */
export async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key);
  return `${x509.PemConverter.encode(der, 'PRIVATE KEY')}\n`;
}

/**
 * A self-signed CA certificate of `limits.caDays`.
 *
 * It may sign leaves only (path length 0) and only for servers (extended key usage), so that a stolen key signs no code and no mail. It
 * has no name constraints: any host an application calls must be readable, which is the purpose of the tool.
 */
export async function makeCaCertificate(
  keys: webcrypto.CryptoKeyPair,
  commonName: string,
  now: number,
): Promise<x509.X509Certificate> {
  return x509.X509CertificateGenerator.createSelfSigned(
    {
      name: commonNameOnly(commonName),
      notBefore: new Date(now - dayMillis),
      notAfter: new Date(now + limits.caDays * dayMillis),
      keys,
      signingAlgorithm: signing,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
}

/** Makes a server certificate for one name, `now` being ms since the epoch. */
export type LeafSigner = (name: CertificateName, now: number) => Promise<x509.X509Certificate>;

/**
 * Makes leaves that begin a day ago, for clients (containers, virtual machines) whose clock is behind, and never outlive their CA. What all
 * leaves of one CA and one key have in common is made once: encoding it takes longer than signing.
 */
export async function leafSigner(issuer: Issuer, publicKey: webcrypto.CryptoKey): Promise<LeafSigner> {
  const spki = new x509.PublicKey(await webcrypto.subtle.exportKey('spki', publicKey));
  const common = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate, false, webcrypto),
    await x509.SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
  ];
  const end = issuer.certificate.notAfter.getTime();
  return async (name, now) =>
    x509.X509CertificateGenerator.create(
      {
        // X.520 allows 64 characters of common name; clients read the alternative name anyway (RFC 9525).
        subject: commonNameOnly(name.value.length <= 64 ? name.value : 'Sidetap leaf'),
        issuer: issuer.certificate.subjectName,
        notBefore: new Date(now - dayMillis),
        notAfter: new Date(Math.min(now + limits.leafDays * dayMillis, end)),
        publicKey: spki,
        signingKey: issuer.signingKey,
        signingAlgorithm: signing,
        extensions: [
          ...common,
          new x509.SubjectAlternativeNameExtension(alternativeNames(name).map(({ kind, value }) => ({ type: kind, value }))),
        ],
      },
      webcrypto,
    );
}

/** One leaf, where no more are to come. */
export async function makeLeafCertificate(
  issuer: Issuer,
  publicKey: webcrypto.CryptoKey,
  name: CertificateName,
  now: number,
): Promise<x509.X509Certificate> {
  const sign = await leafSigner(issuer, publicKey);
  return sign(name, now);
}

/** A name object rather than text: text would be parsed, and a host or user name could then add attributes of its own. */
function commonNameOnly(value: string): x509.Name {
  return new x509.Name([{ CN: [{ utf8String: value }] }]);
}
