import { describe, expect, it } from 'vitest';
import { foldDepth, foldsOf, lineOfRow, reveal, rowOfLine } from './folds.ts';
import { type JsonLines, LineKind, lineOfOffset, pathOf, plainValue } from './jsonLines.ts';
import { jsonLines } from './jsonParse.ts';

/** The lines written out with two spaces, as JSON.stringify does. */
function print(text: string, options: Parameters<typeof jsonLines>[1] = {}): string {
  const parsed = jsonLines(text, options);
  if (parsed === null) return 'not JSON';
  const { lines } = parsed;
  return Array.from({ length: lines.count }, (_, index) => {
    const line = lines.at(index);
    const key = line.keyTo > line.keyFrom ? `${text.slice(line.keyFrom, line.keyTo)}: ` : '';
    const value =
      line.kind === LineKind.emptyObject
        ? '{}'
        : line.kind === LineKind.emptyArray
          ? '[]'
          : line.unended
            ? '…'
            : text.slice(line.valueFrom, line.valueTo);
    return `${'  '.repeat(line.depth)}${key}${value}${line.comma ? ',' : ''}`;
  }).join('\n');
}

const sample = '{"a":1,"list":[1,[],{"x y":"v\\"w","deep":[true,null]}],"o":{ },"n":-1.5}';

function linesOf(text: string): JsonLines {
  const parsed = jsonLines(text);
  if (parsed === null) throw new Error('it is JSON');
  return parsed.lines;
}

