import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';

test('capture is switched from the menu, which shows what can be done', async ({ surface, api }) => {
  const { app } = surface;
  if (app === null) throw new Error('this spec is for the desktop app');
  const enabled = (): Promise<boolean[]> =>
    app.evaluate(({ Menu }) =>
      ['capture-start', 'capture-stop'].map((id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.enabled ?? false),
    );
  const click = (id: string): Promise<void> =>
    app.evaluate(({ Menu }, which) => {
      Menu.getApplicationMenu()?.getMenuItemById(which)?.click();
    }, id);
  await expect.poll(enabled).toEqual([true, false]);
  await api.startCapture(9);
  await expect.poll(enabled).toEqual([false, true]);
  await click('capture-stop');
  await expect.poll(enabled).toEqual([true, false]);
  expect((await api.status()).capture.state).toBe('off');
});

test('everything stored is exported as HAR from the menu', async ({ surface, api, inbound, home }) => {
  const { app } = surface;
  if (app === null) throw new Error('this spec is for the desktop app');
  await curl(`${inbound}/users`);
  await curl('--data', '{"a":1}', `${inbound}/orders`);
  await api.flush();
  const path = join(home, 'traffic.har');
  await app.evaluate(({ dialog, Menu }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    const told = new Promise<string>((resolve) => {
      dialog.showMessageBox = ((options: { message: string }) => {
        resolve(options.message);
        return Promise.resolve({ response: 0, checkboxChecked: false });
      }) as unknown as typeof dialog.showMessageBox;
    });
    Object.assign(globalThis, { told });
    Menu.getApplicationMenu()?.getMenuItemById('export-har')?.click();
  }, path);
  const message = await app.evaluate(() => (globalThis as unknown as { told: Promise<string> }).told);
  expect(message).toContain('2 requests were written to traffic.har');
  const har = JSON.parse(readFileSync(path, 'utf8')) as { log: { version: string; entries: Array<{ request: { url: string } }> } };
  expect(har.log.version).toBe('1.2');
  expect(har.log.entries.map((entry) => new URL(entry.request.url).pathname).toSorted()).toEqual(['/orders', '/users']);
});
