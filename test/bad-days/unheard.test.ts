import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { connectClient } from '../../proxy-core/api/client.ts';
import { readRunInfo } from '../../proxy-core/data-dir.ts';
import { cleanUp, onCleanUp } from './support/clean-up.ts';
import { Engine, temporaryDirectory } from './support/engine.ts';

afterEach(cleanUp);

const here = import.meta.dirname;
const failsWhenTold = path.join(here, 'programs', 'fails-when-told.ts');

// What is reported is written to stderr; an error of that, reported too, would go on for ever and leave time for nothing else.
test('a command whose terminal is gone captures on after a defect, and ends when it is told to', async () => {
  const engine = await Engine.start({ preload: ['fails-when-told'] });
  engine.child.stderr?.destroy();
  engine.child.stdout?.destroy();
  engine.child.kill('SIGUSR2');
  const { notices } = await engine.statusWhen((status) => status.notices.length > 0);
  expect(notices).toMatchObject([{ id: 'defect', text: expect.stringContaining('told to fail') as string }]);
  engine.child.kill('SIGTERM');
  expect(await engine.ended).toMatchObject({ code: 0, signal: null });
});

test('an engine of its own whose starter is gone does so too', async () => {
  const dataDir = await temporaryDirectory();
  const program = path.join(here, '..', '..', 'proxy-core', 'engine-process.ts');
  const child = spawn(process.execPath, [`--import=${failsWhenTold}`, program, JSON.stringify({ dataDir })], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  onCleanUp(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  await expect.poll(() => readRunInfo(dataDir)).not.toBeNull();
  child.stderr.destroy();
  child.stdout.destroy();
  child.kill('SIGUSR2');
  const run = readRunInfo(dataDir);
  const { client, close } = await connectClient({ url: run?.api ?? '', token: run?.token ?? '' });
  await expect.poll(async () => (await client.status()).notices).toMatchObject([{ id: 'defect' }]);
  close();
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
