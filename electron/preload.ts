import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { channels, type DesktopBridge } from './bridge.ts';

const bridge: DesktopBridge = {
  platform: process.platform,
  saveFile: (name, content) => ipcRenderer.invoke(channels.saveFile, name, content) as Promise<string | null>,
  choosePath: (name) => ipcRenderer.invoke(channels.choosePath, name) as Promise<string | null>,
  chooseFiles: () => ipcRenderer.invoke(channels.chooseFiles) as Promise<string[]>,
  pathOf: (file) => webUtils.getPathForFile(file),
  openExternal: (url) => ipcRenderer.invoke(channels.openExternal, url) as Promise<void>,
};

contextBridge.exposeInMainWorld('sidetapDesktop', bridge);
