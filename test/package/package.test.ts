import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractAll, getRawHeader, listPackage } from '@electron/asar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { curl } from '../../e2e/support/clients.ts';
import { EngineApi } from '../../e2e/support/engine.ts';
import { dataDirOf, openDesktop } from '../../e2e/support/surfaces.ts';
import { startUpstream } from '../../e2e/support/upstream.ts';
import { build } from '../../scripts/lib/build.ts';
import { packageApp } from '../../scripts/lib/package.ts';
import { root } from '../../scripts/lib/paths.ts';
import { seenTour } from '../../scripts/lib/seen-tour.ts';
import { PICTURES, targets } from '../../scripts/lib/targets.ts';

/** Stands before the fuses in Electron's executable: electron-builder looks for it, and sets the bytes that follow. */
const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSES = 9;

let folder = '';
let unpacked = '';
let asar = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sidetap-package-'));
  const project = join(folder, 'project');
  const output = join(folder, 'release');
  const runtime = join(folder, 'runtime');
  mkdirSync(project);
  await build({ outDir: join(project, 'dist') });
  for (const name of ['package.json', 'package-lock.json', 'assets'])
    cpSync(join(root, name), join(project, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  makeStubRuntime(runtime);
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8')) as { version: string };
  const overrides = [`-c.electronDist=${runtime}`, `-c.electronVersion=${version}`, `-c.directories.output=${output}`];
  const { code, output: said } = await packageApp({ args: ['--linux', 'dir', '--x64', ...overrides], projectDir: project });
  expect(code, said).toBe(0);
  unpacked = join(output, 'linux-unpacked');
  asar = join(unpacked, 'resources', 'app.asar');
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As much of Electron as electron-builder looks at: an executable with fuses. Its real binary need not be on the machine. */
function makeStubRuntime(runtime: string): void {
  mkdirSync(runtime);
  const path = join(runtime, 'electron');
  writeFileSync(path, Buffer.concat([Buffer.from(FUSE_SENTINEL), Buffer.from([1, FUSES]), Buffer.alloc(FUSES, '0')]));
  chmodSync(path, 0o755);
}

/** Of koffi, npm has the native part for this kind of machine alone. */
const AGENT_IMAGE_FILES = ['Dockerfile', 'package.json', 'lockfile.json', `koffi-linux-${process.arch}.node`];

test('the archive holds what runs and nothing else', () => {
  const files = listPackage(asar, { isPack: false })
    .map((path) => path.replaceAll('\\', '/').replace(/^\//, ''))
    .filter((path) => !isFolder(path));
  const window = files.filter((path) => path.startsWith('dist/renderer/'));
  expect(window).toContain('dist/renderer/index.html');
  expect(window.filter((path) => !/\.(?:html|js|css|svg|png|woff2)$/.test(path))).toEqual(['dist/renderer/licenses.md']);
  expect(files.filter((path) => !window.includes(path)).toSorted()).toEqual(
    [
      'package.json',
      ...targets().flatMap(({ out }) => [`dist/${out}`, `dist/licenses/${out}.md`]),
      ...Object.keys(PICTURES).map((name) => `dist/assets/${name}`),
      ...AGENT_IMAGE_FILES.map((name) => `dist/agent-image/${name}`),
    ].toSorted(),
  );
  expect(readdirSync(join(unpacked, 'resources'))).toEqual(['app.asar']);
});

function isFolder(path: string): boolean {
  let entry: unknown = getRawHeader(asar).header;
  for (const name of path.split('/')) entry = (entry as { files: Record<string, unknown> }).files[name];
  return typeof entry === 'object' && entry !== null && 'files' in entry;
}

test('the installed app can neither be run as Node nor be given a debugger or another app', () => {
  const executable = readFileSync(join(unpacked, 'sidetap-desktop'), 'latin1');
  const wire = executable.slice(executable.indexOf(FUSE_SENTINEL) + FUSE_SENTINEL.length + 2).slice(0, FUSES);
  // runAsNode, cookie encryption, NODE_OPTIONS, --inspect, asar integrity, only from asar, V8 snapshot, file: privileges, wasm traps.
  expect(wire.slice(0, 6)).toBe('010011');
  expect(wire[7]).toBe('0');
});

test('the app starts from the archive’s content, and captures', async () => {
  const content = join(folder, 'content');
  extractAll(asar, content);
  expect(existsSync(join(content, 'node_modules'))).toBe(false);
  const home = join(folder, 'home');
  seenTour(dataDirOf(home));
  const upstream = await startUpstream();
  const { page, close } = await openDesktop({ home, appPath: content });
  try {
    const { inbound } = await new EngineApi(dataDirOf(home)).startCapture(upstream.port);
    expect(await curl(`${inbound?.url ?? ''}/users`)).toContain('Ada');
    await page.getByRole('grid', { name: 'Request list' }).getByText('/users').waitFor();
  } finally {
    await close();
    await upstream.close();
  }
  expect(upstream.received.map(({ url }) => url)).toEqual(['/users']);
}, 60_000);
