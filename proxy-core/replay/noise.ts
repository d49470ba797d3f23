/** Kinds of values that are new at every call. Both sides must be of the same kind for a change to count as noise. */
const noisyShapes: readonly RegExp[] = [
  // ISO 8601 date and time, RFC 9110 HTTP-date, plain time of day
  /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/,
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  // UUID, ULID, Mongo object id, long hex (trace ids, digests), KSUID and the like with a prefix (ch_3Nx…)
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
  /^[0-9a-f]{16,128}$/i,
  /^[a-z]{2,10}_(?=\w*\d)[A-Za-z0-9]{8,64}$/,
  // JSON Web Tokens
  /^[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+$/,
];

/** Epoch seconds or milliseconds between 2001 and 2286. */
const epoch = /^[1-9]\d{9}(?:\d{3})?(?:\.\d+)?$/;

/** Names whose values are times or ids even when they look like anything. */
const noisyNames =
  /(?:^|[_.-])(?:ts|timestamp|time|date|nonce|uuid|guid|etag|request[_-]?id|trace[_-]?id|span[_-]?id|elapsed|took|uptime)$|(?:At|Time|Date|Timestamp|RequestId|TraceId)$/;

/** True when a change of a value is what every call brings: another date, another generated id. `name` is the last part of its path. */
export function isNoiseChange(name: string, before: string, after: string): boolean {
  if (epoch.test(before) && epoch.test(after)) return true;
  if (noisyShapes.some((shape) => shape.test(before) && shape.test(after))) return true;
  return noisyNames.test(name);
}
