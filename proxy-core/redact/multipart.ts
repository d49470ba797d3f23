import { MASK } from './secrets.ts';

/** Masks the parts of a multipart/form-data body (RFC 7578) whose name says that they are a secret. `text` holds bytes as latin-1. */
export function maskMultipart(
  text: string,
  contentType: string,
  secret: (name: string) => string | null,
  onSecret: (rule: string, name: string, value: string) => void,
): string {
  const boundary = /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);
  const marker = boundary?.[1] ?? boundary?.[2];
  if (marker === undefined) return text;
  return text
    .split(`--${marker}`)
    .map((part) => {
      const end = part.indexOf('\r\n\r\n');
      if (end < 0) return part;
      const name = /content-disposition:[^\r\n]*[;\s]name="([^"]*)"/i.exec(part.slice(0, end))?.[1];
      const rule = name === undefined ? null : secret(name);
      if (name === undefined || rule === null) return part;
      const closing = part.endsWith('\r\n') ? '\r\n' : '';
      onSecret(rule, name, part.slice(end + 4, part.length - closing.length));
      return `${part.slice(0, end + 4)}${MASK}${closing}`;
    })
    .join(`--${marker}`);
}
