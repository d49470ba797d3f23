import type { HeaderField, MessageDetail } from '../../proxy-core/rrpair/shapes.ts';

/** What the header fields of a call mean together, in words. */

function valueOf(headers: readonly HeaderField[], name: string): string | null {
  const values = headers.filter(([own]) => own.toLowerCase() === name).map(([, value]) => value);
  return values.length === 0 ? null : values.join(', ');
}

const SPANS: readonly [seconds: number, name: string][] = [
  [31_536_000, 'year'],
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
];

/** `1 hour`, `90 seconds`. */
export function spanWords(seconds: number): string {
  for (const [size, name] of SPANS) {
    if (seconds >= size && seconds % size === 0) return `${seconds / size} ${name}${seconds === size ? '' : 's'}`;
  }
  return `${seconds} second${seconds === 1 ? '' : 's'}`;
}

/** Directives of Cache-Control by name in lower case. */
function directives(value: string | null): Map<string, string> {
  const found = new Map<string, string>();
  for (const piece of (value ?? '').split(',')) {
    const [name = '', given = ''] = piece.split('=', 2);
    if (name.trim() !== '') found.set(name.trim().toLowerCase(), given.trim().replace(/^"|"$/g, ''));
  }
  return found;
}

function seconds(found: ReadonlyMap<string, string>, name: string): number | null {
  const given = found.get(name);
  return given !== undefined && /^\d+$/.test(given) ? Number(given) : null;
}

function keptFor(found: ReadonlyMap<string, string>, response: readonly HeaderField[]): string {
  const shared = seconds(found, 's-maxage');
  const own = seconds(found, 'max-age');
  if (own !== null) {
    const both = shared === null ? '' : `; shared caches for ${spanWords(shared)}`;
    return own === 0 ? `It is stale at once${both}.` : `It is fresh for ${spanWords(own)}${both}.`;
  }
  if (shared !== null) return `Shared caches keep it fresh for ${spanWords(shared)}.`;
  const expires = valueOf(response, 'expires');
  if (expires !== null) {
    const [until, from] = [new Date(expires), new Date(valueOf(response, 'date') ?? '')];
    if (Number.isNaN(until.getTime())) return 'Its expiry is no date, so it is stale at once.';
    if (Number.isNaN(from.getTime())) return `It is fresh until ${until.toUTCString()}.`;
    const length = Math.round((until.getTime() - from.getTime()) / 1_000);
    return length <= 0 ? 'It was stale when it was sent.' : `It is fresh for ${spanWords(length)}, by its expiry.`;
  }
  return valueOf(response, 'last-modified') === null
    ? 'Nothing says for how long it is fresh: caches do as they like.'
    : 'Nothing says for how long it is fresh: caches often take a tenth of its age.';
}

