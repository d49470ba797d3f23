import type { MessageCapture } from '../rrpair/pair.ts';
import type { HeaderField } from '../rrpair/shapes.ts';
import { decodeContent } from '../wire/content-coding.ts';
import { headerValue, headerValues } from '../wire/http1/head.ts';

/**
 * Heads are bytes; files tell them as names and values. Here a head is made of what a file says, so that what is shown and sent again is a
 * proper one whatever the file holds: no line break, no colon where there is none to be.
 */

/** A method that is none would break the line it stands in. */
export function isMethod(text: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/.test(text);
}

/** The request target with what cannot stand in a request line percent-encoded. */
export function targetOf(text: string): string {
  const target = text.replaceAll(/[\x00-\x20\x7f]/g, (character) => encodeURIComponent(character));
  return target === '' ? '/' : target;
}

/** `1.1`, `HTTP/2.0`, `h2`: versions above 1 have no head of this form, so they are written as 1.1, in which their request can be sent again. */
export function versionOf(text: string): string {
  return /^(?:HTTP\/)?1\.0$/i.test(text) ? 'HTTP/1.0' : 'HTTP/1.1';
}

/** Header fields that a file may name but a head cannot hold. */
const pseudo = /^:/;
/** Fields that speak of framing, which is gone: bodies in files are plain. */
const framing = /^(?:transfer-encoding|content-length)$/i;

/** A message as a file has it. `body` is what the application got, or sent. */
export function messageOf(startLine: string, fields: readonly HeaderField[], body: Buffer, hasBody: boolean): MessageCapture {
  const coded = headerValues(fields, 'content-encoding').join(',');
  // Most formats hold bodies decoded, beside the header of what they were.
  const keepsCoding = coded === '' || body.length === 0 || isCoded(body, coded);
  const lines = [startLine.replaceAll(/[\r\n\0]/g, ' ')];
  for (const [name, value] of fields) {
    if (name === '' || pseudo.test(name) || framing.test(name)) continue;
    if (!keepsCoding && /^content-encoding$/i.test(name)) continue;
    // Browsers join several Set-Cookie fields by line breaks.
    for (const line of value.split(/\r?\n/))
      lines.push(`${name.replaceAll(/[\r\n\0:]/g, '_')}: ${line.replaceAll(/[\r\0]/g, ' ')}`);
  }
  const counted = headerValue(fields, 'content-length') !== undefined || headerValue(fields, 'transfer-encoding') !== undefined;
  if (hasBody && (body.length > 0 || counted)) lines.push(`Content-Length: ${String(body.length)}`);
  const head = bytesOf(`${lines.join('\r\n')}\r\n\r\n`);
  return { head, body, wireBytes: body.length, payloadBytes: body.length, truncated: false, crc32: 0 };
}

function isCoded(body: Buffer, codings: string): boolean {
  return decodeContent(body, codings).complete;
}

/** Captured bytes are read as latin-1; text beyond that is UTF-8. */
function bytesOf(text: string): Buffer {
  return /^[\x00-\xff]*$/.test(text) ? Buffer.from(text, 'latin1') : Buffer.from(text, 'utf8');
}

export const noMessage: MessageCapture = {
  head: new Uint8Array(0),
  body: new Uint8Array(0),
  wireBytes: 0,
  payloadBytes: 0,
  truncated: false,
  crc32: 0,
};
