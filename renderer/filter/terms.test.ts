import { describe, expect, it } from 'vitest';
import type { PairSummary } from '../../proxy-core/rrpair/shapes.ts';
import { quoted, termOfCell, termText, withTerm } from './terms.ts';

describe('terms from cells', () => {
  it('quotes what is not a plain word', () => {
    expect(quoted('localhost')).toBe('localhost');
    expect(quoted('api.example.com')).toBe('api.example.com');
    expect(quoted('localhost:3000')).toBe('"localhost:3000"');
    expect(quoted('a "b" \\c')).toBe('"a \\"b\\" \\\\c"');
    expect(quoted('')).toBe('""');
  });

  it('includes and excludes', () => {
    const term = { field: 'path', value: '/orders?x=1', label: '' };
    expect(termText(term, false)).toBe('path="/orders?x=1"');
    expect(termText(term, true)).toBe('path!="/orders?x=1"');
  });

  it('keeps the meaning of what is there', () => {
    expect(withTerm('', 'a=1')).toBe('a=1');
    expect(withTerm(' x:y ', 'a=1')).toBe('x:y a=1');
    expect(withTerm('x:y or z', 'a=1')).toBe('(x:y or z) a=1');
    expect(withTerm('x:y a=1', 'a=1')).toBe('x:y a=1');
  });

  it('stand for the cells of numbers as limits that the pair itself is within', () => {
    const row = { latencyMs: 48.731, durationMs: 1_234.9, requestBytes: 200, responseBytes: 16 } as PairSummary;
    const texts = (column: string): string[] =>
      [true, false].map((exclude) => {
        const term = termOfCell(column, row);
        return term === null ? '' : termText(term, exclude);
      });
    expect(texts('latency')).toEqual(['latency<48ms', 'latency>=48ms']);
    expect(texts('duration')).toEqual(['duration<1.2s', 'duration>=1.2s']);
    expect(texts('size')).toEqual(['size<216', 'size>=216']);
    expect(termOfCell('latency', { ...row, latencyMs: 0.0004 })).toMatchObject({ value: '1us' });
    expect(termOfCell('latency', { ...row, latencyMs: null })).toBeNull();
  });
});
