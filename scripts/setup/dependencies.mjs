import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { say } from './say.mjs';

/** Installs what package-lock.json asks for, when node_modules holds anything else. */
export async function ensureDependencies(root, node) {
  if (dependenciesAreCurrent(root)) return;
  say('installing dependencies from the npm registry');
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1'];
  await npm(node, args, { cwd: root, failure: 'Dependencies could not be installed' });
  say('dependencies are ready');
}

/**
 * True when every package of package-lock.json is installed in that version. npm writes what it has installed to
 * node_modules/.package-lock.json as its last act, so an installation that was cut off does not count, and one made by hand does.
 */
export function dependenciesAreCurrent(root) {
  const wanted = lockedPackages(join(root, 'package-lock.json'));
  const installed = lockedPackages(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === null || installed === null) return false;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const have = installed[path];
    // An optional package may be one for another system.
    if (have === undefined ? !entry.optional : have.version !== entry.version) return false;
  }
  return true;
}

function lockedPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? null;
  } catch {
    // Missing or cut off: nothing counts as installed.
    return null;
  }
}
