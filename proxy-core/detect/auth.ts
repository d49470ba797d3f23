import type { HttpFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { type Jwt, jwtOf } from './jwt.ts';
import { jwtFields } from './rules/auth.ts';

/** Characters of a claim that are shown. */
const CLAIM_CHARS = 60;
/** Bytes of a form that are looked at. */
const FORM_BYTES = 512;

/** Ways of signing in that more than the name of a scheme tells of. Rules for those stand in `rules/auth.ts`. */
export function fromAuth(facts: HttpFacts, found: Finding[]): void {
  fromBearer(facts, found);
  for (const name of jwtFields) {
    const value = facts.request.headers.get(name);
    if (value !== undefined) fromToken(value, `request header ${name}`, found);
  }
  fromQuery(facts.request.head.target, found);
  fromForm(facts, found);
}

const bearer = /^(?:Bearer|DPoP) /i;

function fromBearer({ request }: HttpFacts, found: Finding[]): void {
  const authorization = request.headers.get('authorization');
  if (authorization === undefined || !bearer.test(authorization)) return;
  const where = 'request header authorization';
  if (!fromToken(authorization, where, found)) found.push({ technology: 'Bearer token', kind: 'auth', where, value: 'Bearer' });
}

/** `value` is a token, behind the name of its scheme where it has one. */
function fromToken(value: string, where: string, found: Finding[]): boolean {
  const jwt = readJwt(value);
  if (jwt !== null) found.push({ technology: 'JWT', kind: 'auth', where, value: () => jwtWords(jwt) });
  return jwt !== null;
}

/** By values that were seen last: a session sends its own with every request. Bounded in number and size, because they come from captured traffic. */
const tokens = new Map<string, Jwt | null>();
const TOKENS = 256;
const TOKEN_CHARS = 4_096;

function readJwt(value: string): Jwt | null {
  let jwt = tokens.get(value);
  if (jwt !== undefined) return jwt;
  jwt = jwtOf(value.slice(value.indexOf(' ') + 1).trim());
  if (tokens.size >= TOKENS) tokens.clear();
  if (value.length <= TOKEN_CHARS) tokens.set(value, jwt);
  return jwt;
}

/** Who vouches for it, for whom and until when (RFC 7519 4.1). Of whom it speaks is left out: that is personal, and stands in the token. */
function jwtWords({ algorithm, claims }: Jwt): string {
  const words = [`a JWT signed with ${algorithm}`];
  const named = { iss: 'by', aud: 'for', scope: 'scope' } as const;
  for (const [claim, word] of Object.entries(named)) {
    const value = claims[claim];
    if (typeof value === 'string' && value !== '') words.push(`${word} ${value.slice(0, CLAIM_CHARS)}`);
  }
  const { exp } = claims;
  if (typeof exp === 'number' && Number.isFinite(exp) && Math.abs(exp) < 8.64e12) {
    words.push(`until ${new Date(exp * 1_000).toISOString().slice(0, 19)}Z`);
  }
  return words.join(', ');
}

/** Signatures and keys in a query: links that are signed beforehand, keys of simple APIs. */
function fromQuery(target: string, found: Finding[]): void {
  const query = target.indexOf('?');
  if (query < 0) return;
  const parameters = target.slice(query);
  const push = (technology: string, name: string): void => {
    found.push({ technology, kind: 'auth', where: `query parameter ${name}`, value: '' });
  };
  if (parameters.includes('X-Amz-Signature=')) push('SigV4', 'X-Amz-Signature');
  else if (parameters.includes('X-Goog-Signature=')) push('Signed URL', 'X-Goog-Signature');
  else if (/[?&]sig=[^&]+/.test(parameters) && /[?&]sv=\d{4}-\d\d-\d\d/.test(parameters)) push('Azure SAS', 'sig');
  const key = /[?&](api_?key|apikey|key=AIza|appid|access_token)[=\w]/i.exec(parameters)?.[1];
  if (key !== undefined) push(/access_token/i.test(key) ? 'Bearer token' : 'API key', key.replace(/=.*/, ''));
}

/** The token endpoint of OAuth 2.0 (RFC 6749 4) and what SAML posts back. */
function fromForm({ request }: HttpFacts, found: Finding[]): void {
  if (request.mediaType !== 'application/x-www-form-urlencoded' || request.body.length === 0) return;
  const form = request.body.toString('latin1', 0, FORM_BYTES);
  const grant = /(?:^|&)grant_type=([\w%.:-]{1,120})/.exec(form)?.[1];
  if (grant !== undefined) {
    found.push({ technology: 'OAuth 2.0', kind: 'auth', where: 'request body has grant_type', value: grant });
  } else if (/(?:^|&)SAML(?:Response|Request)=/.test(form)) {
    found.push({ technology: 'SAML', kind: 'auth', where: 'request body has SAMLResponse', value: '' });
  }
}
