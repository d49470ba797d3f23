import { describe, expect, test } from 'vitest';
import type { Pace } from '../rrpair/replay-many.ts';
import { type Clock, Pacer } from './pacer.ts';

const never = new AbortController().signal;
const MILLI = 1_000;

/** A clock that only waiting, and `late`, move on. */
function fakeClock(): Clock & { time: number; waits: number[] } {
  const clock = {
    time: 5_000,
    waits: [] as number[],
    now: () => clock.time,
    wait: async (millis: number) => {
      clock.waits.push(millis);
      clock.time += millis;
    },
  };
  return clock;
}

/** When each request was sent, ms after the first. `busy` is how long each of them kept the sender. */
async function times(
  pace: Pace,
  startedAtMillis: readonly number[],
  busy: readonly number[] = [],
  longest = Infinity,
): Promise<number[]> {
  const clock = fakeClock();
  const pacer = new Pacer(pace, longest, never, clock);
  const sent: number[] = [];
  for (const [index, started] of startedAtMillis.entries()) {
    if (started < (startedAtMillis[index - 1] ?? 0)) pacer.restart();
    await pacer.turn(started * MILLI);
    sent.push(clock.time - 5_000);
    clock.time += busy[index] ?? 0;
  }
  return sent;
}

describe('Pacer', () => {
  test('recorded: the pauses as they were; a late one does not move those after it', async () => {
    expect(await times('recorded', [100, 180, 200, 500])).toEqual([0, 80, 100, 400]);
    expect(await times('recorded', [100, 180, 200, 500], [150])).toEqual([0, 150, 150, 400]);
  });

  test('recorded: long pauses are cut, and there is none before the beginning is sent again', async () => {
    expect(await times('recorded', [100, 90_000, 90_010], [], 20)).toEqual([0, 20, 30]);
    expect(await times('recorded', [100, 180, 100, 180])).toEqual([0, 80, 80, 160]);
  });

  test('fast: at once', async () => {
    expect(await times('fast', [100, 10_000, 1])).toEqual([0, 0, 0]);
  });

  test('a rate: evenly, little delays made up for, long ones not sent after in a burst', async () => {
    expect(await times(50, [1, 1, 1, 1])).toEqual([0, 20, 40, 60]);
    expect(await times(50, [1, 1, 1, 1], [30])).toEqual([0, 30, 40, 60]);
    expect(await times(50, [1, 1, 1, 1], [1_000])).toEqual([0, 1_000, 1_020, 1_040]);
  });

  test('waits of months are cut into pieces that timers can be set to', async () => {
    const clock = fakeClock();
    const pacer = new Pacer('recorded', Infinity, never, clock);
    await pacer.turn(MILLI);
    await pacer.turn(5_000_000_000 * MILLI);
    expect(clock.waits).toEqual([2_000_000_000, 2_000_000_000, 999_999_999]);
  });
});
