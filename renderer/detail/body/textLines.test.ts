import { describe, expect, it } from 'vitest';
import { LINE_CHARS, textLineOfOffset, textLines, textOfLine } from './textLines.ts';

const split = (text: string): string[] => {
  const lines = textLines(text);
  return Array.from({ length: lines.count }, (_, index) => textOfLine(text, lines, index));
};

describe('textLines', () => {
  it('splits at line ends of either kind', () => {
    expect(split('a\nb\r\n\nc')).toEqual(['a', 'b', '', 'c']);
    expect(split('a\n')).toEqual(['a']);
    expect(split('')).toEqual(['']);
    expect(split('\n\n')).toEqual(['', '']);
  });

  it('continues a line that is too long, and numbers it once', () => {
    const text = `short\n${'x'.repeat(LINE_CHARS * 2 + 5)}\nend`;
    const lines = textLines(text);
    expect([...lines.numbers]).toEqual([1, 2, 0, 0, 3]);
    expect(split(text).map((line) => line.length)).toEqual([5, LINE_CHARS, LINE_CHARS, 5, 3]);
    expect(lines.widest).toBe(LINE_CHARS);
  });

  it('finds the line of a position', () => {
    const text = 'one\ntwo\nthree';
    const lines = textLines(text);
    expect([0, 3, 4, 8, 12].map((offset) => textLineOfOffset(lines, offset))).toEqual([0, 0, 1, 2, 2]);
  });

  it('takes ten million characters in a moment', () => {
    const started = performance.now();
    expect(textLines('0123456789abcde\n'.repeat(640_000)).count).toBe(640_000);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
