/** The parts of a JSON Web Token (RFC 7519) that can be read without its key. */
export interface Jwt {
  algorithm: string;
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
}

const shape = /^[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]*$/;

function jsonObject(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null; // Not base64url of JSON: so it is no JWT, however many dots it has.
  }
}

/** Reads a JWT; null unless header and claims are JSON objects and the header names an algorithm (so `api.nasa.gov` is none). */
export function jwtOf(text: string): Jwt | null {
  if (!shape.test(text)) return null;
  const [first = '', second = ''] = text.split('.');
  const header = jsonObject(first);
  if (header === null || typeof header['alg'] !== 'string') return null;
  const claims = jsonObject(second);
  return claims === null ? null : { algorithm: header['alg'], header, claims };
}
