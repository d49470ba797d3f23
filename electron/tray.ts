import { join } from 'node:path';
import { Menu, nativeImage, Tray } from 'electron';
import type { Actions } from './actions.ts';
import type { EngineLink } from './engine-link.ts';

/** Capture on and off from the system's tray. */
export function setupTray(actions: Actions, link: EngineLink): void {
  // macOS recolours a template image to fit its menu bar, by the name's ending.
  const file = process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png';
  const tray = new Tray(nativeImage.createFromPath(join(import.meta.dirname, 'assets', file)));
  let shown = '';
  const refresh = (): void => {
    const state = link.status?.capture.state ?? 'unknown';
    // Live events come ten times a second: the menu is made anew only when it would differ.
    if (state === shown) return;
    shown = state;
    tray.setToolTip(state === 'on' ? 'Sidetap: capturing' : 'Sidetap');
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: 'Show Sidetap', click: actions.show },
        { type: 'separator' },
        {
          id: 'capture',
          label: 'Capture',
          type: 'checkbox',
          checked: state === 'on',
          enabled: state === 'on' || state === 'off',
          click: state === 'on' ? actions.stopCapture : actions.startCapture,
        },
        { type: 'separator' },
        { label: 'Quit Sidetap', click: actions.quit },
      ]),
    );
  };
  tray.on('click', actions.show);
  link.on('status', refresh);
  refresh();
}
