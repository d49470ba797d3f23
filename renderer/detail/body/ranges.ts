/** A range of bytes; `to` is the first that is not in it. */
export interface ByteRange {
  from: number;
  to: number;
}

function numberOf(text: string): number | null {
  const trimmed = text.trim().replaceAll('_', '');
  if (/^0x[0-9a-f]+$/i.test(trimmed) || /^\d+$/.test(trimmed)) return Number(trimmed);
  return /^[0-9a-f]+h$/i.test(trimmed) ? Number.parseInt(trimmed, 16) : null;
}

/** `0x1f0`, `496`, `0x10-0x1f` (both in it), `16+8`: what was typed as a range of bytes; null when it is none within `size`. */
export function rangeOf(text: string, size: number): ByteRange | null {
  const [, first = '', sign = '', second = ''] = /^([^-+]+)(?:([-+])(.+))?$/.exec(text) ?? [];
  const from = numberOf(first);
  if (from === null || from >= size) return null;
  if (sign === '') return { from, to: from + 1 };
  const other = numberOf(second);
  if (other === null) return null;
  const to = Math.min(size, sign === '+' ? from + other : other + 1);
  return to > from ? { from, to } : null;
}

const strict = new TextDecoder('utf-8', { fatal: true });

/** What bytes may mean: numbers of both byte orders, a float, text. */
export function readings(bytes: Uint8Array): [name: string, value: string][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: [string, string][] = [];
  if (bytes.length === 1) found.push(['unsigned', String(view.getUint8(0))], ['signed', String(view.getInt8(0))]);
  if (bytes.length === 2) found.push(['little-endian', String(view.getUint16(0, true))], ['big-endian', String(view.getUint16(0))]);
  if (bytes.length === 4) {
    found.push(['little-endian', String(view.getUint32(0, true))], ['big-endian', String(view.getUint32(0))]);
    found.push(['float, little-endian', String(view.getFloat32(0, true))], ['float, big-endian', String(view.getFloat32(0))]);
  }
  if (bytes.length === 8) {
    found.push(['little-endian', String(view.getBigUint64(0, true))], ['big-endian', String(view.getBigUint64(0))]);
    found.push(['double, little-endian', String(view.getFloat64(0, true))], ['double, big-endian', String(view.getFloat64(0))]);
  }
  if (bytes.length > 1) {
    try {
      found.push(['text', strict.decode(bytes)]);
    } catch {
      // No text.
    }
  }
  return found;
}
