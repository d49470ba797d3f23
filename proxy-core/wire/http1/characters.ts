/** Which bytes may stand in a token (RFC 9110 5.6.2): 1 for those that may. */
const tokens = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") tokens[char.charCodeAt(0)] = 1;

/** For loops that cannot afford a call per byte. */
export const tokenTable: Uint8Array = tokens;

export function isToken(byte: number): boolean {
  return tokens[byte] === 1;
}

/**
 * The bytes at `from` are this name, in any case. `lower` must be lower-case letters, digits and hyphens: only there does setting bit 5
 * fold case and nothing else, because the other bytes that it would fold onto a hyphen or a digit are control bytes.
 */
export function sameIgnoringCase(bytes: Uint8Array, from: number, lower: Uint8Array): boolean {
  for (let i = 0; i < lower.length; i++) if (((bytes[from + i] as number) | 0x20) !== lower[i]) return false;
  return true;
}
