import { type Head, type HeadField, listOf, type RequestLine } from './head.ts';
import { type ProxyTarget, sameAuthority } from './target.ts';

/**
 * Fields that are between the client and its proxy, so they end here (RFC 9110 7.6.1). `Transfer-Encoding`, `Trailer` and `Upgrade` are
 * not among them: the body passes with its framing, and an upgrade passes as such.
 */
const endsHere: ReadonlySet<string> = new Set(['proxy-connection', 'proxy-authorization', 'keep-alive', 'te']);

/**
 * Connection options that we make our own towards the origin: an upstream connection lives exactly as its client's does, an upgrade is
 * passed on, and so are trailers. Other options name fields that end here.
 */
const ownOptions: ReadonlySet<string> = new Set(['close', 'keep-alive', 'upgrade', 'te']);

/** Framing and addressing must survive even when a hostile `Connection` field lists them. */
const neverListed: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'upgrade',
  'trailer',
  'te',
]);

/**
 * The head as the origin gets it: the request-target in origin-form, `Host` from the target (RFC 9112 3.2.2: the field as sent is kept
 * to the byte where it names the same place, otherwise the target wins), hop-by-hop fields gone. Everything else keeps its bytes: case,
 * order, duplicates, white space. No `Via` is added: apart from being a proxy we behave as if we were not there.
 */
export function rewriteRequestHead(head: Head, line: RequestLine, target: ProxyTarget): Buffer {
  const listed = new Set(listOf(head.fields, 'connection').filter((option) => !neverListed.has(option)));
  const acceptsTrailers = listOf(head.fields, 'te').some((coding) => /^trailers(?:;|$)/.test(coding));
  const options = listOf(head.fields, 'connection').filter(
    (option) => ownOptions.has(option) && (option !== 'te' || acceptsTrailers),
  );
  let hostDone = false;
  let connectionDone = false;
  let teDone = !acceptsTrailers;

  const lines: string[] = [`${line.method} ${target.originForm} ${line.version}${head.lineEnd}`];
  const hostLine = `Host: ${target.authority}${head.lineEnd}`;
  if (!head.fields.some((field) => field.name === 'host')) lines.push(hostLine);
  for (const field of head.fields) {
    if (field.name === 'host') {
      if (!hostDone) lines.push(sameAuthority(field.value, target) ? field.raw : withValue(field, target.authority));
      hostDone = true;
    } else if (field.name === 'connection') {
      if (!connectionDone && options.length > 0) {
        lines.push(sameOptions(field, options) ? field.raw : withValue(field, options.join(', ')));
      }
      connectionDone = true;
    } else if (field.name === 'te' && !teDone) {
      lines.push(withValue(field, 'trailers'));
      teDone = true;
    } else if (!endsHere.has(field.name) && !listed.has(field.name)) {
      lines.push(field.raw);
    }
  }
  lines.push(head.lineEnd);
  return Buffer.from(lines.join(''), 'latin1');
}

function sameOptions(field: HeadField, options: readonly string[]): boolean {
  const sent = listOf([field], 'connection');
  return sent.length === options.length && sent.every((option, index) => option === options[index]);
}

/** The field with another value, its name and line end as sent. */
function withValue(field: HeadField, value: string): string {
  const name = field.raw.slice(0, field.raw.indexOf(':'));
  return `${name}: ${value}${field.raw.endsWith('\r\n') ? '\r\n' : '\n'}`;
}
