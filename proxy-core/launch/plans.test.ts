import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openCertificateAuthority } from '../tls/authority.ts';
import { planChromium } from './chromium.ts';
import { findProgram } from './find.ts';
import { planFirefox } from './firefox.ts';
import type { Circumstances } from './plan.ts';
import { planTerminal } from './terminal.ts';

let home = '';
let bin = '';
let circumstances: Circumstances;

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'sidetap-plans-'));
  const authority = await openCertificateAuthority(path.join(home, 'data'));
  circumstances = {
    folder: '',
    outbound: { host: '::', port: 4140 },
    authority,
    trust: { caPath: authority.caPath, bundlePath: '/b', p12Path: '/p', p12Password: 'x' },
    environment: {},
    platform: 'linux',
    url: 'http://localhost:3000/?a=1&b="2"',
    cwd: home,
  };
});
beforeEach(() => {
  const folder = mkdtempSync(path.join(home, 'one-'));
  bin = path.join(folder, 'bin');
  mkdirSync(bin);
  circumstances = { ...circumstances, folder, environment: { PATH: bin, HOME: home, SHELL: '/bin/bash' }, platform: 'linux' };
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function install(...names: string[]): void {
  for (const name of names) {
    writeFileSync(path.join(bin, name), '#!/bin/sh\n');
    chmodSync(path.join(bin, name), 0o755);
  }
}

test('the terminal that the user named comes first, then those that are usual', () => {
  install('xterm', 'konsole', 'st');
  const { folder } = circumstances;
  const script = ['/bin/sh', path.join(folder, 'start.command')];
  expect(planTerminal(circumstances)).toMatchObject({ program: 'konsole', args: ['--nofork', '-e', ...script] });
  circumstances.environment['TERMINAL'] = 'st';
  expect(planTerminal(circumstances)).toMatchObject({ program: 'st', args: ['-e', ...script] });
  circumstances.environment['TERMINAL'] = path.join(bin, 'xterm');
  expect(planTerminal(circumstances)).toMatchObject({ program: 'xterm', file: path.join(bin, 'xterm') });
  // One that is not there is no reason to open none.
  circumstances.environment['TERMINAL'] = 'gone';
  expect(planTerminal(circumstances)).toMatchObject({ program: 'konsole' });
});

test('on macOS Terminal opens the script', () => {
  const { folder } = circumstances;
  const plan = planTerminal({ ...circumstances, platform: 'darwin' });
  expect(plan).toMatchObject({ file: '/usr/bin/open', args: ['-a', 'Terminal', path.join(folder, 'start.command')] });
  expect(readFileSync(path.join(folder, 'bashrc'), 'utf8')).toContain('.bash_profile');
});

test('zsh reads the user’s own files first, and then ours', () => {
  install('xterm', 'zsh');
  circumstances.environment['SHELL'] = path.join(bin, 'zsh');
  planTerminal(circumstances);
  const { folder } = circumstances;
  expect(readFileSync(path.join(folder, 'start.command'), 'utf8')).toContain(`export ZDOTDIR=${folder}/zsh`);
  const text = readFileSync(path.join(folder, 'zsh', '.zshrc'), 'utf8');
  expect(text.indexOf('. "$ZDOTDIR/.zshrc"')).toBeGreaterThan(0);
  expect(text.indexOf('export HTTPS_PROXY=')).toBeGreaterThan(text.indexOf('. "$ZDOTDIR/.zshrc"'));
});

test('Chromium trusts our key and nobody else’s bad certificates', () => {
  install('google-chrome');
  const { args, program } = planChromium(circumstances);
  expect(program).toBe('Google Chrome');
  const key = execFileSync('openssl', ['x509', '-in', circumstances.authority.caPath, '-pubkey', '-noout']);
  const der = execFileSync('openssl', ['pkey', '-pubin', '-outform', 'der'], { input: key });
  const hash = execFileSync('openssl', ['dgst', '-sha256', '-binary'], { input: der }).toString('base64');
  expect(args).toContain(`--ignore-certificate-errors-spki-list=${hash}`);
  expect(args).not.toContain('--ignore-certificate-errors');
  expect(args).toContain('--proxy-server=http://[::1]:4140');
  expect(args).toContain('--proxy-bypass-list=<-loopback>');
  expect(args).toContain('--disable-quic');
  expect(args.at(-1)).toBe('http://localhost:3000/?a=1&b="2"');
});

test('Firefox trusts our CA where certutil is there, and goes through the proxy with everything', async () => {
  install('firefox');
  symlinkSync(findProgram('certutil', process.env) ?? '', path.join(bin, 'certutil'));
  const { args, note } = await planFirefox(circumstances);
  expect(note).toBe('');
  const profile = path.join(circumstances.folder, 'profile');
  expect(args).toEqual(['-no-remote', '-profile', profile, circumstances.url]);
  expect(execFileSync('certutil', ['-L', '-d', `sql:${profile}`], { encoding: 'utf8' })).toMatch(/sidetap\s+C,,/);
  const script = readFileSync(path.join(profile, 'user.js'), 'utf8');
  expect(script).toContain('user_pref("network.proxy.ssl", "::1");');
  expect(script).toContain('user_pref("network.proxy.ssl_port", 4140);');
  expect(script).toContain('user_pref("network.proxy.allow_hijacking_localhost", true);');
  expect(script).toContain(String.raw`user_pref("browser.startup.homepage", "http://localhost:3000/?a=1&b=\"2\"");`);
});

test('without certutil Firefox opens with a word on what is to be done', async () => {
  install('firefox-esr');
  const { program, note } = await planFirefox(circumstances);
  expect(program).toBe('Firefox ESR');
  expect(note).toContain(
    `Install certutil (libnss3-tools, or nss-tools) and open it anew, or import ${circumstances.authority.caPath}`,
  );
});

test('a relative folder on PATH is not searched', () => {
  install('xterm');
  expect(findProgram('xterm', { PATH: `.:bin:${bin}` })).toBe(path.join(bin, 'xterm'));
  expect(findProgram('xterm', { PATH: `.:bin` })).toBeNull();
});
