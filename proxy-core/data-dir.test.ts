import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  isDataDirLocked,
  lockDataDir,
  prepareDataDir,
  readRunInfo,
  removeRunInfo,
  resolveDataDir,
  writeRunInfo,
} from './data-dir.ts';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'sidetap-data-dir-'));
});
afterEach(() => rm(base, { recursive: true }));

const run = {
  pid: process.pid,
  api: 'http://127.0.0.1:1',
  token: 'secret',
  startedAt: '2026-11-20T00:00:00.000Z',
  endsWithCapture: true,
};

test('comes from the option, else the environment, else the home folder', () => {
  expect(resolveDataDir('/a', { SIDETAP_HOME: '/b' })).toBe('/a');
  expect(resolveDataDir(undefined, { SIDETAP_HOME: '/b' })).toBe('/b');
  expect(resolveDataDir(undefined, { SIDETAP_HOME: '' })).toBe(path.join(homedir(), '.sidetap'));
  expect(resolveDataDir('x', {})).toBe(path.resolve('x'));
});

test('is for its owner only, also when it was there with wider rights', () => {
  const fresh = path.join(base, 'a', 'b');
  prepareDataDir(fresh);
  expect(statSync(fresh).mode & 0o777).toBe(0o700);
  const wide = path.join(base, 'wide');
  mkdirSync(wide);
  chmodSync(wide, 0o755);
  prepareDataDir(wide);
  expect(statSync(wide).mode & 0o777).toBe(0o700);
});

test('a file in its place is named, with a way out', () => {
  const file = path.join(base, 'file');
  writeFileSync(file, '');
  expect(() => prepareDataDir(file)).toThrow(expect.objectContaining({ code: 'data-dir-unusable' }) as Error);
  expect(() => prepareDataDir(path.join(file, 'below'))).toThrow(/--data-dir/);
});

test('the run file is private, whole, and gone when it is removed', () => {
  expect(readRunInfo(base)).toBeNull();
  writeRunInfo(base, run);
  expect(statSync(path.join(base, 'run.json')).mode & 0o777).toBe(0o600);
  expect(readRunInfo(base)).toEqual(run);
  removeRunInfo(base);
  removeRunInfo(base);
  expect(readRunInfo(base)).toBeNull();
});

test.each(['', '{', 'null', '[]', '{"pid":"1","api":"x","token":"y"}'])('a run file with %j is none', (text) => {
  writeFileSync(path.join(base, 'run.json'), text);
  expect(readRunInfo(base)).toBeNull();
});

test('one owner at a time, by whichever path it is named', async () => {
  const lock = await lockDataDir(base);
  writeRunInfo(base, run);
  const link = `${base}-link`;
  symlinkSync(base, link);
  await expect(lockDataDir(base)).rejects.toMatchObject({
    code: 'data-dir-in-use',
    message: expect.stringContaining(String(process.pid)) as string,
  });
  await expect(lockDataDir(link)).rejects.toMatchObject({ code: 'data-dir-in-use' });
  await rm(link);
  removeRunInfo(base);
  lock.release();
  expect(isDataDirLocked(base)).toBe(false);
});

test('waits for an owner that is on its way out', async () => {
  const lock = await lockDataDir(base);
  const next = lockDataDir(base);
  lock.release();
  (await next).release();
});

test('an owner that was killed leaves no lock behind', async () => {
  const module = path.join(import.meta.dirname, 'data-dir.ts');
  const script = `
    const { lockDataDir, writeRunInfo } = await import(${JSON.stringify(module)});
    await lockDataDir(${JSON.stringify(base)});
    writeRunInfo(${JSON.stringify(base)}, ${JSON.stringify(run)});
    process.stdout.write('locked');
    setInterval(() => {}, 1e6);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(owner.stdout, 'data');
  expect(isDataDirLocked(base)).toBe(true);
  await expect(lockDataDir(base)).rejects.toMatchObject({ code: 'data-dir-in-use' });
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  (await lockDataDir(base)).release();
});
