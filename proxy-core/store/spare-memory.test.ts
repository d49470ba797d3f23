import { afterEach, expect, test, vi } from 'vitest';
import { limits } from '../limits.ts';
import { SpareMemory } from './spare-memory.ts';

afterEach(() => {
  vi.useRealTimers();
});

const memories = (count: number): ArrayBuffer[] => Array.from({ length: count }, () => new ArrayBuffer(8));

function takeAll(spares: SpareMemory): number {
  let count = 0;
  while (spares.take() !== undefined) count++;
  return count;
}

test('memory is kept to be filled again, as much of it as a load needs', () => {
  const spares = new SpareMemory();
  expect(spares.take()).toBeUndefined();
  const [one, ...others] = memories(limits.spareBatches + 5);
  spares.add(others);
  spares.add([one ?? new ArrayBuffer(8)]);
  expect(takeAll(spares)).toBe(limits.spareBatches);
  spares.close();
});

test('when no batch has come for a while, most of it is given back', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const spares = new SpareMemory();
  spares.add(memories(limits.spareBatches));
  vi.advanceTimersByTime(limits.engineGiveBackMillis - 1);
  spares.add([]);
  vi.advanceTimersByTime(limits.engineGiveBackMillis - 1);
  const one = spares.take();
  expect(one).toBeDefined();
  spares.add(one === undefined ? [] : [one]);
  vi.advanceTimersByTime(limits.engineGiveBackMillis);
  expect(takeAll(spares)).toBe(limits.restingSpareBatches);
});
