import { expect, test } from 'vitest';
import { limits } from '../../limits.ts';
import type { Field } from './hpack.ts';
import { KnownHeads } from './known-heads.ts';

function field(name: string, value: string): Field {
  return { name, value, line: `${name}: ${value}\r\n`, sound: true };
}

const method = field(':method', 'GET');

test('the same fields are the same head, as long as it is remembered', () => {
  const known = new KnownHeads();
  const asked = [method, field(':path', '/a')];
  const head = known.of(asked);
  expect(known.of([...asked])).toBe(head);
  expect(known.of([method, field(':path', '/a')])).not.toBe(head);
  expect(known.of(asked.toReversed())).not.toBe(head);
  for (let others = 0; others < limits.http2KnownHeads; others += 1) known.of([method, field(':path', String(others))]);
  expect(known.of(asked)).not.toBe(head);
});

test.each([':path', 'cookie'])('a head with a long %s is not', (name) => {
  const known = new KnownHeads();
  const fields = [method, field(name, 'x'.repeat(limits.http2KnownHeadBytes))];
  expect(known.of(fields)).not.toBe(known.of(fields));
});
