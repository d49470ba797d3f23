import type { HeaderField } from '../rrpair/shapes.ts';
import { parseHeads } from '../wire/http1/head.ts';

export interface HeadEdit {
  /** Of a request. */
  target: (target: string) => string;
  value: (name: string, value: string) => string;
}

/** One line of a head, folds included. */
const lines = /[^\n]*(?:\n[ \t][^\n]*)*\n?/g;

/** Changes targets and values in heads as they were captured, interim ones and trailers included; every other byte stays. */
export function rewriteHeads(bytes: Buffer, edit: HeadEdit): Buffer {
  if (bytes.length === 0) return bytes;
  const before = bytes.toString('latin1');
  const { interim, final, trailers } = parseHeads(bytes);
  const heads = final === null ? interim : [...interim, final];
  const parts = before.match(lines)?.filter((line) => line !== '') ?? [];
  let at = 0;
  let after = '';
  for (const head of heads) {
    const first = parts[at++] ?? '';
    const target = head.target === '' ? '' : edit.target(head.target);
    after += target === head.target ? first : replaceOnce(first, head.target, target);
    for (const field of head.headers) after += edited(parts[at++] ?? '', field, edit);
    // The empty line.
    after += parts[at++] ?? '';
  }
  for (const field of trailers) after += edited(parts[at++] ?? '', field, edit);
  after += parts.slice(at).join('');
  return after === before ? bytes : Buffer.from(after, 'latin1');
}

function edited(line: string, [name, value]: HeaderField, edit: HeadEdit): string {
  const masked = edit.value(name, value);
  return masked === value ? line : replaceValue(line, name, value, masked);
}

function replaceOnce(line: string, what: string, by: string): string {
  const at = line.indexOf(` ${what}`);
  return at < 0 ? line : line.slice(0, at + 1) + by + line.slice(at + 1 + what.length);
}

/** The value stands behind the name and its colon; a line without a colon is all name. */
function replaceValue(line: string, name: string, value: string, by: string): string {
  const at = line.indexOf(value, name.length + 1);
  return at < 0 ? line : line.slice(0, at) + by + line.slice(at + value.length);
}

const codings = /^(?:transfer-encoding|content-encoding|content-length|trailer)$/i;

/** The heads of a message whose body is now plain; `length` goes into Content-Length, null leaves it out. */
export function withoutCodings(bytes: Buffer, length: number | null): Buffer {
  const { interim, final } = parseHeads(bytes);
  if (final === null) return bytes;
  const parts =
    bytes
      .toString('latin1')
      .match(lines)
      ?.filter((line) => line !== '') ?? [];
  const before = interim.reduce((sum, head) => sum + head.headers.length + 2, 0);
  const kept = parts.filter((_, index) => {
    const field = final.headers[index - before - 1];
    return field === undefined || !codings.test(field[0]);
  });
  const counted = final.headers.some(([name]) => codings.test(name));
  // Before the empty line of the final head, behind which trailers may stand.
  const left = final.headers.filter(([name]) => !codings.test(name)).length;
  if (counted && length !== null) kept.splice(before + 1 + left, 0, `Content-Length: ${String(length)}\r\n`);
  return Buffer.from(kept.join(''), 'latin1');
}
