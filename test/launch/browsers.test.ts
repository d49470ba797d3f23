import { readdir, readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { launched, recorded, runs, Stage } from './support.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.end());

/** A page of plain HTTP that loads something over TLS. */
function page(secure: () => number): RequestListener {
  return (request, response) => {
    response.setHeader('Content-Type', request.url === '/page' ? 'text/html' : 'text/javascript');
    response.end(request.url === '/page' ? `<script src="https://localhost:${secure()}/secure.js"></script>` : '1');
  };
}

/** The browser process of the profile in the stage's folder. */
async function browserOf(dataDir: string): Promise<number> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const words = (await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).split('\0');
    // Not the shell that keeps it, nor its helpers.
    if (!/(chromium|firefox-esr)$/.test(words[0] ?? '') || words.some((word) => /^--type=|^-contentproc/.test(word))) continue;
    if (words.some((word) => word.startsWith(dataDir) || word.startsWith(`--user-data-dir=${dataDir}`))) return Number(name);
  }
  throw new Error('there is no browser');
}

test.each(['chromium', 'firefox'] as const)(
  'what a real %s loads arrives, over TLS and from this machine; it ends with the capture',
  {
    timeout: 90_000,
  },
  async (kind) => {
    let secure = 0;
    const servers = await stage.servers(page(() => secure));
    secure = servers.secure;
    const engine = await stage.capturing();
    const opened = await engine.client.launch.open({ kind, url: `http://localhost:${servers.plain}/page` });
    expect(opened).toMatchObject({ kind, state: 'open', note: '' });
    expect(await recorded(engine, '/page')).toMatchObject({ direction: 'out', status: '200' });
    // Read, so its certificate was taken: what is not decrypted has no path.
    expect(await recorded(engine, '/secure.js')).toMatchObject({ direction: 'out', status: '200' });
    const browser = await browserOf(stage.dataDir);
    await engine.client.capture.stop();
    expect(await runs(browser)).toBe(false);
    expect(await launched(engine)).toEqual([]);
    expect(await stage.left()).toEqual([]);
  },
);

test('a Chromium that its user closes is shown as ended, and nothing of it stays', async () => {
  const engine = await stage.capturing();
  const { id } = await engine.client.launch.open({ kind: 'chromium' });
  process.kill(await browserOf(stage.dataDir), 'SIGTERM');
  await expect.poll(() => launched(engine), { timeout: 20_000 }).toMatchObject([{ id, state: 'ended' }]);
  await expect.poll(() => stage.left(), { timeout: 10_000 }).toEqual([]);
  await engine.client.launch.close({ id });
  expect(await launched(engine)).toEqual([]);
});

test('a browser is closed with its children, those that do not want to included', async () => {
  await stage.fakeBrowser();
  const engine = await stage.capturing();
  const { id } = await engine.client.launch.open({ kind: 'chromium' });
  const [browser, stubborn] = [await stage.pid('browser'), await stage.pid('stubborn')];
  expect(await runs(stubborn)).toBe(true);
  await engine.client.launch.close({ id });
  expect([await runs(browser), await runs(stubborn)]).toEqual([false, false]);
  expect(await stage.left()).toEqual([]);
  await expect(engine.client.launch.close({ id })).rejects.toMatchObject({ code: 'launched-not-found' });
});

test('an engine that is killed takes its browser with it, and the next one removes what was left', async () => {
  await stage.fakeBrowser();
  const command = stage.command('open', 'chromium', '--json');
  expect(JSON.parse(await command.line)).toMatchObject({ event: 'opened', kind: 'chromium', program: 'Chromium', note: '' });
  const [browser, stubborn] = [await stage.pid('browser'), await stage.pid('stubborn')];
  command.kill('SIGKILL');
  await expect.poll(async () => [await runs(browser), await runs(stubborn)], { timeout: 15_000 }).toEqual([false, false]);
  expect(await stage.left()).toHaveLength(1);
  const engine = await stage.engine();
  await expect.poll(() => stage.left(), { timeout: 10_000 }).toEqual([]);
  expect(await launched(engine)).toEqual([]);
});

test('the command captures until what it opened is closed', async () => {
  await stage.fakeBrowser();
  const command = stage.command('open', 'chromium', '--json');
  await command.line;
  process.kill(await stage.pid('browser'), 'SIGTERM');
  expect(await command.ended).toBe(0);
  expect(await stage.left()).toEqual([]);
});

test('Ctrl-C ends the command and closes what it opened', async () => {
  await stage.fakeBrowser();
  const command = stage.command('open', 'chromium');
  expect(await command.line).toContain('Chromium is open under capture');
  const browser = await stage.pid('browser');
  command.kill('SIGINT');
  expect(await command.ended).toBe(130);
  expect(await runs(browser)).toBe(false);
});

test('what cannot be opened says why in a sentence that says what to do', async () => {
  const engine = await stage.engine({ ...stage.environment, PATH: '/nowhere' });
  const { client } = engine;
  await client.capture.start({ inPort: 0, outPort: 0 });
  await expect(client.launch.open({ kind: 'chromium' })).rejects.toThrow('Install Chromium, Google Chrome, Edge or Brave.');
  await expect(client.launch.open({ kind: 'firefox' })).rejects.toThrow('Install Firefox.');
  await expect(client.launch.open({ kind: 'terminal' })).rejects.toThrow('Install xterm, gnome-terminal or konsole');
  await expect(client.launch.open({ kind: 'chromium', url: '--gpu-launcher=touch x' })).rejects.toThrow('It begins with http://');
  await expect(client.launch.open({ kind: 'chromium', url: 'file:///etc/passwd' })).rejects.toThrow('It begins with http://');
  await expect(client.launch.open({ kind: 'terminal', folder: 'nowhere' })).rejects.toThrow('There is no folder nowhere');
  expect(await launched(engine)).toEqual([]);
});

test('a browser that ends at once is told of with its own last words', async () => {
  await stage.program('chromium', '#!/bin/sh\necho "cannot open display" >&2\nexit 1\n');
  const engine = await stage.capturing();
  await expect(engine.client.launch.open({ kind: 'chromium' })).rejects.toThrow('Chromium ended at once (cannot open display)');
  expect(await stage.left()).toEqual([]);
});

test('without a display nothing is tried', async () => {
  const { DISPLAY: _none, ...environment } = stage.environment;
  const engine = await stage.engine(environment);
  await engine.client.capture.start({ inPort: 0, outPort: 0 });
  await expect(engine.client.launch.open({ kind: 'chromium' })).rejects.toThrow('started without a display');
});

test('what is being opened while capture is switched off is not left behind', async () => {
  await stage.program('chromium', '#!/bin/sh\nsleep 30\n');
  const engine = await stage.capturing();
  const opening = engine.client.launch.open({ kind: 'chromium' });
  const refused = expect(opening).rejects.toMatchObject({ code: 'not-capturing' });
  await expect.poll(() => launched(engine)).toMatchObject([{ state: 'starting' }]);
  await engine.client.capture.stop();
  await refused;
  expect(await launched(engine)).toEqual([]);
  expect(await stage.left()).toEqual([]);
});
