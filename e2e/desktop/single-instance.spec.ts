import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '../support/fixtures.ts';
import { desktopCommand } from '../support/surfaces.ts';

test('a second start brings the first window to the front and ends', async ({ surface, home }) => {
  const { app } = surface;
  if (app === null) throw new Error('this spec is for the desktop app');
  const focused = app.evaluate(
    ({ BrowserWindow }) =>
      new Promise<void>((resolve) => {
        BrowserWindow.getAllWindows()[0]?.once('focus', () => resolve());
      }),
  );
  const minimised = await app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    window?.minimize();
    return window?.isMinimized();
  });
  expect(minimised).toBe(true);

  const { executablePath, args, env } = desktopCommand({ home });
  const second = spawn(executablePath, ['--no-sandbox', ...args], { env, stdio: 'ignore' });
  const [code] = (await once(second, 'exit')) as [number | null];
  expect(code).toBe(0);
  await focused;
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isMinimized()))).toEqual([
    false,
  ]);
});
