import { basename } from 'node:path';
import { app, dialog, shell } from 'electron';
import { type LaunchKind, launchNames } from '../proxy-core/rrpair/launch-kinds.ts';
import type { CapturedContainers } from './captured-containers.ts';
import { askWhereToSave } from './dialogs.ts';
import type { EngineLink } from './engine-link.ts';
import { writeHar } from './har-export.ts';
import type { MainWindow } from './main-window.ts';

/** What the menu and the tray can do. None of them throws: what went wrong is shown. */
export interface Actions {
  show: () => void;
  exportHar: () => void;
  startCapture: () => void;
  stopCapture: () => void;
  /** A terminal or a browser under capture. */
  open: (kind: LaunchKind) => void;
  switchOffContainer: (name: string) => void;
  switchOffContainers: () => void;
  quit: () => void;
}

export function createActions(link: EngineLink, containers: CapturedContainers, window: MainWindow, open: () => void): Actions {
  return {
    show: open,
    exportHar: reported('The traffic could not be exported', () => exportHar(link, window)),
    startCapture: reported('Capture could not be started', () => link.startCapture()),
    stopCapture: reported('Capture could not be stopped', () => link.stopCapture()),
    open: (kind) => reported(`${launchNames[kind]} could not be opened`, () => link.open(kind))(),
    switchOffContainer: (name) => reported(`${name} could not be switched off`, () => containers.switchOff(name))(),
    switchOffContainers: reported('Containers could not be switched off', () => containers.switchAllOff()),
    quit: () => app.quit(),
  };
}

async function exportHar(link: EngineLink, window: MainWindow): Promise<void> {
  const { client } = link;
  if (client === null) throw new Error('The engine cannot be reached just now. Try again in a moment.');
  const day = new Date().toISOString().slice(0, 10);
  const path = await askWhereToSave(window.browserWindow, `sidetap-${day}.har`);
  if (path === null) return;
  const pairs = await writeHar(client, path);
  const message = `${pairs} ${pairs === 1 ? 'request was' : 'requests were'} written to ${basename(path)}. Secrets are masked.`;
  const { response } = await dialog.showMessageBox({ type: 'info', message, buttons: ['OK', 'Show in folder'] });
  if (response === 1) shell.showItemInFolder(path);
}

function reported(title: string, work: () => Promise<unknown>): () => void {
  return () => {
    work().catch((error: unknown) => {
      dialog.showErrorBox(title, error instanceof Error ? error.message : String(error));
    });
  };
}
