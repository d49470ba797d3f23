import { X509Certificate } from 'node:crypto';
import { access, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Check } from '../../proxy-core/rrpair/results.ts';
import { echo, Stage } from './support.ts';

/** What works without anything captured: init, certs, doctor, help. */

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.end());

test('init makes the data directory and the CA, and says how to go on', async () => {
  const dataDir = path.join(stage.home, 'new', 'dir');
  const ended = await stage.run('init', '--data-dir', dataDir);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toContain(path.join(dataDir, 'ca.pem'));
  expect(ended.stdout).toContain('sidetap start capture');
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  expect((await stat(path.join(dataDir, 'ca-key.pem'))).mode & 0o777).toBe(0o600);
});

test('certs prints path, certificate, trust store and how to trust it', async () => {
  const file = path.join(stage.home, 'ca.pem');
  expect(await stage.run('certs', '--path')).toMatchObject({ code: 0, stdout: `${file}\n`, stderr: '' });
  const { stdout: pem } = await stage.run('certs', '--pem');
  expect(pem).toBe(await readFile(file, 'utf8'));
  expect(new X509Certificate(pem).ca).toBe(true);
  const { stdout: p12 } = await stage.run('certs', '--p12');
  await access(p12.trim());
  const { stdout } = await stage.run('certs');
  expect(stdout).toContain(file);
  expect(stdout).toContain(new X509Certificate(pem).fingerprint256);
  expect(stdout).toMatch(/Debian/);
  expect(stdout).toMatch(/Java/);
  expect((await stage.run('certs', '--pem', '--path')).code).toBe(2);
});

test('a data directory that cannot be: one sentence, exit code 1', async () => {
  const ended = await stage.run('init', '--data-dir', '/dev/null/x');
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(ended.stderr).toMatch(/^sidetap: The data directory \/dev\/null\/x cannot be used .+--data-dir.+\n$/);
});

function checks(text: string): Check[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Check);
}

test('doctor says what is wrong while nothing is captured', async () => {
  const idle = await stage.run('doctor', '--json');
  expect(checks(idle.stdout).find(({ id }) => id === 'capture')).toMatchObject({ outcome: 'failed' });
  expect(idle.code).toBe(1);
});

test('doctor finds its own probes while something is captured', async () => {
  const app = await stage.serve(echo);
  await stage.capture('--port', String(app.port));
  const busy = checks((await stage.run('doctor', '--json')).stdout);
  for (const id of ['capture', 'app', 'inbound', 'outbound']) {
    expect(busy.find((check) => check.id === id)).toMatchObject({ outcome: 'ok' });
  }
  expect((await stage.run('doctor')).stdout).toMatch(/^ok {7}/m);
});

test.each([
  [[]],
  [['start', 'capture']],
  [['stop', 'capture']],
  [['inspect']],
  [['list']],
  [['show']],
  [['export']],
  [['replay']],
  [['init']],
  [['certs']],
  [['doctor']],
])('sidetap %j --help', async (args) => {
  const ended = await stage.run(...args, '--help');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toMatch(/^Usage: sidetap/);
  for (const line of ended.stdout.split('\n')) expect(line.length).toBeLessThan(140);
});
