/**
 * The Huffman code of HPACK (RFC 7541 5.2 and Appendix B). It is a canonical one: codes of the same length are in the order of their symbols, so that the
 * lengths say it all.
 */

/** Bits of the code of each byte, and at last of EOS. */
// biome-ignore format: sixteen in a row, as the appendix counts
const codeLengths: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
  28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
  5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
  6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
  24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
  21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
];

const EOS = 256;

/**
 * Nodes of the decoding tree, 256 entries each, by the next eight bits: 0 where no code goes on, below that the number of the next node, above it a symbol and
 * the bits that its code takes of these eight (`symbol << 4 | bits`).
 */
const tree: Int32Array[] = [new Int32Array(256)];

function plant(): void {
  const symbols = Array.from(codeLengths.keys()).sort((a, b) => bitsOf(a) - bitsOf(b) || a - b);
  let code = 0;
  let before = 0;
  for (const symbol of symbols) {
    const bits = bitsOf(symbol);
    code <<= bits - before;
    before = bits;
    plantSymbol(symbol, code, bits);
    code += 1;
  }
}

function bitsOf(symbol: number): number {
  return codeLengths[symbol] ?? 0;
}

function plantSymbol(symbol: number, code: number, bits: number): void {
  let node = tree[0] as Int32Array;
  let left = bits;
  while (left > 8) {
    left -= 8;
    const index = (code >>> left) & 0xff;
    if (node[index] === 0) {
      node[index] = -tree.length;
      tree.push(new Int32Array(256));
    }
    node = tree[-(node[index] as number)] as Int32Array;
  }
  const from = (code << (8 - left)) & 0xff;
  node.fill((symbol << 4) | left, from, from + (1 << (8 - left)));
}

plant();

const root = tree[0] as Int32Array;
/** Fits what is usual; its content lives no longer than a call. */
const shared = Buffer.allocUnsafeSlow(8 * 1024);
/** The shortest code has five bits. */
const SHORTEST = 5;

/** The text, its bytes as latin-1; null when it breaks the code or its padding (RFC 7541 5.2). */
export function decodeHuffman(bytes: Buffer, from: number, to: number): string | null {
  const most = Math.ceil(((to - from) * 8) / SHORTEST);
  const out = most <= shared.length ? shared : Buffer.allocUnsafe(most);
  let length = 0;
  let node = root;
  let current = 0;
  /** Bits of `current` that are not used. */
  let bits = 0;
  /** Bits since the last symbol. */
  let pending = 0;
  for (let at = from; at < to; at++) {
    current = ((current << 8) | (bytes[at] as number)) & 0xffff;
    bits += 8;
    pending += 8;
    while (bits >= 8) {
      const entry = node[(current >>> (bits - 8)) & 0xff] as number;
      if (entry > 0) {
        const symbol = entry >>> 4;
        if (symbol === EOS) return null;
        out[length++] = symbol;
        bits -= entry & 15;
        node = root;
        pending = bits;
      } else if (entry < 0) {
        node = tree[-entry] as Int32Array;
        bits -= 8;
      } else return null;
    }
  }
  while (bits > 0) {
    const entry = node[(current << (8 - bits)) & 0xff] as number;
    if (entry <= 0 || (entry & 15) > bits || entry >>> 4 === EOS) break;
    out[length++] = entry >>> 4;
    bits -= entry & 15;
    node = root;
    pending = bits;
  }
  // What is left is the beginning of EOS: ones, and fewer than eight.
  const ones = (1 << bits) - 1;
  if (pending > 7 || (current & ones) !== ones) return null;
  return out.toString('latin1', 0, length);
}
