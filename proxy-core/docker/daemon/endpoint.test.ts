import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clientOf } from './client.ts';
import { type Endpoint, type EndpointTls, findEndpoints } from './endpoint.ts';
import { problemOf } from './problem.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'sidetap-home-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const find = (environment: NodeJS.ProcessEnv, platform: NodeJS.Platform = 'linux') =>
  findEndpoints({ environment, platform, home });

function write(file: string, content: unknown): void {
  const full = path.join(home, '.docker', file);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, typeof content === 'string' ? content : JSON.stringify(content));
}

function context(name: string, host: string, tls: readonly string[] = []): void {
  const id = createHash('sha256').update(name).digest('hex');
  write(`contexts/meta/${id}/meta.json`, { Name: name, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } });
  for (const file of tls) write(`contexts/tls/${id}/docker/${file}`, `content of ${file}`);
}

test.each([
  ['unix:///run/other.sock', { socketPath: '/run/other.sock' }],
  ['unix://', { socketPath: '/var/run/docker.sock' }],
  ['npipe:////./pipe/docker_engine', { socketPath: '//./pipe/docker_engine' }],
  ['tcp://10.0.0.5', { host: '10.0.0.5', port: 2375, tls: null }],
  ['tcp://[fd00::5]:4000', { host: 'fd00::5', port: 4000, tls: null }],
  ['build-host:2375', { host: 'build-host', port: 2375, tls: null }],
])('DOCKER_HOST=%s', (host, address) => {
  expect(find({ DOCKER_HOST: host })).toMatchObject({ named: true, endpoints: [{ address }] });
});

test('TLS takes its files from DOCKER_CERT_PATH, and says which are missing', () => {
  for (const file of ['ca.pem', 'cert.pem', 'key.pem']) write(`certs/${file}`, file);
  const certs = path.join(home, '.docker/certs');
  expect(find({ DOCKER_HOST: 'tcp://h', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certs })).toMatchObject({
    endpoints: [{ address: { port: 2376, tls: { ca: Buffer.from('ca.pem'), key: Buffer.from('key.pem'), verify: true } } }],
  });
  expect(find({ DOCKER_HOST: 'tcp://h', DOCKER_TLS: '1', DOCKER_CERT_PATH: certs })).toMatchObject({
    endpoints: [{ address: { tls: { verify: false } } }],
  });
  expect(find({ DOCKER_HOST: 'tcp://h', DOCKER_TLS_VERIFY: '1' })).toEqual({
    problem: expect.stringContaining('DOCKER_CERT_PATH'),
  });
});

test('ssh is explained with the command that helps', () => {
  expect(find({ DOCKER_HOST: 'ssh://me@host' })).toEqual({
    problem: expect.stringContaining('ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock me@host'),
  });
});

test('what says nothing is told as such', () => {
  expect(find({ DOCKER_HOST: 'fd://' })).toEqual({ problem: expect.stringContaining('“fd://” does not say where Docker is') });
});

test('contexts: DOCKER_CONTEXT before the configuration, DOCKER_HOST before both, “default” as none', () => {
  write('config.json', { currentContext: 'desktop' });
  context('desktop', 'unix:///desktop.sock');
  context('remote', 'tcp://remote:2376', ['ca.pem', 'cert.pem', 'key.pem']);
  expect(find({})).toMatchObject({ named: true, endpoints: [{ url: 'unix:///desktop.sock' }] });
  expect(find({ DOCKER_CONTEXT: 'remote' })).toMatchObject({
    endpoints: [{ address: { host: 'remote', tls: { ca: Buffer.from('content of ca.pem') } } }],
  });
  expect(find({ DOCKER_CONTEXT: 'remote', DOCKER_HOST: 'unix:///x' })).toMatchObject({ endpoints: [{ url: 'unix:///x' }] });
  expect(find({ DOCKER_CONTEXT: 'default' })).toMatchObject({ named: false });
  expect(find({ DOCKER_CONTEXT: 'nowhere' })).toEqual({ problem: expect.stringContaining('“nowhere” does not exist') });
});

