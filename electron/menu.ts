import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import { launchKinds, launchNames } from '../proxy-core/rrpair/launch-kinds.ts';
import type { Actions } from './actions.ts';
import type { EngineLink } from './engine-link.ts';
import { openInBrowser } from './security.ts';

const ids = { start: 'capture-start', stop: 'capture-stop', har: 'export-har' } as const;

/** The application menu; what cannot be done just now is greyed. */
export function setupMenu(actions: Actions, link: EngineLink): void {
  const menu = Menu.buildFromTemplate(menuTemplate(actions, process.platform === 'darwin'));
  Menu.setApplicationMenu(menu);
  const refresh = (): void => {
    const state = link.status?.capture.state;
    enable(menu, ids.start, state === 'off');
    enable(menu, ids.stop, state === 'on');
    for (const id of [ids.har, ...launchKinds.map((kind) => `open-${kind}`)]) enable(menu, id, state !== undefined);
  };
  link.on('status', refresh);
  refresh();
}

/** What can be opened under capture. */
export function openItems(actions: Actions): MenuItemConstructorOptions[] {
  return launchKinds.map((kind) => ({
    id: `open-${kind}`,
    label: `Open ${kind === 'terminal' ? 'a terminal' : launchNames[kind]} under capture`,
    click: () => actions.open(kind),
  }));
}

function enable(menu: Menu, id: string, enabled: boolean): void {
  const item = menu.getMenuItemById(id);
  if (item !== null) item.enabled = enabled;
}

function menuTemplate(actions: Actions, isMac: boolean): MenuItemConstructorOptions[] {
  const about: MenuItemConstructorOptions = { label: `About ${app.name}`, click: () => app.showAboutPanel() };
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        { id: ids.har, label: 'Export HAR…', accelerator: 'CmdOrCtrl+Shift+E', click: actions.exportHar },
        { type: 'separator' },
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { role: 'reload' },
        { role: 'toggleDevTools' },
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    {
      label: '&Capture',
      submenu: [
        { id: ids.start, label: 'Start capture', accelerator: 'CmdOrCtrl+Shift+S', click: actions.startCapture },
        { id: ids.stop, label: 'Stop capture', accelerator: 'CmdOrCtrl+Shift+X', click: actions.stopCapture },
        { type: 'separator' },
        ...openItems(actions),
      ],
    },
    ...(isMac ? [{ role: 'windowMenu' } as const] : []),
    {
      role: 'help',
      submenu: [
        { label: 'How HTTP traffic is described (RFC 9110)', click: () => openInBrowser('https://www.rfc-editor.org/rfc/rfc9110') },
        ...(isMac ? [] : [about]),
      ],
    },
  ];
}
