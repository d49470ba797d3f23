/** Charsets that one would want to try, by the names of the Encoding Standard. */
export const charsets = [
  'utf-8',
  'windows-1252',
  'utf-16le',
  'utf-16be',
  'iso-8859-2',
  'iso-8859-15',
  'windows-1251',
  'koi8-r',
  'shift_jis',
  'euc-jp',
  'iso-2022-jp',
  'gb18030',
  'big5',
  'euc-kr',
] as const;

/** The name of the Encoding Standard for a label; null for one that it does not know. */
export function knownCharset(label: string): string | null {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return null;
  }
}

/** Bytes at the beginning in which markup may name its charset. */
const NAMED_WITHIN = 1_024;

/** The charset of a text: by its byte order mark, by what the sender said, by what markup says of itself, else UTF-8. */
export function charsetOf(bytes: Uint8Array, declared: string, mediaType: string): { name: string; why: string } {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { name: 'utf-8', why: 'byte order mark' };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { name: 'utf-16le', why: 'byte order mark' };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { name: 'utf-16be', why: 'byte order mark' };
  const said = declared === '' ? null : knownCharset(declared);
  if (said !== null) return { name: said, why: 'Content-Type' };
  if (/html|xml|svg|css/.test(mediaType)) {
    const start = String.fromCharCode(...bytes.subarray(0, NAMED_WITHIN));
    const named = /(?:encoding|charset)\s*[=]?\s*["']?\s*([\w:-]{2,40})/i.exec(start)?.[1] ?? '';
    const found = named === '' ? null : knownCharset(named);
    // Whoever reads it by its ASCII letters has already shown that it is not UTF-16.
    if (found !== null && !found.startsWith('utf-16')) return { name: found, why: 'named in the text' };
  }
  return { name: 'utf-8', why: declared === '' ? 'assumed' : `${declared} is not known` };
}

export interface DecodedText {
  text: string;
  charset: string;
  why: string;
  /** There are bytes that are none of this charset's; they show as �. */
  invalid: boolean;
}

/** `chosen` overrides everything else. */
export function decode(bytes: Uint8Array<ArrayBuffer>, declared: string, mediaType: string, chosen = ''): DecodedText {
  const { name, why } = chosen === '' ? charsetOf(bytes, declared, mediaType) : { name: chosen, why: 'chosen' };
  const text = new TextDecoder(name).decode(bytes);
  return { text, charset: name, why, invalid: text.includes('\ufffd') && !isValid(bytes, name) };
}

function isValid(bytes: Uint8Array<ArrayBuffer>, name: string): boolean {
  try {
    new TextDecoder(name, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
