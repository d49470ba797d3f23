import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.ts';

/** Programs that tests run as real clients, servers and browsers, and the Debian package of each. */
const PROGRAMS: Readonly<Record<string, string>> = {
  chromium: 'chromium',
  nginx: 'nginx-light',
  curl: 'curl',
  wget: 'wget',
  openssl: 'openssl',
  python3: 'python3',
  fish: 'fish',
  git: 'git',
  java: 'default-jdk-headless',
  javac: 'default-jdk-headless',
  keytool: 'default-jdk-headless',
};

/** The programs that tests need and that are not on this machine. */
export function missingPrograms(): string[] {
  return Object.keys(PROGRAMS).filter((program) => findProgram(program) === null);
}

/** Where a program is: on PATH, or where Debian keeps those for root. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const folder of folders) {
    const path = join(folder, process.platform === 'win32' ? `${name}.exe` : name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder: the next one.
    }
  }
  return null;
}

/**
 * Installs what tests need and is not there, when this is root on Debian; elsewhere it names what is missing, and the tests that need
 * it will fail.
 */
export async function ensureTestPrograms(): Promise<void> {
  const missing = missingPrograms();
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((program) => PROGRAMS[program] ?? program))];
  const named = `tests need ${missing.join(', ')}, which this machine does not have`;
  if (!isDebian() || process.getuid?.() !== 0) {
    console.log(`${named}; the tests that use them will fail. On Debian: sudo apt-get install ${packages.join(' ')}`);
    return;
  }
  console.log(`${named}: installing ${packages.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const steps = [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ];
  for (const args of steps) {
    const { code, output } = await run('apt-get', args, { env });
    if (code !== 0)
      console.log(`apt-get ${args[0]} failed, so the tests that use these programs may fail:\n${output.slice(-2_000)}`);
  }
}

function isDebian(): boolean {
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    // No such file: another system.
    return false;
  }
}
