import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../../scripts/lib/paths.ts';
import { EngineApi } from '../support/engine.ts';
import { expect, test } from '../support/fixtures.ts';
import { dataDirOf } from '../support/surfaces.ts';

test('npm start without a display serves the window and runs the demo, and Ctrl-C leaves nothing behind', async ({ home }) => {
  const env = { ...process.env, SIDETAP_HOME: dataDirOf(home), DISPLAY: '', WAYLAND_DISPLAY: '' };
  const child = spawn(process.execPath, [join(root, 'scripts/with-node.mjs'), join(root, 'scripts/start.ts'), '--demo'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  const address = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`ended with ${String(code)}: ${said.join('\n')}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line);
      const url = /open (http:\S+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
  expect(said.filter((line) => line.includes('There is no display'))).toHaveLength(1);
  const page = await fetch(address);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<title>Sidetap</title>');

  const api = new EngineApi(dataDirOf(home));
  expect(address).toContain(api.engine.token);
  expect((await api.status()).demo).toBe(true);
  await expect.poll(async () => (await api.pairs('host:shop.local')).total).toBeGreaterThan(0);

  const { pid } = api.engine;
  child.removeAllListeners('exit');
  const exit = once(child, 'exit');
  child.kill('SIGINT');
  expect(await exit).toEqual([0, null]);
  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  await expect(fetch(address)).rejects.toThrow(/fetch failed/);
});
