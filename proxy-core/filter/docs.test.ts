import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filterFields } from './fields.ts';
import { parseFilter } from './parse.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/filter.md'), 'utf8');

/** What stands in backquotes in tables of fields and operators, and in indented blocks, but for the mistake that is shown. */
function examples(): string[] {
  const blocks = text
    .slice(0, text.indexOf('## Mistakes'))
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .map((line) => line.trim());
  const cells = text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split(/(?<!\\)\|/).at(-2) ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''));
  return [...blocks, ...cells];
}

test('every example in the documentation can be read', () => {
  const all = examples();
  expect(all.length).toBeGreaterThan(30);
  for (const example of all) expect(parseFilter(example), example).toMatchObject({ ok: true });
});

test('every field and every name of it is in the documentation', () => {
  for (const field of filterFields) {
    for (const name of [field.name, ...field.aliases]) expect(text, name).toMatch(new RegExp(`\`${name}[\`\\[:]`));
  }
});

test('the mistake that is shown is the one that is reported', () => {
  const parsed = parseFilter('statsu:500');
  expect(parsed).toMatchObject({ ok: false, column: 0 });
  if (!parsed.ok) expect(text).toContain(parsed.message);
});
