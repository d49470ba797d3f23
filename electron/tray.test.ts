import { EventEmitter, once } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import { StandInTray } from '../e2e/electron-stand-in/shell-parts.ts';
import type { Actions } from './actions.ts';
import { CapturedContainers } from './captured-containers.ts';
import type { EngineLink } from './engine-link.ts';
import { setupTray } from './tray.ts';
import { appWords, trayWords } from './tray-words.ts';

vi.mock('electron', () => import('../e2e/electron-stand-in/electron.ts'));

afterEach(() => StandInTray.all.clear());

type State = 'off' | 'starting' | 'on' | 'stopping';

/** A link to an engine whose capture is in a state that the test says. */
class FakeLink extends EventEmitter {
  status: { capture: { state: State; app: string | null }; docker: { capturing: number; revision: number } } | null = null;
  containers: Array<{ name: string; capture: { state: string } }> = [];
  detached: string[] = [];
  readonly client = {
    containers: {
      list: async () => this.containers,
      detach: async ({ container }: { container: string }) => {
        this.detached.push(container);
        if (container === 'stubborn') throw new Error('It does not want to.');
      },
    },
  };

  tell(state: State | null, app: string | null = null): void {
    const capturing = this.containers.filter(({ capture }) => capture.state === 'on').length;
    const revision = (this.status?.docker.revision ?? 0) + 1;
    this.status = state === null ? null : { capture: { state, app }, docker: { capturing, revision } };
    this.emit('status', this.status);
  }
}

function setUp(): { link: FakeLink; tray: StandInTray; done: string[]; containers: CapturedContainers } {
  const done: string[] = [];
  const note = (what: string) => (): void => {
    done.push(what);
  };
  const actions: Actions = {
    show: note('show'),
    exportHar: note('har'),
    startCapture: note('start'),
    stopCapture: note('stop'),
    open: (kind) => done.push(`open ${kind}`),
    switchOffContainer: (name) => done.push(`off ${name}`),
    switchOffContainers: note('all off'),
    quit: note('quit'),
  };
  const link = new FakeLink();
  const containers = new CapturedContainers(link as unknown as EngineLink);
  setupTray(actions, link as unknown as EngineLink, containers);
  const [tray] = StandInTray.all;
  if (tray === undefined) throw new Error('there is no tray');
  return { link, tray, done, containers };
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
  click(tray, 'open-terminal');
  link.tell('starting');
  expect(tray.menu?.getMenuItemById('capture')).toMatchObject({ enabled: false });
  link.tell('on');
  expect(tray.menu?.getMenuItemById('capture')).toMatchObject({ checked: true, enabled: true });
  expect(tray.toolTip).toBe('Sidetap: capturing the local app');
  click(tray, 'capture');
  expect(done).toEqual(['start', 'open terminal', 'stop']);
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

test('captured containers are named, and switched off', async () => {
  const { link, tray, done, containers } = setUp();
  link.containers = ['shop-web-1', 'shop-db-1'].map((name) => ({ name, capture: { state: 'on' } }));
  link.containers.push({ name: 'idle', capture: { state: 'off' } });
  const changed = once(containers, 'changed');
  link.tell('on', 'http://localhost:3000');
  await changed;
  expect(tray.toolTip).toBe('Sidetap: capturing :3000, shop-db-1 and shop-web-1');
  expect(tray.menu?.getMenuItemById('container:shop-web-1')).toMatchObject({ label: 'shop-web-1', checked: true });
  expect(tray.menu?.getMenuItemById('container:idle')).toBeNull();
  click(tray, 'container:shop-web-1');
  click(tray, 'containers-off');
  expect(done).toEqual(['off shop-web-1', 'all off']);
  link.containers = [];
  link.tell('off');
  expect(tray.toolTip).toBe('Sidetap');
  expect(tray.menu?.getMenuItemById('containers-off')).toBeNull();
});

test('all containers are switched off, although one cannot be', async () => {
  const { link, containers } = setUp();
  link.containers = ['a', 'stubborn', 'z'].map((name) => ({ name, capture: { state: 'on' } }));
  const changed = once(containers, 'changed');
  link.tell('off');
  await changed;
  await expect(containers.switchAllOff()).rejects.toThrow('It does not want to.');
  expect(link.detached).toEqual(['a', 'stubborn', 'z']);
});

test('the tray says what is captured in a few words', () => {
  expect(appWords('http://127.0.0.1:3000/')).toBe(':3000');
  expect(appWords('https://app.test:8443')).toBe('https://app.test:8443');
  expect(trayWords({ state: 'off', app: null }, [])).toBe('Sidetap');
  expect(trayWords({ state: 'off', app: 'http://localhost:1' }, ['a', 'b', 'c', 'd'])).toBe('Sidetap: capturing a, b and 2 more');
});
