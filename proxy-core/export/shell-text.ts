import { isUtf8 } from 'node:buffer';

/** Text of bytes held as latin-1; null when they are not UTF-8 and so cannot be written as text. */
export function textOf(latin1: string): string | null {
  const bytes = Buffer.from(latin1, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : null;
}

/** Characters that hide or turn text in a terminal: a command that is pasted must show what it does (CVE-2021-42574). */
export const invisible = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;
