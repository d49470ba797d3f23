import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { app, BrowserWindow, dialog, type IpcMainInvokeEvent, ipcMain, type OpenDialogOptions } from 'electron';
import { isOurs, isWebAddress } from './addresses.ts';
import { channels } from './bridge.ts';
import { safeFileName } from './file-name.ts';
import { openInBrowser } from './security.ts';

/** Answers the page's calls. Only the engine's own page is heard, and what it says is not trusted either. */
export function setupDialogs(origin: () => string | null): void {
  const checked = (event: IpcMainInvokeEvent): void => {
    const frame = event.senderFrame;
    if (frame === null || frame.parent !== null || !isOurs(frame.url, origin())) throw new Error('this page may not ask for that');
  };
  ipcMain.handle(channels.saveFile, async (event, name: unknown, content: unknown) => {
    checked(event);
    if (typeof name !== 'string' || !(typeof content === 'string' || content instanceof Uint8Array)) {
      throw new TypeError('saveFile takes a name and a text or bytes');
    }
    const path = await askWhereToSave(BrowserWindow.fromWebContents(event.sender), name);
    if (path !== null) await writeFile(path, content);
    return path;
  });
  ipcMain.handle(channels.choosePath, (event, name: unknown) => {
    checked(event);
    if (typeof name !== 'string') throw new TypeError('choosePath takes a name');
    return askWhereToSave(BrowserWindow.fromWebContents(event.sender), name);
  });
  ipcMain.handle(channels.chooseFiles, async (event) => {
    checked(event);
    const window = BrowserWindow.fromWebContents(event.sender);
    const options: OpenDialogOptions = { properties: ['openFile', 'multiSelections'] };
    const answer = window === null ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(window, options);
    return answer.canceled ? [] : answer.filePaths;
  });
  ipcMain.handle(channels.openExternal, (event, url: unknown) => {
    checked(event);
    if (typeof url !== 'string' || !isWebAddress(url)) throw new TypeError('only web addresses are opened');
    openInBrowser(url);
  });
}

/** The path that the user chose, or null. */
export async function askWhereToSave(window: BrowserWindow | null, name: string): Promise<string | null> {
  const options = { defaultPath: join(app.getPath('downloads'), safeFileName(name)) };
  const answer = window === null ? await dialog.showSaveDialog(options) : await dialog.showSaveDialog(window, options);
  return answer.canceled || answer.filePath === '' ? null : answer.filePath;
}
