import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runChild } from '../../proxy-core/doctor/child.ts';
import { type DoctorParts, runDoctor } from '../../proxy-core/doctor/doctor.ts';
import { checkHttp3 } from '../../proxy-core/doctor/http3.ts';
import { checkInbound, checkOutbound, checkPastInbound } from '../../proxy-core/doctor/listeners.ts';
import { startHttp } from '../../proxy-core/doctor/servers.ts';
import { checkShellRouting, checkShellTrust } from '../../proxy-core/doctor/shell.ts';
import { checkDataDir } from '../../proxy-core/doctor/storage.ts';
import type { Check } from '../../proxy-core/rrpair/results.ts';
import { openCertificateAuthority } from '../../proxy-core/tls/authority.ts';
import { runtimeVariables } from '../../proxy-core/tls/runtime-variables.ts';
import { writeTrustFiles } from '../../proxy-core/tls/trust-store.ts';
import { refusedPort } from '../support/refused-port.ts';

let dataDir = '';
const closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  dataDir = await fs.mkdtemp(path.join(os.tmpdir(), 'sidetap-doctor-test-'));
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map(async (close) => close()));
  await fs.rm(dataDir, { recursive: true, force: true });
});

function plainEnv(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'] };
}

async function all(parts: Partial<DoctorParts>): Promise<Map<string, Check>> {
  const checks = new Map<string, Check>();
  for await (const check of runDoctor({ dataDir, capture: null, env: plainEnv(), recorded: null, docker: null, ...parts })) {
    expect(checks.has(check.id)).toBe(false);
    expect(check.detail).not.toBe('');
    checks.set(check.id, check);
  }
  return checks;
}

async function listen(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => new Promise((resolve) => server.close(resolve)));
  return (server.address() as net.AddressInfo).port;
}

/** A forward proxy and what it recorded. */
async function forwardProxy(): Promise<{ port: number; urls: string[] }> {
  const urls: string[] = [];
  const server = http.createServer((request, response) => {
    urls.push(request.url ?? '');
    http.get(request.url ?? '', { agent: new http.Agent() }, (upstream) => {
      response.writeHead(upstream.statusCode ?? 502);
      upstream.pipe(response);
    });
  });
  return { port: await listen(server), urls };
}

test('with nothing captured: says so, and tries the runtimes all the same', async () => {
  const checks = await all({});
  const outcomes = Object.fromEntries([...checks].map(([id, check]) => [id, check.outcome]));
  expect(outcomes).toMatchObject({
    'data-dir': 'ok',
    capture: 'failed',
    ca: 'ok',
    'routing-curl': 'ok',
    'trust-curl': 'ok',
    'routing-node': 'ok',
    'trust-node': 'ok',
    'routing-python': 'ok',
    'trust-python': 'ok',
    'routing-java': 'ok',
    'trust-java': 'ok',
    'shell-routing': 'skipped',
    'shell-trust': 'skipped',
  });
  expect(checks.get('capture')?.detail).toContain('sidetap start capture --port');
  expect(checks.has('outbound')).toBe(false);
});

test('with everything in order: every step of the way is ok', async () => {
  const app = await startHttp('app');
  closing.push(app.close);
  const proxy = await forwardProxy();
  const inboundUrls: string[] = [];
  const inbound = await listen(
    http.createServer((request, response) => {
      inboundUrls.push(request.url ?? '');
      response.end('app');
    }),
  );
  const trust = await writeTrustFiles(dataDir, await openCertificateAuthority(dataDir));
  const outbound = { host: '127.0.0.1', port: proxy.port };
  const env = { ...plainEnv(), ...runtimeVariables({ outbound, trust, current: plainEnv(), platform: process.platform }) };
  const checks = await all({
    capture: { inbound: { host: '127.0.0.1', port: inbound }, outbound, app: `http://127.0.0.1:${app.port}` },
    env,
    recorded: async (marker) => [...inboundUrls, ...proxy.urls].some((url) => url.includes(marker)),
  });
  const notOk = [...checks.values()].filter(
    (check) => check.outcome !== 'ok' && !check.id.startsWith('loopback-') && !['disk', 'http3'].includes(check.id),
  );
  expect(notOk).toEqual([]);
  expect([...checks.keys()]).toEqual(expect.arrayContaining(['app', 'inbound', 'outbound', 'shell-routing', 'shell-trust']));
});

