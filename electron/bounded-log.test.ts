import { expect, test } from 'vitest';
import { BoundedLog } from './bounded-log.ts';

test('keeps the newest bytes', () => {
  const log = new BoundedLog(10);
  for (let line = 0; line < 5_000; line += 1) log.push(Buffer.from(`${line}\n`));
  expect(log.text()).toBe('4998\n4999\n');
  log.push(Buffer.from('abc'));
  expect(log.text()).toBe('8\n4999\nabc');
});

test('keeps everything while it is short', () => {
  const log = new BoundedLog(10);
  expect(log.text()).toBe('');
  log.push(Buffer.from('one'));
  expect(log.text()).toBe('one');
});
