import { app, dialog } from 'electron';
import type { EngineHost } from './engine-host.ts';
import type { EngineLink } from './engine-link.ts';
import type { MainWindow } from './main-window.ts';

/** The window follows the engine: it opens on the first one, and moves to each that takes a dead one's place. */
export function setupEngine(host: EngineHost, link: EngineLink, window: MainWindow): void {
  host.on('ready', (address) => {
    link.follow(address);
    window.open(address);
  });
  host.on('lost', () => link.follow(null));
  link.on('broken', () => host.connectionBroke());
  host.on('failed', (sentence) => {
    dialog.showErrorBox('Sidetap cannot start its engine', sentence);
    app.quit();
  });
  host.start();
}

/** A second start brings the first one's window to the front, and does there what it was asked to. */
export function setupSecondInstance(open: () => void, handle: (argv: readonly string[]) => void): void {
  app.on('second-instance', (_event, argv) => {
    open();
    handle(argv);
  });
}

/** Elsewhere the app ends with its window; on macOS it stays, and a click on its icon opens the window again. */
export function setupWindows(open: () => void): void {
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('activate', open);
}

/** Quitting waits for the engine, which ends capture cleanly, for as long as `EngineHost.stop` takes at most. */
export function setupQuit(host: EngineHost, link: EngineLink): void {
  let stopped = false;
  app.on('will-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    link.follow(null);
    host
      .stop()
      .catch((error: unknown) => console.error('the engine could not be stopped', error))
      .finally(() => {
        stopped = true;
        app.quit();
      });
  });
}

/** `--demo`: the demo shop, as soon as there is an engine to run it. */
export function setupDemo(link: EngineLink): (argv: readonly string[]) => void {
  const start = (): void => {
    link.startDemo().catch((error: unknown) => {
      dialog.showErrorBox('The demo could not be started', error instanceof Error ? error.message : String(error));
    });
  };
  return (argv) => {
    if (!argv.includes('--demo')) return;
    if (link.status !== null) {
      start();
      return;
    }
    const onStatus = (status: unknown): void => {
      if (status === null) return;
      link.off('status', onStatus);
      start();
    };
    link.on('status', onStatus);
  };
}
