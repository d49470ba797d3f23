import { expect, it } from 'vitest';
import { calledBy, MOST_SAVED, savedFrom, withSaved } from './saved.ts';

it('keeps filters by name, the newest first, and gives a kept one its new name', () => {
  const one = withSaved([], ' status>=500 ', ' Broken ');
  expect(one).toEqual([{ name: 'Broken', filter: 'status>=500' }]);
  const two = withSaved(one, 'host:pay', '');
  expect(two.map(calledBy)).toEqual(['host:pay', 'Broken']);
  expect(withSaved(two, 'status>=500', 'Failures').map(calledBy)).toEqual(['host:pay', 'Failures']);
  expect(withSaved(two, '  ', 'nothing')).toBe(two);
});

it('keeps no more than can be looked through', () => {
  let saved: ReturnType<typeof withSaved> = [];
  for (let id = 0; id < MOST_SAVED + 5; id += 1) saved = withSaved(saved, `id:${id}`, '');
  expect(saved).toHaveLength(MOST_SAVED);
  expect(saved[0]?.filter).toBe(`id:${MOST_SAVED + 4}`);
});

it('takes over what was kept without names, and nothing that is none', () => {
  expect(savedFrom(['a', { name: 'B', filter: 'b' }, { filter: 'c' }, 4, null, { name: 'D' }])).toEqual([
    { name: '', filter: 'a' },
    { name: 'B', filter: 'b' },
    { name: '', filter: 'c' },
  ]);
  expect(savedFrom('x')).toEqual([]);
});
