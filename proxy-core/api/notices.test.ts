import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { Notices } from './notices.ts';

test('the same condition is shown once, with its newest text, and announced only when something changed', () => {
  let changes = 0;
  const notices = new Notices(() => {
    changes += 1;
  });
  notices.add({ id: 'a', level: 'info', text: 'one' });
  notices.add({ id: 'b', level: 'error', text: 'two' });
  notices.add({ id: 'a', level: 'info', text: 'one' });
  expect(changes).toBe(2);
  notices.add({ id: 'a', level: 'warning', text: 'worse' });
  expect(notices.list().map(({ id, text }) => `${id} ${text}`)).toEqual(['a worse', 'b two']);
  notices.remove('a');
  notices.remove('a');
  expect(changes).toBe(4);
  expect(notices.list()).toHaveLength(1);
});

test('the oldest give way', () => {
  const notices = new Notices(() => {});
  for (let index = 0; index < limits.notices + 5; index += 1) notices.add({ id: String(index), level: 'info', text: '' });
  expect(notices.list()).toHaveLength(limits.notices);
  expect(notices.list()[0]?.id).toBe('5');
});
