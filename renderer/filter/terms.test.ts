import { describe, expect, it } from 'vitest';
import { quoted, termText, upTo, withTerm } from './terms.ts';

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

  it('bounds a filter by an id', () => {
    expect(upTo('', 7)).toBe('id<=7');
    expect(upTo('a or b', 7)).toBe('(a or b) and id<=7');
  });
});
