import { EventEmitter } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import { StandInNotification } from '../e2e/electron-stand-in/shell-parts.ts';
import type { EngineLink } from './engine-link.ts';
import { setupNotifications } from './notifications.ts';

vi.mock('electron', () => import('../e2e/electron-stand-in/electron.ts'));

afterEach(() => vi.restoreAllMocks());

/** A link to an engine whose settings say `on`, and what is shown because of it. */
function setUp(on: boolean): { link: EventEmitter; shown: StandInNotification[]; asked: Promise<unknown>[]; came: () => number } {
  const asked: Promise<unknown>[] = [];
  const get = (): Promise<unknown> => {
    const answer = Promise.resolve({ settings: { notifications: { on } } });
    asked.push(answer);
    return answer;
  };
  const link = Object.assign(new EventEmitter(), { client: { settings: { get } } });
  const shown: StandInNotification[] = [];
  vi.spyOn(StandInNotification.prototype, 'show').mockImplementation(function show(this: StandInNotification) {
    shown.push(this);
  });
  let came = 0;
  setupNotifications(link as unknown as EngineLink, () => {
    came += 1;
  });
  return { link, shown, asked, came: () => came };
}

const full = {
  notices: [{ id: 'store-problem', level: 'error', text: 'The disk is full. Free some space.', at: '' }],
  shed: { pairs: 0, bodies: 0, unwritten: 0 },
};

test('a full disk is told of once, and a click brings the window', async () => {
  const { link, shown, asked, came } = setUp(true);
  link.emit('status', null);
  link.emit('status', full);
  link.emit('status', full);
  await Promise.all(asked);
  expect(shown).toMatchObject([{ title: 'Sidetap: Traffic is not stored', body: 'The disk is full. Free some space.' }]);
  shown[0]?.emit('click');
  expect(came()).toBe(1);
});

test('who has switched them off gets none', async () => {
  const { link, shown, asked } = setUp(false);
  link.emit('status', full);
  await Promise.all(asked);
  expect(asked).toHaveLength(1);
  expect(shown).toEqual([]);
});
