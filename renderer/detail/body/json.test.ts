import { describe, expect, it } from 'vitest';
import { foldsOf, lineOfRow, revealing, rowOfLine } from './folds.ts';
import { jsonLines, LineKind, lineAt, lineOfOffset, pathOf, valueOf } from './jsonLines.ts';

/** The lines written out with two spaces, as JSON.stringify does. */
function print(text: string): string {
  const lines = jsonLines(text);
  if (lines === null) return 'not JSON';
  return Array.from({ length: lines.count }, (_, index) => {
    const line = lineAt(lines, index);
    const key = line.keyTo > line.keyFrom ? `${text.slice(line.keyFrom, line.keyTo)}: ` : '';
    const value =
      line.kind === LineKind.emptyObject
        ? '{}'
        : line.kind === LineKind.emptyArray
          ? '[]'
          : text.slice(line.valueFrom, line.valueTo);
    return `${'  '.repeat(line.depth)}${key}${value}${line.comma ? ',' : ''}`;
  }).join('\n');
}

const sample = '{"a":1,"list":[1,[],{"x y":"v\\"w","deep":[true,null]}],"o":{ },"n":-1.5}';

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
    expect(jsonLines('['.repeat(1_000) + ']'.repeat(1_000))?.count).toBe(1_999);
    expect(jsonLines('['.repeat(1_000_000))).toBeNull();
  });

  it('tells path and value of a line', () => {
    const lines = jsonLines(sample);
    if (lines === null) throw new Error('sample is JSON');
    const paths = Array.from({ length: lines.count }, (_, index) => pathOf(sample, lines, index));
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
    expect(valueOf(sample, lines, 7)).toBe('[true,null]');
    expect(valueOf(sample, lines, 1)).toBe('1');
    expect(lineOfOffset(lines, sample.indexOf('null'))).toBe(9);
  });
});

describe('folds', () => {
  const lines = jsonLines(sample);
  if (lines === null) throw new Error('sample is JSON');

  it.each([[[]], [[2]], [[5]], [[2, 5]], [[7, 13]], [[0]], [[5, 7]], [[0, 2, 5, 7]]])(
    'maps rows to lines and back with %j folded',
    (folded) => {
      const set = new Set(folded);
      const folds = foldsOf(lines, set);
      // The plain way: walk the lines, jumping over what is folded.
      const seen: number[] = [];
      for (let line = 0; line < lines.count; line += 1) {
        seen.push(line);
        if (set.has(line) && lineAt(lines, line).close > 0) line = lineAt(lines, line).close;
      }
      expect(folds.count).toBe(seen.length);
      expect(seen.map((_, row) => lineOfRow(folds, row))).toEqual(seen);
      expect(seen.map((line) => rowOfLine(folds, line))).toEqual(seen.map((_, row) => row));
    },
  );

  it('shows the fold in place of what it hides, and opens what hides a line', () => {
    const folds = foldsOf(lines, new Set([2]));
    expect(rowOfLine(folds, 8)).toBe(2);
    expect(revealing(lines, new Set([2, 5]), 8)).toEqual(new Set());
    expect(revealing(lines, new Set([2, 7]), 4)).toEqual(new Set([7]));
  });
});