test('tells who is connected to the application past Sidetap', async () => {
  const app = await startHttp('app');
  closing.push(app.close);
  const inbound = { host: '127.0.0.1', port: await listen(http.createServer()) };
  const url = `http://127.0.0.1:${app.port}`;
  expect(await checkPastInbound(url, inbound)).toMatchObject({ outcome: 'ok' });
  // This process listens on the inbound port: it is the capture here, which calls the application too.
  const own = net.connect(app.port, '127.0.0.1');
  await once(own, 'connect');
  expect(await checkPastInbound(url, inbound)).toMatchObject({ outcome: 'ok' });
  const source = `require('net').connect(${app.port}, '127.0.0.1', () => console.log('there'))`;
  const caller = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  closing.push(async () => {
    own.destroy();
    caller.kill('SIGKILL');
  });
  await once(caller.stdout, 'data');
  expect(await checkPastInbound(url, inbound)).toMatchObject({
    outcome: 'warning',
    detail: `Connected to the application at ${url} past Sidetap: node (pid ${caller.pid}). Let them call http://127.0.0.1:${inbound.port} instead.`,
  });
  expect(await checkPastInbound('http://app.test', inbound)).toMatchObject({ outcome: 'skipped' });
});

test('tells which program goes past by HTTP/3', async () => {
  const silent = createSocket('udp4');
  silent.bind(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address();
  expect(await checkHttp3(port)).toMatchObject({ outcome: 'ok' });
  const talker = createSocket('udp4');
  closing.push(async () => {
    talker.close();
    silent.close();
  });
  talker.connect(port, '127.0.0.1');
  await once(talker, 'connect');
  expect(await checkHttp3(port)).toMatchObject({
    outcome: 'warning',
    detail: expect.stringMatching(new RegExp(`node .*\\(pid ${process.pid}\\): UDP to port ${port}.*switch QUIC off`)),
  });
  expect((await all({})).has('http3')).toBe(true);
});

test('names the application when that does not listen, and does not blame the listener', async () => {
  const port = await refusedPort();
  const checks = await all({ capture: { inbound: { host: '127.0.0.1', port }, outbound: null, app: `http://127.0.0.1:${port}` } });
  expect(checks.get('app')).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('ECONNREFUSED') });
  expect(checks.get('inbound')?.outcome).toBe('skipped');
});

test('stops at a CA that cannot be used, with what to do', async () => {
  await fs.writeFile(path.join(dataDir, 'ca-key.pem'), 'damaged');
  const checks = await all({});
  expect(checks.get('ca')).toMatchObject({ outcome: 'failed', detail: expect.stringMatching(/delete .*ca-key\.pem/) });
  expect(checks.has('trust-curl')).toBe(false);
});

test('tells of a data directory that others may read or that cannot be one', async () => {
  await fs.chmod(dataDir, 0o755);
  expect(await checkDataDir(dataDir, 'linux')).toMatchObject({ outcome: 'warning', detail: expect.stringContaining('chmod 700') });
  await fs.writeFile(path.join(dataDir, 'file'), '');
  expect(await checkDataDir(path.join(dataDir, 'file', 'x'), 'linux')).toMatchObject({ outcome: 'failed' });
});

describe('the outbound listener', () => {
  test('is told from something else that answers there', async () => {
    const other = await startHttp('hello');
    closing.push(other.close);
    const finding = await checkOutbound({ host: '127.0.0.1', port: other.port }, null);
    expect(finding).toMatchObject({ outcome: 'failed', detail: expect.stringContaining("not Sidetap's proxy") });
  });

  test('is told from nothing', async () => {
    const finding = await checkOutbound({ host: '127.0.0.1', port: await refusedPort() }, null);
    expect(finding).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('ECONNREFUSED') });
  });

  test('that passes requests but records none is a failure', async () => {
    const { port } = await forwardProxy();
    const finding = await checkOutbound({ host: '127.0.0.1', port }, async () => false);
    expect(finding).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('not recorded') });
  });
});

test('the inbound listener that cannot reach the application says which', async () => {
  const port = await listen(
    http.createServer((_request, response) => {
      response.writeHead(502);
      response.end();
    }),
  );
  const finding = await checkInbound({ host: '127.0.0.1', port }, 'http://127.0.0.1:3000', null);
  expect(finding).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('http://127.0.0.1:3000') });
});

