import type { WayToTls } from '../decoder.ts';
import { textOfLine } from '../line-reader.ts';
import { replyLineOf } from './lines.ts';

/** Greeting, hello, STARTTLS (RFC 3207). Nothing that was said before counts afterwards, so another connection is as good. */
export function wayToTls(hello: Buffer): WayToTls {
  return {
    steps: [
      { say: Buffer.alloc(0), heard: reply },
      { say: hello, heard: reply },
      { say: Buffer.from('STARTTLS\r\n'), heard: reply },
    ],
    replaces: true,
  };
}

/** A reply without an error, with all its lines. */
function reply(bytes: Buffer): number | 'no' | 'more' {
  let at = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, at)) {
    const line = replyLineOf(textOfLine(bytes.subarray(at, end + 1)));
    at = end + 1;
    if (line === null || line.code >= 400) return 'no';
    if (line.isLast) return at;
  }
  return 'more';
}
