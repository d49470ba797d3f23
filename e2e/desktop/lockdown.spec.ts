import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import { expect, test } from '../support/fixtures.ts';
import type { Surface } from '../support/surfaces.ts';

function desktop(surface: Surface): ElectronApplication {
  if (surface.app === null) throw new Error('this spec is for the desktop app');
  return surface.app;
}

/** From here on, what the app opens in a browser is kept and not opened. */
async function keepOpened(app: ElectronApplication): Promise<() => Promise<string[]>> {
  await app.evaluate(({ shell }) => {
    const opened: string[] = [];
    Object.assign(globalThis, { openedByTest: opened });
    shell.openExternal = (url) => {
      opened.push(url);
      return Promise.resolve();
    };
  });
  return () => app.evaluate(() => (globalThis as unknown as { openedByTest: string[] }).openedByTest);
}

test('the page has the bridge and nothing else of the shell', async ({ window }) => {
  const found = await window.evaluate<Record<string, unknown>>(`({
    bridge: Object.keys(window.sidetapDesktop).sort(),
    frozen: Object.isFrozen(window.sidetapDesktop),
    platform: window.sidetapDesktop.platform,
    require: typeof window.require,
    process: typeof window.process,
    module: typeof window.module,
  })`);
  expect(found).toEqual({
    bridge: ['chooseFiles', 'choosePath', 'openExternal', 'pathOf', 'platform', 'saveFile'],
    frozen: true,
    platform: process.platform,
    require: 'undefined',
    process: 'undefined',
    module: 'undefined',
  });
});

test('the window cannot be led away; web addresses open in the browser, and no others', async ({ surface, window }) => {
  const app = desktop(surface);
  const opened = await keepOpened(app);
  const before = window.url();
  const follow = (url: string, target: string = ''): Promise<void> =>
    window.evaluate(
      ([href, frame]) => {
        const { document } = globalThis as unknown as { document: { createElement: (tag: string) => { click: () => void } } };
        Object.assign(document.createElement('a'), { href, target: frame }).click();
      },
      [url, target] as const,
    );
  await follow('http://elsewhere.invalid/');
  await expect.poll(opened).toEqual(['http://elsewhere.invalid/']);
  await follow('https://elsewhere.invalid/pop-up', '_blank');
  await expect.poll(opened).toEqual(['http://elsewhere.invalid/', 'https://elsewhere.invalid/pop-up']);
  await follow('file:///etc/passwd');
  await follow('sidetap-unknown:whatever');
  const refused = window.evaluate(`window.sidetapDesktop.openExternal('file:///etc/passwd')`);
  await expect(refused).rejects.toThrow(/only web addresses/);
  await window.evaluate(`window.sidetapDesktop.openExternal('https://elsewhere.invalid/asked')`);
  await expect
    .poll(opened)
    .toEqual(['http://elsewhere.invalid/', 'https://elsewhere.invalid/pop-up', 'https://elsewhere.invalid/asked']);
  expect(window.url()).toBe(before);
  expect(app.windows()).toHaveLength(1);
});

test('a file is saved where the user says, under a name that is one file', async ({ surface, window, home }) => {
  const app = desktop(surface);
  const path = join(home, 'saved.bin');
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = (...args: unknown[]) => {
      Object.assign(globalThis, { asked: args.at(-1) });
      return Promise.resolve({ canceled: false, filePath });
    };
  }, path);
  const saved = await window.evaluate(`window.sidetapDesktop.saveFile('../../etc/pass:wd', new Uint8Array([0, 1, 254, 255]))`);
  expect(saved).toBe(path);
  expect([...readFileSync(path)]).toEqual([0, 1, 254, 255]);
  const asked = await app.evaluate(() => (globalThis as unknown as { asked: { defaultPath: string } }).asked);
  expect(basename(asked.defaultPath)).toBe('__.._etc_pass_wd');
  await app.evaluate(({ dialog }) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: true, filePath: '' });
  });
  expect(await window.evaluate(`window.sidetapDesktop.saveFile('a.txt', 'text')`)).toBeNull();
});
