import { describe, expect, it } from 'vitest';
import { fieldSuggestions, placeAt, typicalValues, written } from './complete.ts';

/** The place of `|` in a filter. */
const at = (marked: string): ReturnType<typeof placeAt> => placeAt(marked.replace('|', ''), marked.indexOf('|'));

describe('placeAt', () => {
  it.each([
    ['|', { kind: 'field', from: 0, to: 0, typed: '' }],
    ['sta|tus', { kind: 'field', from: 0, to: 6, typed: 'sta' }],
    ['status:5xx ho|', { kind: 'field', from: 11, to: 13, typed: 'ho' }],
    ['-ho|', { kind: 'field', from: 1, to: 3, typed: 'ho' }],
    ['(ho|)', { kind: 'field', from: 1, to: 3, typed: 'ho' }],
    ['host:|', { kind: 'value', from: 5, to: 5, typed: '', operator: ':' }],
    ['a (-host:ap|i b)', { kind: 'value', from: 9, to: 12, typed: 'ap', operator: ':' }],
    ['status>=4|', { kind: 'value', from: 8, to: 9, typed: '4', operator: '>=' }],
    ['host="a b|c" x', { kind: 'value', from: 5, to: 11, typed: 'a b', operator: '=' }],
    ['path:"x y" host:|', { kind: 'value', from: 16, to: 16, typed: '', operator: ':' }],
    ['url:/v1|/users', { kind: 'value', from: 4, to: 13, typed: '/v1', operator: ':' }],
  ])('of %s', (marked, place) => {
    expect(at(marked)).toMatchObject(place);
  });

  it.each(['nosuch:x|', '"out of| stock"', '/v1/|', '12|'])('offers nothing in %s', (marked) => {
    expect(at(marked)).toBeNull();
  });

  it('knows a field by its alias', () => {
    expect(at('method:P|')).toMatchObject({ field: { name: 'command' } });
  });
});

describe('suggestions', () => {
  it('name fields by their beginning, alias and meaning, in this order', () => {
    expect(fieldSuggestions('st').map(({ label }) => label)).toEqual(['status']);
    expect(fieldSuggestions('url')[0]).toMatchObject({ label: 'path', insert: 'path:' });
    expect(fieldSuggestions('technology')[0]?.label).toBe('tech');
    expect(fieldSuggestions('').length).toBeGreaterThan(15);
  });

  it('do not repeat an operator', () => {
    const place = at('latency:|');
    if (place?.kind !== 'value') throw new Error('a value was expected');
    expect(typicalValues(place.field, ':', '').map(({ insert }) => insert)).toContain('>1s');
    expect(typicalValues(place.field, '>', '').map(({ insert }) => insert)).not.toContain('>1s');
  });
});

it('writes values as the language reads them', () => {
  expect(['/v1/users?x=1', 'api.test:8080', 'POST', 'a b', '=x', '~x', '"', 'a(b', '!x', 'a\nb'].map(written)).toEqual([
    '/v1/users?x=1',
    'api.test:8080',
    'POST',
    '"a b"',
    '"=x"',
    '"~x"',
    '"\\""',
    '"a(b"',
    '"!x"',
    '"a\\nb"',
  ]);
});
