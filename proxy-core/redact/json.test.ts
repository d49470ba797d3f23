import { expect, test } from 'vitest';
import { noUserRules } from '../rrpair/masking.ts';
import { maskJson } from './json.ts';
import { SecretNames } from './names.ts';

const names = new SecretNames(noUserRules);
const secretsByName = { name: (name: string) => names.rule(name, 'other'), paths: [] };

function masked(text: string): { text: string; secrets: string[] } {
  const secrets: string[] = [];
  return { text: maskJson(text, secretsByName, (_, name, value) => secrets.push(`${name}=${value}`)), secrets };
}

test('leaves all but the secret values byte for byte', () => {
  expect(masked('{ "token" :\t"a\\"b" , "n":1.0e+2,"password":12,"x":null,"secret":null, "y":["token","z"]}')).toEqual({
    text: '{ "token" :\t"***" , "n":1.0e+2,"password":"***","x":null,"secret":null, "y":["token","z"]}',
    secrets: ['token=a"b', 'password=12'],
  });
});

test('a secret that the body limit cut off is masked too', () => {
  expect(masked('{"a":1,"password":"hunter')).toEqual({ text: '{"a":1,"password":"***"', secrets: ['password=hunter'] });
  expect(masked('{"password":"')).toEqual({ text: '{"password":"***"', secrets: ['password='] });
});

test('a string of 16 MB is read like any other', () => {
  const long = 'x'.repeat(16 * 1024 * 1024);
  expect(masked(`{"a":"${long}","token":"abc"}`)).toEqual({ text: `{"a":"${long}","token":"***"}`, secrets: ['token=abc'] });
});

test.each([
  ['quotes that never close', '\\"'],
  ['opened strings', '"\n'],
  ['backslashes', '\\'],
  ['brackets', '[{'],
])('a megabyte of %s is read in one pass', (_, piece) => {
  const text = `{"a":"${piece.repeat(500_000)}`;
  const started = performance.now();
  expect(masked(text)).toEqual({ text, secrets: [] });
  expect(performance.now() - started).toBeLessThan(5_000);
});