describe('jsonLines', () => {
  it.each([sample, '[]', '{}', '"text"', '0', 'null', '[[[[]]]]', '[{"a":[{"b":{"c":[]}}]},1]', '{"":{"":""}}'])(
    'prints %s as JSON.stringify does',
    (text) => {
      expect(print(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
    },
  );

  it('keeps what parsing would lose: digits, duplicates, escapes', () => {
    expect(print('{"n":12345678901234567890.10e+3,"a":1,"a":2,"u":"\\u00e9"}')).toBe(
      '{\n  "n": 12345678901234567890.10e+3,\n  "a": 1,\n  "a": 2,\n  "u": "\\u00e9"\n}',
    );
  });

  it('reads several values one after the other', () => {
    expect(print('{"a":1}\n{"a":2}\n')).toBe('{\n  "a": 1\n}\n{\n  "a": 2\n}');
  });

  it.each([
    '',
    ' ',
    '{',
    '[1,]',
    '{"a"}',
    '{"a":}',
    '{a:1}',
    '[1 2]',
    'tru',
    '"open',
    '01x',
    '{"a":1,}',
    ']',
    '[}',
    'nul',
    '"a\nb"',
    '<html>',
  ])('says of %j that it is not JSON', (text) => {
    expect(jsonLines(text)).toBeNull();
  });

  it('takes nesting that would overflow a recursive parser', () => {
    const deep = linesOf(`${'['.repeat(200_000)}1${']'.repeat(200_000)}`);
    expect(deep.count).toBe(400_001);
    expect(pathOf(deep, 200_000)).toMatch(/^\$…(?:\[0\]){20000}$/);
    expect(jsonLines('['.repeat(1_000_000))).toBeNull();
  });

  it('tells path and value of a line', () => {
    const lines = linesOf(sample);
    const paths = Array.from({ length: lines.count }, (_, index) => pathOf(lines, index));
    expect(paths).toEqual([
      '$',
      '$.a',
      '$.list',
      '$.list[0]',
      '$.list[1]',
      '$.list[2]',
      '$.list[2]["x y"]',
      '$.list[2].deep',
      '$.list[2].deep[0]',
      '$.list[2].deep[1]',
      '$.list[2].deep',
      '$.list[2]',
      '$.list',
      '$.o',
      '$.n',
      '$',
    ]);
    expect(plainValue(lines, 7)).toBe('[true,null]');
    expect(plainValue(lines, 1)).toBe('1');
    expect(lineOfOffset(lines, sample.indexOf('null'))).toBe(9);
  });
});

/** What a text that was cut shows: the whole values of what is left, its ends open. */
describe('JSON that was cut', () => {
  it.each([
    ['{"a":1,"b":[1,2', '{\n  "a": 1,\n  "b": [\n    1,\n  …\n…'],
    ['{"a":1,"b":"x', '{\n  "a": 1,\n…'],
    ['{"a":tr', '{\n…'],
    ['{"a":"\\u00', '{\n…'],
    ['[1.5,-', '[\n  1.5,\n…'],
    ['[1.5e', '[\n…'],
    ['[true', '[\n  true\n…'],
    ['{"a":{}', '{\n  "a": {}\n…'],
    ['{"a":1}\n{"a":', '{\n  "a": 1\n}\n{\n…'],
    ['[1]', '[\n  1\n]'],
  ])('shows %s', (text, printed) => {
    expect(print(text, { cut: true })).toBe(printed);
  });

  it.each(['{"a":1,}', '[1 2', 'x', '{"a":trx', '{"a" 1', '["a\nb', '"open'])('says of %j that it is not JSON', (text) => {
    expect(jsonLines(text, { cut: true })).toBeNull();
  });

  it('never takes a part for the whole, wherever it is cut', () => {
    const whole = linesOf(sample);
    for (let end = 1; end < sample.length; end += 1) {
      const cut = jsonLines(sample.slice(0, end), { cut: true });
      if (cut === null) throw new Error(`cut at ${end}`);
      for (let line = 0; line < cut.lines.count && !cut.lines.at(line).unended; line += 1)
        if (cut.lines.closeAt(line) < 0) expect({ ...cut.lines.at(line), comma: null }).toEqual({ ...whole.at(line), comma: null });
    }
  });

  it('ends where there are too many lines, and says so', () => {
    const text = JSON.stringify({ a: [1, 2, 3], b: 4 });
    expect(print(text, { most: 3 })).toBe('{\n  "a": [\n    1,\n  …\n…');
    expect(jsonLines(text, { most: 3 })?.end).toBe('long');
    expect(jsonLines(text, { cut: true })?.end).toBe('cut');
  });

  it('copies what there is of a value without an end', () => {
    const parsed = jsonLines('{"a":[1,2', { cut: true });
    expect(parsed === null ? '' : plainValue(parsed.lines, 1)).toBe('[1');
  });
});

describe('folds', () => {
  const lines = linesOf(sample);

  const flags = (folded: readonly number[]): Uint8Array =>
    Uint8Array.from({ length: lines.count }, (_, line) => (folded.includes(line) ? 1 : 0));

  it.each([[[]], [[2]], [[5]], [[2, 5]], [[7, 13]], [[0]], [[5, 7]], [[0, 2, 5, 7]]])(
    'maps rows to lines and back with %j folded',
    (folded) => {
      const set = new Set(folded);
      const folds = foldsOf(lines, flags(folded));
      // The plain way: walk the lines, jumping over what is folded.
      const seen: number[] = [];
      for (let line = 0; line < lines.count; line += 1) {
        seen.push(line);
        if (set.has(line) && lines.closeAt(line) > 0) line = lines.closeAt(line);
      }
      expect(folds.count).toBe(seen.length);
      expect(seen.map((_, row) => lineOfRow(folds, row))).toEqual(seen);
      expect(seen.map((line) => rowOfLine(folds, line))).toEqual(seen.map((_, row) => row));
    },
  );

  it('shows the fold in place of what it hides, and opens what hides a line', () => {
    expect(rowOfLine(foldsOf(lines, flags([2])), 8)).toBe(2);
    const both = flags([2, 5]);
    expect(reveal(lines, both, 8)).toBe(true);
    expect([...both]).toEqual([...flags([])]);
    const beside = flags([2, 7]);
    expect(reveal(lines, beside, 4)).toBe(true);
    expect([...beside]).toEqual([...flags([7])]);
    expect(reveal(lines, beside, 4)).toBe(false);
  });

  it('folds all of one depth', () => {
    expect([...foldDepth(lines, 1)]).toEqual([...flags([2])]);
    expect([...foldDepth(lines, 2)]).toEqual([...flags([5])]);
  });
});
