import { join } from 'node:path';
import { Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron';
import type { Actions } from './actions.ts';
import type { CapturedContainers } from './captured-containers.ts';
import type { EngineLink } from './engine-link.ts';
import { openItems } from './menu.ts';
import { appWords, trayWords } from './tray-words.ts';

/** Containers that the menu lists one by one; it must fit on a screen. */
const MOST_CONTAINERS = 12;

/** What is captured, and off with it, from the system's tray. */
export function setupTray(actions: Actions, link: EngineLink, containers: CapturedContainers): void {
  // macOS recolours a template image to fit its menu bar, by the name's ending.
  const file = process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png';
  const tray = new Tray(nativeImage.createFromPath(join(import.meta.dirname, 'assets', file)));
  let shown = '';
  const refresh = (): void => {
    const capture = link.status?.capture ?? null;
    const words = trayWords(capture, containers.names);
    // Live events come ten times a second: the menu is made anew only when it would differ.
    const now = JSON.stringify([capture?.state, capture?.app, containers.names]);
    if (now === shown) return;
    shown = now;
    const state = capture?.state ?? 'unknown';
    const app = appWords(capture?.app ?? null);
    tray.setToolTip(words);
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: 'Show Sidetap', click: actions.show },
        { type: 'separator' },
        {
          id: 'capture',
          label: app === '' ? 'Capture the local app' : `Capture the local app (${app})`,
          type: 'checkbox',
          checked: state === 'on',
          enabled: state === 'on' || state === 'off',
          click: state === 'on' ? actions.stopCapture : actions.startCapture,
        },
        ...openItems(actions),
        ...containerItems(actions, containers.names),
        { type: 'separator' },
        { label: 'Quit Sidetap', click: actions.quit },
      ]),
    );
  };
  tray.on('click', actions.show);
  link.on('status', refresh);
  containers.on('changed', refresh);
  refresh();
}

/** Each captured container with its switch; they are switched on in the window. */
function containerItems(actions: Actions, names: readonly string[]): MenuItemConstructorOptions[] {
  if (names.length === 0) return [];
  const more = names.length - MOST_CONTAINERS;
  return [
    { type: 'separator' },
    { label: 'Captured containers', enabled: false },
    ...names.slice(0, MOST_CONTAINERS).map(
      (name): MenuItemConstructorOptions => ({
        id: `container:${name}`,
        label: name,
        type: 'checkbox',
        checked: true,
        click: () => actions.switchOffContainer(name),
      }),
    ),
    ...(more > 0 ? [{ label: `${more} more`, enabled: false }] : []),
    { id: 'containers-off', label: 'Switch off all containers', click: actions.switchOffContainers },
  ];
}
