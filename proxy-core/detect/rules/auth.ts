import type { HeaderRule } from './headers.ts';

/**
 * How requests say who sends them, by header field. What a value says beyond its scheme (a JWT's claims, the service that a signature is for) is read
 * in `auth.ts`.
 */
const authorization = (technology: string, value: RegExp): HeaderRule => ({
  technology,
  kind: 'auth',
  in: 'request',
  header: 'authorization',
  value,
});
const key = (header: string): HeaderRule => ({ technology: 'API key', kind: 'auth', in: 'request', header, value: /(?:)/ });

/** Cookies by which servers know a session, as frameworks and people name them. */
const sessionCookie =
  /(?:^|; ?)(?:(?:__Host-|__Secure-)?(?:next-auth\.|authjs\.)?session(?:-token|_?id)?|sid|connect\.sid|JSESSIONID|PHPSESSID|ASP\.NET_SessionId|\.AspNetCore\.Session|laravel_session|_[a-z0-9_]{1,60}_session|wordpress_logged_in_[0-9a-f]+|SESSION)=/;

export const authRules: readonly HeaderRule[] = [
  authorization('SigV4', /^AWS4-(?:HMAC-SHA256|ECDSA-P256-SHA256) /),
  authorization('Basic auth', /^Basic [A-Za-z0-9+/=]+$/i),
  authorization('Digest auth', /^Digest /i),
  authorization('Negotiate auth', /^(?:Negotiate|NTLM) /i),
  // RFC 5849 3.5.1.
  authorization('OAuth 1.0', /^OAuth .*oauth_signature/i),
  authorization('Hawk', /^Hawk id=/i),
  authorization('Azure shared key', /^SharedKey(?:Lite)? /i),
  authorization('API key', /^(?:ApiKey|Api-Key|Token|Key) [\w:.~+/=-]{8,}/i),
  // RFC 9449: a proof beside the token.
  { technology: 'DPoP', kind: 'auth', in: 'request', header: 'dpop', value: /^[\w-]+\.[\w-]+\.[\w-]+$/ },
  key('x-api-key'),
  key('api-key'),
  key('apikey'),
  key('x-goog-api-key'),
  key('ocp-apim-subscription-key'),
  key('x-functions-key'),
  { technology: 'Session cookie', kind: 'auth', in: 'request', header: 'cookie', value: sessionCookie },
];

/** Fields beside Authorization in which gateways and applications hand on a JWT. */
export const jwtFields: readonly string[] = [
  'x-access-token',
  'x-auth-token',
  'x-id-token',
  'cf-access-jwt-assertion',
  'x-goog-iap-jwt-assertion',
  'x-amzn-oidc-data',
  'x-forwarded-access-token',
];
