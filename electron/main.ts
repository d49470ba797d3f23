import { app } from 'electron';
import { createActions } from './actions.ts';
import { CapturedContainers } from './captured-containers.ts';
import { setupDialogs } from './dialogs.ts';
import { EngineHost } from './engine-host.ts';
import { EngineLink } from './engine-link.ts';
import { setupDemo, setupEngine, setupQuit, setupSecondInstance, setupWindows } from './lifecycle.ts';
import { MainWindow } from './main-window.ts';
import { setupMenu } from './menu.ts';
import { setupNotifications } from './notifications.ts';
import { setupPermissions, setupSecurity } from './security.ts';
import { setupTray } from './tray.ts';

/** The desktop shell: an engine in a process of its own, and a window on it. */
function main(): void {
  const host = new EngineHost();
  const link = new EngineLink();
  const containers = new CapturedContainers(link);
  const window = new MainWindow();
  const origin = (): string | null => host.origin;
  const open = (): void => {
    if (!window.focus() && host.address !== null) window.open(host.address);
  };
  const actions = createActions(link, containers, window, open);
  const runDemo = setupDemo(link);

  setupSecurity(origin);
  setupDialogs(origin);
  setupSecondInstance(open, runDemo);
  setupWindows(open);
  setupQuit(host, link);
  // Not awaited: Electron becomes ready only after this module has been evaluated.
  app
    .whenReady()
    .then(() => {
      setupPermissions(origin);
      setupMenu(actions, link);
      setupTray(actions, link, containers);
      setupNotifications(link, open);
      setupEngine(host, link, window);
      runDemo(process.argv);
    })
    .catch((error: unknown) => {
      console.error(error);
      app.exit(1);
    });
}

if (app.requestSingleInstanceLock()) main();
else app.quit();
