/** Bytes of one row. */
export const ROW_BYTES = 16;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** One row: pairs of digits with a gap in the middle, always as wide, and the characters that can be shown. */
export function hexRow(bytes: Uint8Array): { hex: string; characters: string } {
  let hex = '';
  let characters = '';
  for (let at = 0; at < ROW_BYTES; at += 1) {
    if (at === ROW_BYTES / 2) hex += ' ';
    const byte = bytes[at];
    hex += byte === undefined ? '   ' : `${HEX[byte] ?? ''} `;
    if (byte !== undefined) characters += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
  }
  return { hex, characters };
}