/** Who may keep the response, and for how long (RFC 9111). */
export function cacheWords(request: MessageDetail, response: MessageDetail | null, method: string, status: string): string[] {
  const asked = directives(valueOf(request.headers, 'cache-control') ?? valueOf(request.headers, 'pragma'));
  const says: string[] = [];
  if (asked.has('no-cache')) says.push('The client wants a fresh answer: caches must ask the server.');
  if (asked.has('no-store')) says.push('The client wants that no cache keeps the answer.');
  if (asked.has('only-if-cached')) says.push('The client wants it only from a cache.');
  const etag = valueOf(request.headers, 'if-none-match');
  const since = valueOf(request.headers, 'if-modified-since');
  if (etag !== null || since !== null) {
    const outcome =
      status === '304' ? 'The server said that it is still the newest.' : status === '' ? '' : 'The server sent a new one.';
    says.push(`The client has a copy ${etag === null ? `of ${since ?? ''}` : `named ${etag}`}. ${outcome}`.trim());
  }
  if (response === null) return says;
  const { headers } = response;
  const found = directives(valueOf(headers, 'cache-control'));
  if (found.has('no-store')) {
    says.push('No cache may keep the answer.');
  } else if (method !== 'GET' && method !== 'HEAD' && found.size === 0) {
    says.push(`Answers to ${method} are not kept by caches.`);
  } else {
    if (found.has('private')) says.push('Only the user’s own browser may keep it, no shared cache.');
    else if (found.has('public')) says.push('Every cache may keep it, shared ones too.');
    else if (valueOf(request.headers, 'authorization') !== null)
      says.push('Shared caches may not keep it, because the request had credentials.');
    if (found.has('no-cache')) says.push('Caches must ask the server each time before they use it.');
    else says.push(keptFor(found, headers));
    if (found.has('must-revalidate')) says.push('Once stale, it must not be used without asking the server.');
    const stale = seconds(found, 'stale-while-revalidate');
    if (stale !== null) says.push(`For ${spanWords(stale)} more it may be used while a new one is fetched.`);
    const onError = seconds(found, 'stale-if-error');
    if (onError !== null) says.push(`For ${spanWords(onError)} more it may be used when the server fails.`);
    if (found.has('immutable')) says.push('It never changes while it is fresh.');
  }
  const validators = [
    valueOf(headers, 'etag') === null ? '' : 'ETag',
    valueOf(headers, 'last-modified') === null ? '' : 'Last-Modified',
  ];
  const named = validators.filter((name) => name !== '');
  if (named.length > 0) says.push(`Whether it is still the newest can be asked, by ${named.join(' and ')}.`);
  const vary = valueOf(headers, 'vary');
  if (vary === '*') says.push('It differs for every request, so no copy fits another one.');
  else if (vary !== null) says.push(`Caches keep a copy for each value of ${vary}.`);
  const age = valueOf(headers, 'age');
  if (age !== null && /^\d+$/.test(age)) says.push(`It came from a cache, where it lay for ${spanWords(Number(age))}.`);
  return says;
}

/** Whether scripts of another origin may make the call and read its answer (the Fetch standard). */
export function corsWords(request: MessageDetail, response: MessageDetail | null, method: string): string[] {
  const origin = valueOf(request.headers, 'origin');
  const wanted = valueOf(request.headers, 'access-control-request-method');
  const says: string[] = [];
  if (method === 'OPTIONS' && origin !== null && wanted !== null) {
    const fields = valueOf(request.headers, 'access-control-request-headers');
    says.push(`A preflight: a script of ${origin} wants to send ${wanted}${fields === null ? '' : ` with ${fields}`}.`);
  } else if (origin !== null) {
    says.push(`A page of ${origin} makes the call.`);
  }
  if (response === null) return says;
  const { headers } = response;
  const allowed = valueOf(headers, 'access-control-allow-origin');
  if (allowed === null) {
    if (origin !== null)
      says.push('The answer allows no other origin: unless it is the same one, the browser keeps it from the script.');
    return says;
  }
  const credentials = valueOf(headers, 'access-control-allow-credentials')?.toLowerCase() === 'true';
  if (allowed === '*') {
    says.push(
      `Scripts of any origin may read the answer${credentials ? '; but not with cookies: browsers refuse * together with credentials' : ', of calls without cookies'}.`,
    );
  } else if (origin !== null && allowed !== origin) {
    says.push(`Only ${allowed} may read the answer, so the browser keeps it from ${origin}.`);
  } else {
    says.push(
      `Scripts of ${allowed} may read the answer${credentials ? ', also of calls with cookies' : ', of calls without cookies'}.`,
    );
  }
  const methods = valueOf(headers, 'access-control-allow-methods');
  if (methods !== null) {
    const missing = wanted !== null && methods !== '*' && !methods.split(',').some((each) => each.trim() === wanted);
    says.push(
      missing ? `Allowed methods are ${methods}: ${wanted} is not, so the call will not be made.` : `Allowed methods: ${methods}.`,
    );
  }
  const fields = valueOf(headers, 'access-control-allow-headers');
  if (fields !== null) says.push(`Allowed request fields: ${fields}.`);
  const exposed = valueOf(headers, 'access-control-expose-headers');
  if (exposed !== null) says.push(`Readable beside the usual fields: ${exposed}.`);
  const age = valueOf(headers, 'access-control-max-age');
  if (age !== null && /^\d+$/.test(age)) says.push(`The browser need not ask again for ${spanWords(Number(age))}.`);
  return says;
}
