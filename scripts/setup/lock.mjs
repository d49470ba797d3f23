import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './say.mjs';

const RETRY_MILLIS = 250;
/** A lock folder without its owner's pid is one whose owner died between two system calls, once it is this old. */
const ORPHAN_MILLIS = 5_000;

/**
 * Runs `work` while no other process does, told by a folder that only one of them can make. The lock of a process that has died is
 * taken over.
 */
export async function withLock(path, waitingFor, work) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!tryLock(path)) {
    if (ownerIsGone(path)) {
      rmSync(path, { recursive: true, force: true });
      continue;
    }
    if (!told) say(`another process is ${waitingFor}; waiting for it`);
    told = true;
    await sleep(RETRY_MILLIS);
  }
  const release = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function tryLock(path) {
  try {
    mkdirSync(path);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(`${path}/pid`, String(process.pid));
  return true;
}

function ownerIsGone(path) {
  let pid;
  try {
    pid = Number(readFileSync(`${path}/pid`, 'utf8'));
  } catch {
    // No pid yet: the owner is between the two calls, or died there.
    return isOlderThan(path, ORPHAN_MILLIS);
  }
  if (!Number.isInteger(pid) || pid <= 0) return isOlderThan(path, ORPHAN_MILLIS);
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function isOlderThan(path, millis) {
  try {
    return Date.now() - statSync(path).mtimeMs > millis;
  } catch {
    // Released in this moment: the next attempt takes it.
    return false;
  }
}
