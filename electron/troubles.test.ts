import { expect, test } from 'vitest';
import type { Status } from '../proxy-core/api/contract.ts';
import { limits } from './limits.ts';
import { Troubles } from './troubles.ts';

type Seen = Pick<Status, 'notices' | 'shed'>;

function status(notices: readonly string[] = [], pairs = 0, bodies = 0): Seen {
  return {
    notices: notices.map((id) => ({ id, level: 'error', text: `what ${id} says`, at: '' })),
    shed: { pairs, bodies, unwritten: 0 },
  };
}

const over = limits.troubleOverMillis + 1;

test('a trouble is told once, and again when it was over and has come back', () => {
  const troubles = new Troubles();
  expect(troubles.begun(status(), 0)).toEqual([]);
  expect(troubles.begun(status(['store-problem']), 1)).toMatchObject([{ id: 'disk', text: 'what store-problem says' }]);
  expect(troubles.begun(status(['store-problem']), 2)).toEqual([]);
  // It lasts for hours.
  for (let now = 3; now < 10 * over; now += over / 2) expect(troubles.begun(status(['store-problem']), now)).toEqual([]);
  expect(troubles.begun(status(), 10 * over)).toEqual([]);
  expect(troubles.begun(status(['store-problem']), 20 * over)).toMatchObject([{ id: 'disk' }]);
});

test('what flickers is told once', () => {
  const troubles = new Troubles();
  expect(troubles.begun(status(['store-problem']), 0)).toHaveLength(1);
  for (let now = 1_000; now < 300_000; now += 1_000) {
    expect(troubles.begun(status(now % 2_000 === 0 ? ['store-problem'] : []), now)).toEqual([]);
  }
});

test('shed traffic is a trouble while the count rises, whichever engine counts', () => {
  const troubles = new Troubles();
  expect(troubles.begun(status([], 0, 3), 0)).toMatchObject([{ id: 'shed' }]);
  expect(troubles.begun(status([], 0, 3), 1)).toEqual([]);
  expect(troubles.begun(status([], 9, 3), 2)).toEqual([]);
  expect(troubles.begun(status([], 9, 3), over * 2)).toEqual([]);
  expect(troubles.begun(status([], 10, 3), over * 3)).toMatchObject([{ id: 'shed' }]);
  // A new engine begins at nothing.
  expect(troubles.begun(status(), over * 5)).toEqual([]);
  expect(troubles.begun(status([], 1), over * 6)).toMatchObject([{ id: 'shed' }]);
});

test('a certificate that is about to expire is told of, other notices are not', () => {
  const troubles = new Troubles();
  expect(troubles.begun(status(['ca-renewed', 'ca-remade', 'demo-ended', 'settings', 'defect']), 0)).toMatchObject([
    { id: 'certificate', text: 'what ca-renewed says' },
  ]);
  expect(troubles.begun(status(['ca-not-renewed']), 1)).toEqual([]);
});
