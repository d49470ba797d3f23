/** The type and charset that a Content-Type field names (RFC 9110 8.3), in lower case. */
export function parseMediaType(value: string): { mediaType: string; charset: string } {
  const end = value.indexOf(';');
  const mediaType = (end < 0 ? value : value.slice(0, end)).trim().toLowerCase();
  const charset = /;\s*charset\s*=\s*(?:"([^"]*)"|([^;\s]*))/i.exec(value);
  return { mediaType, charset: (charset?.[1] ?? charset?.[2] ?? '').toLowerCase() };
}

const signatures: readonly (readonly [RegExp, string])[] = [
  [/^\x89PNG\r\n\x1A\n/, 'image/png'],
  [/^\xFF\xD8\xFF/, 'image/jpeg'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^RIFF[\s\S]{4}WEBP/, 'image/webp'],
  [/^%PDF-/, 'application/pdf'],
  [/^PK\x03\x04/, 'application/zip'],
  [/^\x1F\x8B/, 'application/gzip'],
  [/^\s*<(?:!doctype html|html)[\s>]/i, 'text/html'],
  [/^\s*<\?xml\s/i, 'application/xml'],
  [/^\s*(?:\{\s*["}]|\[\s*(?:["\]{[\d-]|true|false|null))/, 'application/json'],
];

/** Control characters that text does not have: all but tab, line feed, form feed, carriage return and escape. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const controls = /[\x00-\x08\x0B\x0E-\x1A\x1C-\x1F]/;

/** What the bytes look like, for a body without a Content-Type; empty for an empty body. */
export function sniffMediaType(bytes: Uint8Array): string {
  if (bytes.length === 0) return '';
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 512)).toString('latin1');
  for (const [pattern, mediaType] of signatures) if (pattern.test(text)) return mediaType;
  return controls.test(text) ? 'application/octet-stream' : 'text/plain';
}
