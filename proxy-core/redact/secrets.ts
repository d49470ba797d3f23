/** What counts as a secret, as data. Names are compared in lower case. */

/** Header fields whose whole value is a secret. */
const secretHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'api-key',
  'apikey',
  'x-goog-api-key',
  'ocp-apim-subscription-key',
  'x-amz-security-token',
  'x-vault-token',
  'private-token',
  'x-shopify-access-token',
  'x-goog-iam-authorization-token',
  'dd-api-key',
  'dd-application-key',
]);

/**
 * Endings that say for themselves that a name holds a secret, separators removed: `db_password`, `clientSecret`, `X-Amz-Signature`.
 */
const secretEndings: readonly string[] = [
  'password',
  'passwd',
  'passphrase',
  'secret',
  'token',
  'apikey',
  'accesskey',
  'accesskeyid',
  'secretkey',
  'privatekey',
  'signingkey',
  'sessionid',
  'sessid',
  'signature',
  'credential',
  'credentials',
  'cardnumber',
];

/** Names that count only when they stand alone, because as endings they would catch too much (`compass`, `shipping`). */
const shortSecretNames: ReadonlySet<string> = new Set([
  'pwd',
  'pass',
  'sig',
  'auth',
  'jwt',
  'otp',
  'pin',
  'cvv',
  'cvc',
  'ssn',
  'key',
  'code',
]);

/** True when a name by itself says that its value is a secret. `key` and `code` count in URLs only, where they carry API keys and OAuth codes. */
export function isSecretName(name: string, inUrl = false): boolean {
  const lower = name.toLowerCase();
  const bare = lower.replaceAll(/[-_.\s[\]]/g, '');
  if (shortSecretNames.has(bare)) return inUrl || (bare !== 'key' && bare !== 'code');
  return secretEndings.some((ending) => bare.endsWith(ending));
}

/** True for header fields that carry a secret. */
export function isSecretHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return secretHeaders.has(lower) || isSecretName(lower.replace(/^x-/, ''));
}

/** What stands where a secret stood. Safe in URLs, JSON strings, forms and headers. */
export const MASK = '***';
