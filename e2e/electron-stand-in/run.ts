import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from './electron.ts';

/** Loads the app as Electron does: a folder by the `main` of its package.json, or a file. */

interface Manifest {
  name?: string;
  productName?: string;
  version?: string;
  main?: string;
}

// Switches may come before the app's path, as Playwright's own do.
const given = resolve(process.argv.slice(2).find((argument) => !argument.startsWith('-')) ?? '.');
const isFolder = statSync(given).isDirectory();
const folder = isFolder ? given : dirname(given);
const manifest = isFolder ? (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest) : {};

app.describe({
  name: manifest.productName ?? manifest.name ?? 'Electron',
  version: manifest.version ?? '0.0.0',
  path: folder,
  packaged: process.env['SIDETAP_STANDIN_PACKAGED'] === '1',
});
// A real Electron has its executable first and the app second; the script that runs here is none of the app's business.
process.argv.splice(1, 1);

// As Electron does on every system but Windows.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => app.quit());

/** Playwright calls this once it has attached; a real Electron has it only when Playwright starts it without a path. */
Object.assign(globalThis, { __playwright_run: () => app.start() });

await import(pathToFileURL(isFolder ? join(folder, manifest.main ?? 'index.js') : given).href);
await app.start();
