import { describe, expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { type MaskingRules, maskingRulesSchema } from '../rrpair/masking.ts';
import type { HeaderField } from '../rrpair/shapes.ts';
import { leadsTo, parseJsonPath } from './json-path.ts';
import { Masker } from './mask.ts';

function mask(rules: Partial<MaskingRules>, body: string, headers: HeaderField[] = [], target = '/') {
  const masked = new Masker(maskingRulesSchema.parse(rules)).message({ target, headers, body: Buffer.from(body) });
  return { ...masked, body: masked.body.toString() };
}

describe('rules of the user', () => {
  test('name header fields, parameters, and names anywhere', () => {
    const rules = {
      rules: [
        { kind: 'header' as const, id: 'tenant', title: '', names: ['X-Tenant'] },
        { kind: 'query' as const, id: 'q', title: '', names: ['who'] },
        { kind: 'name' as const, id: 'iban', title: '', names: ['iban'] },
      ],
    };
    const masked = mask(
      rules,
      '{"who":"kept","iban":"DE1","n":[{"IBAN":"DE2"}]}',
      [
        ['x-tenant', 'acme'],
        ['x-iban', 'DE3'],
      ],
      '/?who=ann&x=1',
    );
    expect(masked.body).toBe('{"who":"kept","iban":"***","n":[{"IBAN":"***"}]}');
    expect(masked.headers).toEqual([
      ['x-tenant', '***'],
      ['x-iban', '***'],
    ]);
    expect(masked.target).toBe('/?who=***&x=1');
    expect(masked.findings).toContainEqual({ rule: 'tenant', where: 'header x-tenant', count: 1 });
    expect(masked.findings).toContainEqual({ rule: 'iban', where: 'body IBAN', count: 1 });
  });

  test('name places in JSON, with all below them', () => {
    const rules = { rules: [{ kind: 'json' as const, id: 'p', title: '', paths: ['$.user.ids[1]', '$..deep.*', '$["a b"]'] }] };
    expect(mask(rules, '{"user":{"ids":[1,2,3]},"x":{"y":{"deep":{"k":[4]}}},"a b":5,"ids":[6,7]}').body).toBe(
      '{"user":{"ids":[1,"***",3]},"x":{"y":{"deep":{"k":["***"]}}},"a b":"***","ids":[6,7]}',
    );
  });

  test('match patterns; of one with a group only that', () => {
    const rules = {
      rules: [
        { kind: 'pattern' as const, id: 'order', title: '', pattern: 'order=(\\d+)', ignoreCase: false },
        { kind: 'pattern' as const, id: 'umlaut', title: '', pattern: 'schlüssel-\\w+', ignoreCase: true },
      ],
    };
    expect(mask(rules, 'order=12 Schlüssel-x9 order=z').body).toBe('order=*** *** order=z');
  });

  test('switch ours off, and keep names', () => {
    expect(mask({ off: ['secret-names'] }, '{"token":"a","pin":"1"}').body).toBe('{"token":"a","pin":"***"}');
    expect(mask({ keep: ['page_token'] }, '{"page_token":"a","token":"b"}').body).toBe('{"page_token":"a","token":"***"}');
    expect(
      mask({ off: ['credentials', 'cookies'] }, '', [
        ['Cookie', 'a=b'],
        ['X-Api-Key', 'k'],
      ]).headers,
    ).toEqual([
      ['Cookie', 'a=b'],
      // Its name also ends like that of a secret.
      ['X-Api-Key', '***'],
    ]);
  });

  test('that backtrack for ever end what they are used for', () => {
    const rules = { rules: [{ kind: 'pattern' as const, id: 'slow', title: 'Slow one', pattern: '(a+)+$', ignoreCase: false }] };
    const started = performance.now();
    expect(() => mask(rules, `${'a'.repeat(40)}!`)).toThrow(/Slow one.*takes too long/);
    expect(performance.now() - started).toBeLessThan(limits.maskPatternMillis + 3_000);
  });

  test.each([
    ['pattern', { kind: 'pattern' as const, id: 'x', title: '', pattern: '(', ignoreCase: false }],
    ['path', { kind: 'json' as const, id: 'x', title: '', paths: ['$.a['] }],
  ])('with a broken %s are refused', (_, rule) => {
    expect(() => new Masker({ off: [], keep: [], rules: [rule] })).toThrow(expect.objectContaining({ code: 'masking-invalid' }));
  });
});

test.each<[string, (string | number)[], boolean]>([
  ['$.a.b', ['a', 'b'], true],
  ['a.b', ['a'], false],
  ['$..b', ['b'], true],
  ['$..b', ['x', 1, 'b'], true],
  ['$.a[*].c', ['a', 3, 'c'], true],
  ['$.a[2].c', ['a', 3, 'c'], false],
  ['$.a.*', ['a', 'x', 'y'], false],
  ['$..a..a..a..b', [...Array.from({ length: 5_000 }, () => 'a'), 'c'], false],
])('the path %s', (path, at, fits) => {
  expect(leadsTo(parseJsonPath(path), at)).toBe(fits);
});
