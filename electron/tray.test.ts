import { EventEmitter } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import { StandInTray } from '../e2e/electron-stand-in/shell-parts.ts';
import type { Actions } from './actions.ts';
import type { EngineLink } from './engine-link.ts';
import { setupTray } from './tray.ts';

vi.mock('electron', () => import('../e2e/electron-stand-in/electron.ts'));

afterEach(() => StandInTray.all.clear());

type State = 'off' | 'starting' | 'on' | 'stopping';

/** A link to an engine whose capture is in a state that the test says. */
class FakeLink extends EventEmitter {
  status: { capture: { state: State } } | null = null;

  tell(state: State | null): void {
    this.status = state === null ? null : { capture: { state } };
    this.emit('status', this.status);
  }
}

function setUp(): { link: FakeLink; tray: StandInTray; done: string[] } {
  const done: string[] = [];
  const note = (what: string) => (): void => {
    done.push(what);
  };
  const actions: Actions = {
    show: note('show'),
    exportHar: note('har'),
    startCapture: note('start'),
    stopCapture: note('stop'),
    quit: note('quit'),
  };
  const link = new FakeLink();
  setupTray(actions, link as unknown as EngineLink);
  const [tray] = StandInTray.all;
  if (tray === undefined) throw new Error('there is no tray');
  return { link, tray, done };
}

function click(tray: StandInTray, id: string): void {
  const item = tray.menu?.getMenuItemById(id);
  (item?.click as (() => void) | undefined)?.();
}

test('the tray shows whether capture is on, and switches it', () => {
  const { link, tray, done } = setUp();
  expect(tray.menu?.getMenuItemById('capture')).toMatchObject({ checked: false, enabled: false });
  link.tell('off');
  expect(tray.menu?.getMenuItemById('capture')).toMatchObject({ checked: false, enabled: true });
  expect(tray.toolTip).toBe('Sidetap');
  click(tray, 'capture');
  link.tell('starting');
  expect(tray.menu?.getMenuItemById('capture')).toMatchObject({ enabled: false });
  link.tell('on');
  expect(tray.menu?.getMenuItemById('capture')).toMatchObject({ checked: true, enabled: true });
  expect(tray.toolTip).toBe('Sidetap: capturing');
  click(tray, 'capture');
  expect(done).toEqual(['start', 'stop']);
  link.tell(null);
  expect(tray.menu?.getMenuItemById('capture')).toMatchObject({ checked: false, enabled: false });
});

test('the menu is made anew only when it would differ', () => {
  const { link, tray } = setUp();
  link.tell('on');
  const { menu } = tray;
  link.tell('on');
  expect(tray.menu).toBe(menu);
});

test('a click on the tray brings the window', () => {
  const { tray, done } = setUp();
  tray.emit('click');
  expect(done).toEqual(['show']);
});
