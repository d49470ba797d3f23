/** Certificates and a private key as found in text that was pasted or read from files. */
export interface PemParts {
  chainPem: string;
  keyPem: string;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** Takes apart what may hold both: many keep key and certificates in one file. */
export function pemParts(text: string): PemParts {
  const certificates: string[] = [];
  const keys: string[] = [];
  for (const match of text.matchAll(BLOCK)) {
    if (match[1] === 'CERTIFICATE' || match[1] === 'TRUSTED CERTIFICATE') certificates.push(match[0]);
    else if (match[1]?.endsWith('PRIVATE KEY') === true) keys.push(match[0]);
  }
  return { chainPem: certificates.join('\n'), keyPem: keys.join('\n') };
}

/** What is wrong with a key pair, as a sentence; empty when nothing is that can be seen from here. */
export function pemProblem({ chainPem, keyPem }: PemParts): { chain: string; key: string } {
  const chain =
    chainPem.trim() === '' || pemParts(chainPem).chainPem !== ''
      ? ''
      : 'This holds no certificate: it begins with -----BEGIN CERTIFICATE-----.';
  const { keyPem: found } = pemParts(keyPem);
  if (keyPem.trim() === '') return { chain, key: '' };
  if (found === '')
    return { chain, key: 'This holds no private key: it begins with -----BEGIN PRIVATE KEY-----, or EC or RSA before PRIVATE.' };
  if (/BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(found)) {
    return { chain, key: 'This key is locked with a passphrase. Unlock it: openssl pkey -in key.pem -out unlocked.pem' };
  }
  return { chain, key: '' };
}
