import { existsSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './paths.ts';

/**
 * Electron's binary. Its package fetches it when it is first asked for where it is, silently and for as long as it takes, so it must
 * not be asked: this looks for itself.
 */

const manifestPath = createRequire(join(root, 'package.json')).resolve('electron/package.json');
const folder = dirname(manifestPath);
const { version } = JSON.parse(readFileSync(manifestPath, 'utf8')) as { version: string };

/** As Electron's own install script says. */
const EXECUTABLES: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  linux: 'electron',
  win32: 'electron.exe',
};

/** A download that has brought nothing for this long has failed, ms. */
const STALLED_MILLIS = 20_000;

/** Path of the binary, or null when it is not on this machine. Downloads nothing. */
export function findElectron(): string | null {
  const executable = EXECUTABLES[process.platform];
  if (executable === undefined) return null;
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '';
  const path = join(override === '' ? join(folder, 'dist') : override, executable);
  if (!existsSync(path)) return null;
  return override !== '' || installedVersion() === version ? path : null;
}

function installedVersion(): string {
  try {
    return readFileSync(join(folder, 'dist', 'version'), 'utf8')
      .trim()
      .replace(/^v/, '');
  } catch {
    // Not installed, or only in part.
    return '';
  }
}

interface Progress {
  transferred: number;
  total: number | null;
}

interface ElectronGet {
  downloadArtifact: (request: {
    version: string;
    artifactName: string;
    platform: string;
    arch: string;
    checksums: Record<string, string>;
    downloadOptions: { quiet: boolean; signal: AbortSignal; getProgressCallback: (progress: Progress) => void };
  }) => Promise<string>;
}

interface ExtractZip {
  extract: (zip: string, options: { dir: string }) => Promise<void>;
}

/** Downloads and unpacks the binary as Electron's own install script does, but says how far it is, and gives up when nothing comes. */
export async function fetchElectron(say: (text: string) => void): Promise<string> {
  const executable = EXECUTABLES[process.platform];
  if (executable === undefined) throw new Error(`there is no Electron for ${process.platform}`);
  const electronRequire = createRequire(manifestPath);
  const load = async (name: string): Promise<unknown> =>
    import(pathToFileURL(electronRequire.resolve(name)).href) as Promise<unknown>;
  const { downloadArtifact } = (await load('@electron/get')) as ElectronGet;
  const { extract } = (await load('@electron-internal/extract-zip')) as ExtractZip;
  say(`downloading Electron ${version} (about 120 MB, once)`);
  const stalled = new AbortController();
  const stall = (): void => stalled.abort(new Error(`nothing came for ${STALLED_MILLIS / 1_000} s`));
  let timer = setTimeout(stall, STALLED_MILLIS);
  let shown = 0;
  const zip = await downloadArtifact({
    version,
    artifactName: 'electron',
    platform: process.platform,
    arch: process.arch,
    checksums: JSON.parse(readFileSync(join(folder, 'checksums.json'), 'utf8')) as Record<string, string>,
    downloadOptions: {
      quiet: true,
      signal: stalled.signal,
      getProgressCallback: ({ transferred, total }) => {
        clearTimeout(timer);
        timer = setTimeout(stall, STALLED_MILLIS);
        const percent = total === null ? 0 : Math.floor((transferred / total) * 100);
        if (percent < shown + 10) return;
        shown = percent - (percent % 10);
        say(`… ${shown} % of Electron`);
      },
    },
  }).finally(() => clearTimeout(timer));
  // Unpacked aside and renamed, so that what is cut off is never taken for whole.
  const part = join(folder, `dist.part-${process.pid}`);
  try {
    await extract(zip, { dir: part });
    await rm(join(folder, 'dist'), { recursive: true, force: true });
    await rename(part, join(folder, 'dist'));
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  await writeFile(join(folder, 'path.txt'), executable);
  return join(folder, 'dist', executable);
}