describe("the shell's variables", () => {
  const trust = { caPath: '/d/ca.pem', bundlePath: '/d/b.pem', p12Path: '/d/t.p12', p12Password: 'p' };
  const outbound = { host: '127.0.0.1', port: 4140 };
  const right = runtimeVariables({ outbound, trust, current: {}, platform: 'linux' });

  test.each<[string, NodeJS.ProcessEnv, string, RegExp]>([
    ['none', {}, 'warning', /has no proxy variables/],
    ['all', right, 'ok', /send its programs through/],
    [
      'another port',
      { ...right, https_proxy: 'http://127.0.0.1:9999' },
      'warning',
      /https_proxy is http:\/\/127\.0\.0\.1:9999, not the capture/,
    ],
    ["a company's proxy", { HTTP_PROXY: 'http://proxy.corp:3128' }, 'warning', /HTTP_PROXY is http:\/\/proxy\.corp:3128/],
    ['the same, written otherwise', { ...right, http_proxy: 'localhost:4140' }, 'warning', /^http_proxy not set as needed/],
    ['an exception', { ...right, no_proxy: 'localhost,.corp' }, 'warning', /no_proxy=localhost,\.corp leaves those hosts out/],
    ['Node left out', { ...right, NODE_USE_ENV_PROXY: undefined }, 'warning', /^NODE_USE_ENV_PROXY not set/],
  ])('with %s', async (_what, env, outcome, detail) => {
    const finding = await checkShellRouting(env, outbound, trust, 'linux');
    expect(finding.outcome).toBe(outcome);
    expect(finding.detail).toMatch(detail);
  });

  test('that name none of our files are told, by name', () => {
    expect(checkShellTrust(right, outbound, trust, 'linux').outcome).toBe('ok');
    const finding = checkShellTrust({ ...right, SSL_CERT_FILE: '/other.pem' }, outbound, trust, 'linux');
    expect(finding).toMatchObject({ outcome: 'warning', detail: expect.stringMatching(/^SSL_CERT_FILE not set/) });
  });

  test('that point at a capture which is gone explain why requests fail', async () => {
    const port = await refusedPort();
    const env = { http_proxy: `http://127.0.0.1:${port}`, HTTPS_PROXY: `http://127.0.0.1:${port}` };
    const finding = await checkShellRouting(env, null, trust, 'linux');
    expect(finding).toMatchObject({
      outcome: 'warning',
      detail: expect.stringContaining('unset http_proxy HTTPS_PROXY'),
    });
    expect(finding.detail).toContain('nothing listens');
  });

  test('of a window mean nothing', async () => {
    expect((await checkShellRouting(null, outbound, trust, 'linux')).outcome).toBe('skipped');
    expect(checkShellTrust(null, outbound, trust, 'linux').outcome).toBe('skipped');
  });
});

/** A program that starts another, as version managers do, and stays; `pids` waits for so many ids. */
async function stubborn(name: string): Promise<{ env: NodeJS.ProcessEnv; pids: (count: number) => Promise<number[]> }> {
  const pidFile = path.join(dataDir, 'pids');
  const script = `#!/bin/sh\nsleep 600 &\necho $! >> '${pidFile}'\necho $$ >> '${pidFile}'\nwait\n`;
  const bin = path.join(dataDir, 'bin');
  await fs.mkdir(bin, { recursive: true });
  await fs.writeFile(path.join(bin, name), script, { mode: 0o755 });
  const pids = async (count: number) => {
    for (;;) {
      const lines = (await fs.readFile(pidFile, 'utf8').catch(() => '')).split('\n').filter(Boolean);
      if (lines.length === count) return lines.map(Number);
    }
  };
  return { env: { ...plainEnv(), PATH: `${bin}:${process.env['PATH']}` }, pids };
}

/** Resolves when a process is gone, or is a zombie that init has yet to bury. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    const stat = await fs.readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (stat === '' || stat.split(') ').at(-1)?.startsWith('Z') === true) return;
  }
}

describe('the programs it starts', () => {
  test('are ended with all they started when they take too long', async () => {
    const { env, pids } = await stubborn('curl');
    const result = await runChild('curl', [], { env, timeoutMillis: 1_500 });
    expect(result).toEqual({ kind: 'timed-out' });
    await Promise.all((await pids(2)).map(gone));
  });

  test('are ended when whoever asked has gone', async () => {
    const { env, pids } = await stubborn('java');
    const checks = runDoctor({ dataDir, capture: null, env, recorded: null, docker: null });
    let started: number[] = [];
    for await (const check of checks) {
      if (check.id === 'routing-curl') started = await pids(4); // it runs twice at once
      if (check.id === 'trust-python') break;
    }
    await Promise.all(started.map(gone));
  });

  test('are missing, not failed, where they are not installed', async () => {
    const checks = await all({ env: { PATH: dataDir } });
    for (const id of ['curl', 'node', 'python', 'java']) {
      expect(checks.get(`trust-${id}`)).toMatchObject({ outcome: 'skipped', detail: expect.stringContaining('not installed') });
    }
  });
});
