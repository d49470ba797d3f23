import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../errors.ts';
import { limits } from '../limits.ts';
import { makePrivateFolder } from '../private-folder.ts';
import type { CertificateAuthority } from '../tls/authority.ts';
import { authorityPaths } from '../tls/authority-files.ts';
import { type Finding, failed, ok, warning } from './check.ts';

const dayMillis = 24 * 60 * 60_000;
const gib = 1024 ** 3;

/** Whether the data directory can be written and is the user's alone. */
export async function checkDataDir(dataDir: string, platform: NodeJS.Platform): Promise<Finding> {
  const file = path.join(dataDir, `.doctor-${randomBytes(6).toString('hex')}`);
  try {
    makePrivateFolder(dataDir);
    await fs.writeFile(file, '', { flag: 'wx', mode: 0o600 });
    await fs.rm(file);
  } catch (error) {
    return failed(
      `${dataDir} cannot be written (${messageOf(error)}); make it writable or give another with --data-dir or SIDETAP_HOME.`,
    );
  }
  const { mode } = await fs.stat(dataDir);
  if (platform !== 'win32' && (mode & 0o077) !== 0) {
    return warning(
      `Other users of this machine may look into ${dataDir}, which holds captured traffic; run: chmod 700 '${dataDir}'`,
    );
  }
  return ok(`${dataDir} can be written, and only you can read it.`);
}

/** Whether there is room for what is captured. */
export async function checkDisk(dataDir: string): Promise<Finding> {
  const { bavail, bsize } = await fs.statfs(dataDir);
  const free = bavail * bsize;
  const text = `${(free / gib).toFixed(1)} GiB free where ${dataDir} lies`;
  if (free < limits.diskFullBytes) return failed(`${text}: captured pairs can no longer be stored; free some space.`);
  if (free < limits.diskLowBytes) return warning(`${text}: free some space, or captured pairs may be lost.`);
  return ok(`${text}.`);
}

/** Whether the CA is within its time and its files have the right readers. */
export async function checkAuthority(
  dataDir: string,
  authority: CertificateAuthority,
  platform: NodeJS.Platform,
): Promise<Finding> {
  const { caPath, keyPath } = authorityPaths(dataDir);
  const days = Math.floor((authority.notAfter.getTime() - Date.now()) / dayMillis);
  if (days < 0) return failed(`The CA ended on ${day(authority)}; start Sidetap again to renew it, then trust ${caPath} again.`);
  if (days < limits.caRenewDays)
    return warning(`The CA ends on ${day(authority)}; start Sidetap again to renew it, then trust ${caPath} again.`);
  if (platform !== 'win32') {
    const key = await fs.stat(keyPath);
    if ((key.mode & 0o077) !== 0) return failed(`Other users may read the CA's key; run: chmod 600 '${keyPath}'`);
    const certificate = await fs.stat(caPath);
    if ((certificate.mode & 0o444) !== 0o444)
      return warning(`Programs of other users cannot read ${caPath}; run: chmod 644 '${caPath}'`);
  }
  return ok(`Valid until ${day(authority)}, SHA-256 ${authority.sha256}; its key is yours alone.`);
}

function day(authority: CertificateAuthority): string {
  return authority.notAfter.toISOString().slice(0, 10);
}
