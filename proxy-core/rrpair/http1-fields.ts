import type { HeaderField } from './shapes.ts';

/**
 * The fields of a request as HTTP/1 would say them (RFC 9113 8.3.1 and 8.2.3): Host instead of `:authority`, one Cookie, no other pseudo-header field. Those of a
 * request that is HTTP/1 already stay as they are.
 */
export function http1Fields(headers: readonly HeaderField[]): HeaderField[] {
  if (!headers.some(([name]) => name.startsWith(':'))) return [...headers];
  const authority = headers.find(([name]) => name === ':authority')?.[1];
  const fields: HeaderField[] = [];
  if (authority !== undefined) fields.push(['Host', authority]);
  let cookie: HeaderField | null = null;
  for (const [name, value] of headers) {
    if (name.startsWith(':') || (name === 'host' && authority !== undefined)) continue;
    if (name !== 'cookie') fields.push([name, value]);
    else if (cookie === null) fields.push((cookie = [name, value]));
    else cookie[1] += `; ${value}`;
  }
  return fields;
}
