import { describe, expect, it } from 'vitest';
import { joined, latin1, memorySource } from './bytes.ts';
import { hexRow } from './hex.ts';

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => new Uint8Array(values);

describe('hexRow', () => {
  it('shows bytes and what of them are characters', () => {
    expect(hexRow(bytes(0x47, 0x45, 0x54, 0x20, 0x0d, 0xff, 0, 0x7f, 0x7e))).toEqual({
      hex: `47 45 54 20 0d ff 00 7f  7e ${'   '.repeat(7)}`,
      characters: 'GET ····~',
    });
  });

  it('is as wide for no bytes as for sixteen', () => {
    expect(hexRow(bytes()).hex.length).toBe(hexRow(new Uint8Array(16)).hex.length);
  });
});

describe('joined', () => {
  it('reads across the seam', async () => {
    const source = joined(bytes(1, 2, 3), memorySource(bytes(4, 5, 6, 7)));
    expect(source.size).toBe(7);
    const read = async (offset: number, length: number): Promise<number[]> => [...(await source.read(offset, length))];
    expect(await read(0, 2)).toEqual([1, 2]);
    expect(await read(1, 4)).toEqual([2, 3, 4, 5]);
    expect(await read(3, 10)).toEqual([4, 5, 6, 7]);
    expect(await read(6, 1)).toEqual([7]);
  });
});

describe('latin1', () => {
  it('turns every byte into the character of its number', () => {
    const all = Uint8Array.from({ length: 20_000 }, (_, at) => at % 256);
    expect(latin1(all)).toHaveLength(20_000);
    expect(latin1(bytes(0, 0x41, 0xe9, 0xff))).toBe('\u0000A\u00e9\u00ff');
  });
});
