import { contextBridge, ipcRenderer } from 'electron';
import { channels, type DesktopBridge } from './bridge.ts';

const bridge: DesktopBridge = {
  platform: process.platform,
  saveFile: (name, content) => ipcRenderer.invoke(channels.saveFile, name, content) as Promise<string | null>,
  openExternal: (url) => ipcRenderer.invoke(channels.openExternal, url) as Promise<void>,
};

contextBridge.exposeInMainWorld('sidetapDesktop', bridge);
