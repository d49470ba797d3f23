import { describe, expect, it } from 'vitest';
import { showsOnly, toggledSource } from './sources.ts';

describe('toggledSource', () => {
  it.each([
    ['', 'web', 'source=web'],
    ['source=web', 'web', ''],
    ['source=web', 'api', 'source=api'],
    ['status:5xx', 'shop web', 'status:5xx source="shop web"'],
    ['status:5xx source="shop web"', 'shop web', 'status:5xx'],
    ['a and source=web', 'web', 'a'],
    ['not b source=web', 'web', 'not b'],
    ['a or b', 'web', '(a or b) source=web'],
    ['(a or b) source=web', 'web', 'a or b'],
    ['(a or b) source=web', 'api', '(a or b) source=api'],
    ['a not source=web', 'web', 'a source=web'],
    ['source!=api', 'web', 'source=web'],
    ['"quoted source=web"', 'web', '"quoted source=web" source=web'],
  ])('of %j by %j is %j', (filter, source, next) => {
    expect(toggledSource(filter, source)).toBe(next);
  });

  it('comes back to where it began', () => {
    for (const filter of ['', 'path:~"a (b" x', '(a) (b)', 'a or (b c)']) {
      expect(toggledSource(toggledSource(filter, 'web'), 'web')).toBe(filter);
    }
  });
});

it('knows whether a source is shown alone', () => {
  expect(showsOnly('status:5xx source=web', 'web')).toBe(true);
  expect(showsOnly('source=web or a', 'web')).toBe(false);
  expect(showsOnly('not source=web', 'web')).toBe(false);
  expect(showsOnly('(source=web)', 'web')).toBe(false);
});
