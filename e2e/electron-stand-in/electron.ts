import { StandInApp } from './app.ts';
import { StandInBrowserWindow } from './browser-window.ts';
import { StandInMenu, StandInTray } from './shell-parts.ts';

/** The module `electron` of a main process, as far as this app uses it. */

export const app: StandInApp = new StandInApp();
StandInBrowserWindow.app = app;
app.closeAllWindows = () => {
  for (const window of StandInBrowserWindow.getAllWindows()) window.close();
  return StandInBrowserWindow.all.size === 0;
};

export const webContents = {
  getAllWebContents: () => StandInBrowserWindow.getAllWindows().map((window) => window.webContents),
  fromDevToolsTargetId: (targetId: string) => webContents.getAllWebContents().find((contents) => contents.targetId === targetId),
};

export { ipcMain } from './ipc.ts';
export { session } from './session.ts';
export { dialog, nativeImage, nativeTheme, StandInNotification as Notification, screen, shell } from './shell-parts.ts';
export { utilityProcess } from './utility-process.ts';
/** Chromium's own clipboard, which lives as long as it does. A real one answers at once and not by a promise: await it either way. */
export const clipboard = {
  async readText(): Promise<string> {
    // Whatever is not named here is refused from now on, and the window has to be able to copy again.
    await app.cdp.send('Browser.grantPermissions', { permissions: ['clipboardReadWrite', 'clipboardSanitizedWrite'] });
    const window = StandInBrowserWindow.getFocusedWindow();
    return String(await window?.webContents.executeJavaScript('navigator.clipboard.readText()'));
  },
};

export { StandInBrowserWindow as BrowserWindow, StandInMenu as Menu, StandInTray as Tray };
