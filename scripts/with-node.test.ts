import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from './lib/paths.ts';

interface Run {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

let project = '';
/** A project of one dependency, which its lockfile asks for and which is installed. */
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'sidetap-with-node-'));
  mkdirSync(join(project, 'scripts'));
  for (const name of ['with-node.mjs', 'setup'])
    cpSync(join(root, 'scripts', name), join(project, 'scripts', name), { recursive: true });
  writeFileSync(join(project, 'package.json'), '{"name":"x","version":"1.0.0","private":true}');
  write('package-lock.json', { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0', optional: true } });
  mkdirSync(join(project, 'node_modules'));
  write('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } });
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

function write(name: string, packages: Record<string, unknown>): void {
  writeFileSync(join(project, name), JSON.stringify({ name: 'x', lockfileVersion: 3, packages: { '': {}, ...packages } }));
}

/** `npmScript` stands in for npm: a program that set-up runs as `node npm-cli.js ci …`. */
async function withNode(args: readonly string[], options: { npmScript?: string; signalAfter?: NodeJS.Signals } = {}): Promise<Run> {
  const npm = join(project, 'npm-cli.js');
  writeFileSync(npm, options.npmScript ?? 'process.exit(3)');
  const child = spawn(process.execPath, [join(project, 'scripts/with-node.mjs'), ...args], {
    cwd: project,
    env: { PATH: process.env['PATH'] ?? '', HOME: join(project, 'home'), npm_execpath: npm },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (options.signalAfter !== undefined) child.kill(options.signalAfter);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}

function program(source: string): string {
  const path = join(project, 'program.ts');
  writeFileSync(path, source);
  return path;
}

const INSTALLS = `
  const fs = require('node:fs');
  fs.appendFileSync('calls', process.argv.slice(2).join(' ') + '\\n');
  setTimeout(() => fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json'), 300);
`;

test('runs a TypeScript program with its arguments, and ends with its exit code', async () => {
  const run = await withNode([program('const n: number = 7; console.log(process.argv.slice(2)); process.exit(n);'), 'a b', '--c']);
  expect(run).toEqual({ code: 7, signal: null, stdout: "[ 'a b', '--c' ]\n", stderr: '' });
});

test('passes signals on, and ends by the one that ended the program', async () => {
  const handled = program("process.on('SIGTERM', () => process.exit(5)); console.log('up'); setInterval(() => {}, 1000);");
  expect(await withNode([handled], { signalAfter: 'SIGTERM' })).toMatchObject({ code: 5 });
  const unhandled = program("console.log('up'); setInterval(() => {}, 1000);");
  expect(await withNode([unhandled], { signalAfter: 'SIGTERM' })).toMatchObject({ code: null, signal: 'SIGTERM' });
});

test('dependencies that differ from the lockfile are installed first, without install scripts', async () => {
  write('node_modules/.package-lock.json', { 'node_modules/a': { version: '0.9.0' } });
  const run = await withNode([program('console.log("ran")')], { npmScript: INSTALLS });
  expect(run).toMatchObject({ code: 0, stdout: 'ran\n' });
  expect(readFileSync(join(project, 'calls'), 'utf8')).toMatch(/^ci --ignore-scripts /);
  const again = await withNode([program('console.log("ran")')]);
  expect(again).toMatchObject({ code: 0, stderr: '' });
});

test('of two at once, one sets up and the other waits', async () => {
  rmSync(join(project, 'node_modules/.package-lock.json'));
  const path = program('console.log("ran")');
  const runs = await Promise.all([withNode([path], { npmScript: INSTALLS }), withNode([path], { npmScript: INSTALLS })]);
  expect(runs.map(({ code }) => code)).toEqual([0, 0]);
  expect(readFileSync(join(project, 'calls'), 'utf8').trim().split('\n')).toHaveLength(1);
  expect(existsSync(join(project, '.tools/setup.lock'))).toBe(false);
});

test('the lock of a process that died is taken over', async () => {
  rmSync(join(project, 'node_modules/.package-lock.json'));
  mkdirSync(join(project, '.tools/setup.lock'), { recursive: true });
  const dead = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(dead, 'exit');
  writeFileSync(join(project, '.tools/setup.lock/pid'), String(dead.pid));
  expect(await withNode(['--setup'], { npmScript: INSTALLS })).toMatchObject({ code: 0 });
});

test('a registry that cannot be reached is said in one sentence, without a stack', async () => {
  rmSync(join(project, 'node_modules'), { recursive: true });
  const run = await withNode([program('console.log("ran")')], {
    npmScript: `console.error('npm error code ECONNREFUSED\\nnpm error request to https://registry.invalid/a failed, reason: connect ECONNREFUSED'); process.exit(1)`,
  });
  expect(run).toMatchObject({ code: 1, stdout: '' });
  const last = run.stderr.trim().split('\n').at(-1);
  expect(last).toContain('Dependencies could not be installed (request to https://registry.invalid/a failed');
  expect(last).toContain('The npm registry cannot be reached');
  expect(run.stderr).not.toContain('    at ');
});

test('without a program it says how it is used', async () => {
  expect(await withNode([])).toMatchObject({ code: 2 });
});
