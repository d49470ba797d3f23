import { spawn } from 'node:child_process';

/** True where a person sits in front of a display that can show a browser. */
export function canOpenBrowser(): boolean {
  if (!process.stdout.isTTY) return false;
  if (process.platform === 'darwin' || process.platform === 'win32') return true;
  return Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
}

/** `url` stands on a command line, where every user of the machine can read it: it must hold no secret that lasts. */
export function openBrowser(url: string): void {
  const [file, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? // `start` is a built-in of cmd; its first quoted argument is a window title.
          ['cmd', '/c', 'start', '""', url]
        : ['xdg-open', url];
  const child = spawn(file ?? '', args, { stdio: 'ignore', detached: true });
  child.on('error', () => {
    // There is no browser to open: the address is on the screen.
  });
  child.unref();
}
