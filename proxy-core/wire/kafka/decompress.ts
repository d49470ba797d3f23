import { decodeContent } from '../content-coding.ts';
import { unlz4 } from './lz4.ts';
import { unsnappy } from './snappy.ts';

/** By what records are compressed, in the order of their numbers. */
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

export function codecName(codec: number): string {
  return codecs[codec] ?? `codec ${String(codec)}`;
}

/** Undoes it, up to `most` bytes; null where that cannot be done. */
export function decompressed(bytes: Buffer, codec: number, most: number): Buffer | null {
  const name = codecs[codec];
  switch (name) {
    case 'none':
      return bytes;
    case 'gzip':
    case 'zstd': {
      const content = decodeContent(bytes, name, most);
      return content.bytes === bytes ? null : Buffer.from(content.bytes.buffer, content.bytes.byteOffset, content.bytes.byteLength);
    }
    case 'snappy':
      return unsnappy(bytes, most);
    case 'lz4':
      return unlz4(bytes, most);
    default:
      return null;
  }
}
