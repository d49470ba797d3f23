import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { runtimeVariables } from './runtime-variables.ts';
import { setupSnippet } from './snippets.ts';

const run = promisify(execFile);
const nasty = `/tmp/a b/it's "$HOME" \`id\` \\ % ! & ; 100%/é`;
const trust = {
  caPath: `${nasty}/ca.pem`,
  bundlePath: `${nasty}/ca-bundle.pem`,
  p12Path: `${nasty}/truststore.p12`,
  p12Password: 'changeit',
};
const options = { outbound: { host: '127.0.0.1', port: 4140 }, trust, command: ['sidetap', 'start', 'capture', '--', `it's`, ''] };

/** What a shell hands to a program after it has read the text. */
async function environmentAfter(shell: string, text: string, before: Record<string, string>): Promise<Record<string, string>> {
  const { stdout } = await run(shell, ['-c', `${text}\nenv -0`], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...before },
    timeout: 20_000,
  });
  const entries = stdout.split('\0').filter((entry) => entry !== '');
  return Object.fromEntries(entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]));
}

const environments: Record<string, string>[] = [{}, { JAVA_TOOL_OPTIONS: `-Dgreeting='hello world'`, NO_PROXY: 'localhost' }];
const printsItsWords = { bash: `sidetap() { printf '%s|' "$@"; }`, fish: `function sidetap; printf '%s|' $argv; end` };

describe.each(['bash', 'fish'] as const)('%s', (shell) => {
  test.each(environments)('sets exactly the variables, whatever is in the paths, over %o', async (before) => {
    const expected = runtimeVariables({ ...options, current: before, platform: 'linux' });
    const environment = await environmentAfter(shell, setupSnippet(shell, { ...options, platform: 'linux' }).lines, before);
    expect(environment).toMatchObject(expected);
  });

  test('hands the words of the command over as they are', async () => {
    const { command } = setupSnippet(shell, options);
    const { stdout } = await run(shell, ['-c', `${printsItsWords[shell]}\n${command}`], { timeout: 20_000 });
    expect(stdout).toBe(`start|capture|--|it's||`);
  });
});

const simple = {
  outbound: { host: '127.0.0.1', port: 4140 },
  command: ['sidetap', 'start', 'capture', '--port', '3000', '--', 'npm start', '50%'],
  platform: 'win32',
} as const;

function lineFor(lines: string, name: string): string | undefined {
  return lines.split('\n').find((line) => line.includes(name));
}

test('PowerShell takes every string as it is, and keeps Java options that are there', () => {
  const spaced = {
    caPath: String.raw`C:\Users\O'Neil & Söhne\ca.pem`,
    bundlePath: 'b',
    p12Path: String.raw`C:\a b\t.p12`,
    p12Password: 'p',
  };
  const { lines, command } = setupSnippet('powershell', { ...simple, trust: spaced });
  expect(lineFor(lines, 'NODE_EXTRA_CA_CERTS')).toBe(String.raw`$env:NODE_EXTRA_CA_CERTS = 'C:\Users\O''Neil & Söhne\ca.pem'`);
  expect(lineFor(lines, 'HTTPS_PROXY')).toBe(`$env:HTTPS_PROXY = 'http://127.0.0.1:4140'`);
  expect(lineFor(lines, 'NO_PROXY')).toBe(`$env:NO_PROXY = ''`);
  expect(lineFor(lines, 'JAVA_TOOL_OPTIONS')).toBe(
    `$env:JAVA_TOOL_OPTIONS = ("$env:JAVA_TOOL_OPTIONS " + '-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=4140 -Dhttps.proxyHost=127.0.0.1 ` +
      `-Dhttps.proxyPort=4140 -Dhttp.nonProxyHosts= ''-Djavax.net.ssl.trustStore=C:\\a b\\t.p12'' -Djavax.net.ssl.trustStoreType=PKCS12 ` +
      `-Djavax.net.ssl.trustStorePassword=p').Trim()`,
  );
  expect(command).toBe(`sidetap start capture --port 3000 '--' 'npm start' '50%'`);
});

test('cmd quotes an assignment as a whole, and escapes where quotes do not help', () => {
  const spaced = {
    caPath: String.raw`C:\R&D (x)\ca.pem`,
    bundlePath: String.raw`C:\100%\b&c.pem`,
    p12Path: String.raw`C:\t.p12`,
    p12Password: 'p',
  };
  const { lines, command } = setupSnippet('cmd', { ...simple, trust: spaced });
  expect(lineFor(lines, 'NODE_EXTRA_CA_CERTS')).toBe(String.raw`set "NODE_EXTRA_CA_CERTS=C:\R&D (x)\ca.pem"`);
  expect(lineFor(lines, 'SSL_CERT_FILE')).toBe(String.raw`set SSL_CERT_FILE=C:\100^%\b^&c.pem`);
  expect(lineFor(lines, 'NO_PROXY')).toBe('set "NO_PROXY="');
  const ours =
    '-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=4140 -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=4140 -Dhttp.nonProxyHosts= ' +
    String.raw`-Djavax.net.ssl.trustStore=C:\t.p12 -Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStorePassword=p`;
  expect(lineFor(lines, 'JAVA_TOOL_OPTIONS')).toBe(
    `if defined JAVA_TOOL_OPTIONS (set "JAVA_TOOL_OPTIONS=%JAVA_TOOL_OPTIONS% ${ours}") else set "JAVA_TOOL_OPTIONS=${ours}"`,
  );
  expect(command).toBe('sidetap start capture --port 3000 -- ^"npm start^" ^"50^%^"');
});
