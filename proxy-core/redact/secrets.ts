import type { BuiltInRule } from '../rrpair/masking.ts';

/** What counts as a secret, as data. Names are compared in lower case. */
export const builtInRules: readonly BuiltInRule[] = [
  {
    id: 'credentials',
    title: 'Header fields that carry credentials',
    kind: 'header',
    names: [
      'authorization',
      'proxy-authorization',
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
    ],
  },
  { id: 'cookies', title: 'Cookies', kind: 'header', names: ['cookie', 'set-cookie'] },
  {
    id: 'secret-names',
    // Endings that say for themselves that a name holds a secret, separators removed: `db_password`, `clientSecret`, `X-Amz-Signature`.
    title: 'Names that end like that of a secret',
    kind: 'ending',
    names: [
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
    ],
  },
  {
    id: 'short-names',
    // They count only when they stand alone: as endings they would catch too much (`compass`, `shipping`).
    title: 'Short names of secrets, standing alone',
    kind: 'name',
    names: ['pwd', 'pass', 'sig', 'auth', 'jwt', 'otp', 'pin', 'cvv', 'cvc', 'ssn'],
  },
  // In URLs they carry API keys and OAuth codes; elsewhere they are everyday names.
  { id: 'url-keys', title: '`key` and `code` in URLs and forms', kind: 'query', names: ['key', 'code'] },
  { id: 'url-users', title: 'Users and passwords in URLs', kind: 'url-user', names: [] },
  { id: 'known-tokens', title: 'Tokens and private keys that are known by their form', kind: 'tokens', names: [] },
];

/** Under this id the same value at other places is counted. */
export const REPEATED = 'repeated';

/** What stands where a secret stood. Safe in URLs, JSON strings, forms, SQL literals and headers. */
export const MASK = '***';
