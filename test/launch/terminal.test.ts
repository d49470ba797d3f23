import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { launched, recorded, runs, Stage } from './support.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.end());

/** What the user's shell does once it is ready for them. */
async function atPrompt(commands: string): Promise<void> {
  const text = `export http_proxy=http://127.0.0.1:9 HTTPS_PROXY=http://127.0.0.1:9\nPROMPT_COMMAND='unset PROMPT_COMMAND; . ~/commands'\n`;
  await writeFile(path.join(stage.home, '.bashrc'), text);
  await writeFile(path.join(stage.home, 'commands'), commands);
}

test('what is started in a real terminal is captured, over TLS and on this machine; it all ends with the capture', async () => {
  const { plain, secure } = await stage.servers((_request, response) => response.end('hello'));
  await atPrompt(`
    curl -sS http://localhost:${plain}/plain
    curl -sS https://localhost:${secure}/secure
    nohup sleep 300 >/dev/null 2>&1 &
    echo $! >~/background
    echo $$ >~/shell`);
  stage.environment['TERMINAL'] = 'xterm';
  const engine = await stage.capturing();
  const opened = await engine.client.launch.open({ kind: 'terminal' });
  expect(opened).toMatchObject({ kind: 'terminal', program: 'xterm', state: 'open', note: '' });
  // The user's own start file sets another proxy, which does not count here.
  expect(await recorded(engine, '/plain')).toMatchObject({ direction: 'out', status: '200' });
  expect(await recorded(engine, '/secure')).toMatchObject({ direction: 'out', status: '200' });
  const [background, shell] = [await stage.pid('background'), await stage.pid('shell')];
  expect(await runs(background)).toBe(true);
  await engine.client.capture.stop();
  expect([await runs(shell), await runs(background)]).toEqual([false, false]);
  expect(await launched(engine)).toEqual([]);
  expect(await stage.left()).toEqual([]);
});

test('a terminal whose shell the user leaves is shown as ended', async () => {
  await atPrompt('exit');
  stage.environment['TERMINAL'] = 'xterm';
  const engine = await stage.capturing();
  const { id } = await engine.client.launch.open({ kind: 'terminal' });
  await expect.poll(() => launched(engine), { timeout: 10_000 }).toMatchObject([{ id, state: 'ended' }]);
  await expect.poll(() => stage.left()).toEqual([]);
});

test('a terminal that hands over to one that runs already is followed all the same', async () => {
  await atPrompt('echo $$ >~/shell');
  // As gnome-terminal does it: what was started ends, the window belongs to somebody else.
  await stage.program('handover', '#!/bin/sh\nshift\nsetsid xterm -e "$@" >/dev/null 2>&1 &\n');
  stage.environment['TERMINAL'] = 'handover';
  const engine = await stage.capturing();
  const { id } = await engine.client.launch.open({ kind: 'terminal' });
  const shell = await stage.pid('shell');
  expect(await launched(engine)).toMatchObject([{ id, state: 'open', program: 'handover' }]);
  await engine.client.launch.close({ id });
  expect(await runs(shell)).toBe(false);
});

test.each(['/bin/sh', '/usr/bin/fish'])('%s gets the variables too', async (shell) => {
  const { plain } = await stage.servers((_request, response) => response.end('hello'));
  await writeFile(path.join(stage.home, 'ask'), `#!/bin/sh\ncurl -sS http://localhost:${plain}/asked\n`, { mode: 0o755 });
  // A terminal in which somebody has typed that line already.
  await stage.program('typed', `#!/bin/sh\nshift\necho ~/ask | "$@" >/dev/null 2>&1\n`);
  stage.environment['TERMINAL'] = 'typed';
  stage.environment['SHELL'] = shell;
  const engine = await stage.capturing();
  await engine.client.launch.open({ kind: 'terminal' });
  expect(await recorded(engine, '/asked')).toMatchObject({ direction: 'out', status: '200' });
});