test('a damaged configuration is none', () => {
  write('config.json', '{');
  expect(find({})).toMatchObject({ named: false });
});

test('usual places: rootless, Docker Desktop, Podman, Windows pipes', () => {
  const urls = (result: ReturnType<typeof find>): string[] => ('endpoints' in result ? result.endpoints.map(({ url }) => url) : []);
  expect(urls(find({ XDG_RUNTIME_DIR: '/run/user/7' }))).toEqual(
    expect.arrayContaining([
      'unix:///var/run/docker.sock',
      'unix:///run/user/7/docker.sock',
      `unix://${home}/.docker/run/docker.sock`,
      `unix://${home}/.docker/desktop/docker.sock`,
      'unix:///run/podman/podman.sock',
      'unix:///run/user/7/podman/podman.sock',
    ]),
  );
  expect(urls(find({}, 'win32'))).toContain('npipe:////./pipe/docker_engine');
});

const failure = (socketPath: string, code: string) => ({
  endpoint: { url: `unix://${socketPath}`, address: { socketPath } },
  error: Object.assign(new Error(code), { code }),
});

test('of several failures the one closest to working is told', () => {
  const all = [failure('/a', 'ENOENT'), failure('/b', 'ECONNREFUSED'), failure('/c', 'EACCES')];
  expect(problemOf(all, false, 'linux')).toContain('may not use Docker at /c');
  expect(problemOf(all.slice(0, 2), false, 'linux')).toContain('Docker at /b is not running');
  expect(problemOf(all.slice(0, 1), false, 'linux')).toContain('Docker was not found on this machine');
  expect(problemOf(all.slice(0, 1), true, 'linux')).toContain('There is no Docker at /a');
  expect(problemOf([], false, 'linux')).toContain('Docker was not found');
});

test.each([
  ['/run/podman/podman.sock', 'ECONNREFUSED', '`sudo systemctl start podman.socket`'],
  ['/run/user/7/podman/podman.sock', 'ECONNREFUSED', '`systemctl --user start podman.socket`'],
  ['/run/podman/podman.sock', 'EACCES', 'Use its own: `systemctl --user start podman.socket`'],
])('Podman is started, and shared, in other ways: %s, %s', (socketPath, code, told) => {
  expect(problemOf([failure(socketPath, code)], false, 'linux')).toContain(told);
});

const secured = (code: string, tls: EndpointTls | null, more: object = {}) => ({
  endpoint: { url: 'tcp://far:2376', address: { host: 'far', port: 2376, tls } },
  error: Object.assign(new Error('words for programmers; and advice'), { code, ...more }),
});

test.each([
  ['', null, { statusCode: 400 }, 'Docker at tcp://far:2376 wants TLS. Set DOCKER_TLS_VERIFY=1'],
  ['EPROTO', {}, {}, 'What listens at tcp://far:2376 does not speak TLS'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', {}, {}, 'lets in only clients whose certificate it knows'],
  ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', {}, {}, 'lets in only clients whose certificate it knows'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', {}, {}, 'is not to be trusted (words for programmers). Put the ca.pem'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', {}, {}, 'is not to be trusted'],
  ['ECONNREFUSED', {}, {}, 'is not running'],
])('TLS that fails with %s is told in words', (code, tls, more, told) => {
  const files = { ca: undefined, cert: undefined, key: undefined, verify: true };
  expect(problemOf([secured(code, tls === null ? null : files, more)], true, 'linux')).toContain(told);
});

test('certificates that are none are told before anything is asked', async () => {
  const tls = { ca: Buffer.from('x'), cert: Buffer.from('x'), key: Buffer.from('x'), verify: true };
  const endpoint: Endpoint = { url: 'tcp://far:2376', address: { host: 'far', port: 2376, tls } };
  const error: unknown = await clientOf(endpoint).catch((reason: unknown) => reason);
  expect(problemOf([{ endpoint, error }], true, 'linux')).toMatch(/^The certificates for Docker cannot be used/);
});
