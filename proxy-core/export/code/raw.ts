import type { RecordedRequest } from '../request.ts';
import { textOf } from '../shell-text.ts';

/** The request as it stands on the wire. Text where all of it is; else the head alone, and all of it as bytes. */
export function rawRequest(request: RecordedRequest, masked: boolean): { text: string; bytes: Buffer; whole: boolean } {
  const headers = request.headers.map(([name, value]) => {
    // Masking changes the length of a body. A length that was wrong before stays what it was.
    const stale = masked && name.toLowerCase() === 'content-length';
    return `${name}: ${stale ? String(request.body.length) : value}\r\n`;
  });
  const head = `${request.method} ${request.target}${request.version === '' ? '' : ` ${request.version}`}\r\n${headers.join('')}\r\n`;
  const body = request.chunked ? inChunks(request.body) : request.body;
  const bytes = Buffer.concat([Buffer.from(head, 'latin1'), body]);
  const text = textOf(bytes.toString('latin1'));
  const whole = text !== null && !text.includes('\0');
  return { text: whole ? text : (textOf(head) ?? head), bytes, whole };
}

function inChunks(body: Buffer): Buffer {
  const last = Buffer.from('0\r\n\r\n');
  if (body.length === 0) return last;
  return Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n'), last]);
}
