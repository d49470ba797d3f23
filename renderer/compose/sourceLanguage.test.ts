import { expect, it } from 'vitest';
import { isColoured, sourceLanguage } from './sourceLanguage.ts';

it.each([
  ['application/json; charset=utf-8', 'x', 'json'],
  ['application/problem+json', '', 'json'],
  ['text/html', '', 'html'],
  ['application/xml', '', 'xml'],
  ['', ' {"a":1}', 'json'],
  ['', '<?xml version="1.0"?>', 'xml'],
  ['application/x-www-form-urlencoded', 'a=1', 'plain'],
  ['', '', 'plain'],
])('a body of %j that begins with %j is %s', (type, text, language) => {
  expect(sourceLanguage([{ name: ' content-type', value: type }], text)).toBe(language);
});

it('colours what can be sent changed, and no more', () => {
  expect(isColoured('x'.repeat(700_000))).toBe(true);
  expect(isColoured('x'.repeat(700_001))).toBe(false);
});
