import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Sweep } from './sweep.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('each thing gets its full time, all with one timer', () => {
  const expired: string[] = [];
  const sweep = new Sweep<string>(1_000, (item) => expired.push(item));
  sweep.add('a');
  vi.advanceTimersByTime(500);
  sweep.add('b');
  sweep.add('c');
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(499);
  expect(expired).toEqual([]);
  vi.advanceTimersByTime(102);
  expect(expired).toEqual(['a']);
  sweep.delete('c');
  vi.advanceTimersByTime(1_000);
  expect(expired).toEqual(['a', 'b']);
  expect(vi.getTimerCount()).toBe(0);
});

test('nothing expires after it was closed', () => {
  const expired: string[] = [];
  const sweep = new Sweep<string>(10, (item) => expired.push(item));
  sweep.add('a');
  sweep.close();
  vi.advanceTimersByTime(100);
  expect(expired).toEqual([]);
});
