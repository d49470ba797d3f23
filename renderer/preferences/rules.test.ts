import { describe, expect, it } from 'vitest';
import { noUserRules } from '../../proxy-core/rrpair/masking.ts';
import { namesOf, ruleOf } from './rules.ts';

describe('ruleOf', () => {
  it('makes a rule of what was typed, with an id of its own', () => {
    const first = ruleOf('header', 'X-Tenant, X-User, X-Tenant', noUserRules, []);
    expect(first).toMatchObject({ id: 'header-x-tenant-x-user-x-tenant', kind: 'header', names: ['X-Tenant', 'X-User'] });
    if (typeof first === 'string') throw new Error(first);
    const second = ruleOf('header', 'X-Tenant, X-User, X-Tenant', { ...noUserRules, rules: [first] }, []);
    expect(second).toMatchObject({ id: `${first.id}-2` });
    expect(ruleOf('name', '键', noUserRules, ['name'])).toMatchObject({ id: 'name-2', names: ['键'] });
  });

  it('says in a sentence why something is no rule', () => {
    expect(ruleOf('header', '  ', noUserRules, [])).toMatch(/^Say what is to be masked, such as X-Tenant.*\.$/);
    expect(ruleOf('pattern', 'order=(', noUserRules, [])).toMatch(/^This is no regular expression: /);
    expect(ruleOf('name', 'a'.repeat(201), noUserRules, [])).toMatch(/too long/);
  });

  it('knows paths in JSON from names', () => {
    expect(ruleOf('json', '$.user.ssn, $..iban', noUserRules, [])).toMatchObject({ paths: ['$.user.ssn', '$..iban'] });
  });

  it('keeps a regular expression as it is, commas included', () => {
    expect(ruleOf('pattern', String.raw`id=(\d{2,4})`, noUserRules, [])).toMatchObject({ pattern: String.raw`id=(\d{2,4})` });
  });

  it('takes names apart at commas and line ends', () => {
    expect(namesOf(' a,b\n\nc ,')).toEqual(['a', 'b', 'c']);
  });
});
