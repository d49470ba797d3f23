import { once } from 'node:events';
import { access, readFile, stat, symlink } from 'node:fs/promises';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeCaCertificate, makeLeafCertificate, newKeyPair, privateKeyPem } from '../../proxy-core/tls/certificates.ts';
import { echo, Stage } from './support.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.end());

const home = (name: string): string => path.join(stage.home, name);

describe('start capture', () => {
  test('what Sidetap says to itself in a terminal under capture is not captured', async () => {
    const { ready } = await stage.capture();
    const proxied = { HTTP_PROXY: ready.outbound, NODE_USE_ENV_PROXY: '1', NO_PROXY: '', no_proxy: '' };
    const { code, stdout } = await stage.start(['list', '--json'], { env: proxied }).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(await stage.pairs('--noise')).toEqual([]);
    expect((await stage.start(['stop', 'capture'], { env: { ...proxied, HTTP_PROXY: 'http://127.0.0.1:9' } }).ended).code).toBe(0);
  });

  test('says where it is in one JSON line, and records what passes', async () => {
    const app = await stage.serve(echo);
    const capture = await stage.capture('--port', String(app.port));
    expect(capture.ready).toEqual({
      event: 'ready',
      inbound: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      outbound: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      api: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      token: expect.stringMatching(/^[\w-]{43}$/) as string,
      ca: home('ca.pem'),
    });
    await access(capture.ready.ca);

    const answer = await fetch(`${String(capture.ready.inbound)}/orders?limit=2`, { method: 'POST', body: 'hello' });
    expect(await answer.json()).toMatchObject({ method: 'POST', url: '/orders?limit=2', body: 'hello' });

    const pairs = await stage.pairs();
    expect(pairs).toHaveLength(1);
    expect(pairs[0]).toMatchObject({
      id: expect.any(Number) as number,
      direction: 'in',
      protocol: 'http',
      technologies: expect.arrayContaining(['JSON']) as string[],
      command: 'POST',
      host: expect.any(String) as string,
      location: '/orders?limit=2',
      status: '200',
      latencyMs: expect.any(Number) as number,
      durationMs: expect.any(Number) as number,
      startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string,
      requestBytes: 5,
      responseBytes: 56,
    });
    expect(capture.stdout().trim().split('\n')).toHaveLength(1);
  });

  test('keeps its token where only its owner can read it, and takes it away at the end', async () => {
    const capture = await stage.capture();
    expect((await stat(home('run.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(stage.home)).mode & 0o777).toBe(0o700);
    expect(JSON.parse(await readFile(home('run.json'), 'utf8'))).toMatchObject({
      pid: capture.child.pid,
      api: capture.ready.api,
      token: capture.ready.token,
    });
    capture.child.kill('SIGINT');
    expect(await capture.ended).toMatchObject({ code: 0 });
    await expect(access(home('run.json'))).rejects.toThrow('ENOENT');
  });

  test('tells a person where to call the app and what to paste', async () => {
    const app = await stage.serve(echo);
    const capture = stage.start(['start', 'capture', '--port', String(app.port), '--in-port', '0', '--out-port', '0']);
    while (!capture.stdout().includes('Ctrl-C')) await once(capture.child.stdout ?? capture.child, 'data');
    const text = capture.stdout();
    expect(text).toMatch(/Call your app at {3}http:\/\/127\.0\.0\.1:\d+ {3}\(passed on to http:\/\/localhost:\d+\)/);
    expect(text).toMatch(/Window {13}http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}/);
    expect(text).toContain('sidetap inspect');
    expect(text).toContain(`source ${home('env.sh')}`);
    expect(text).toContain(`source ${home('env.fish')}`);
    expect(text).toContain(`. ${home('env.ps1')}`);

    const shell = stage.start(['-c', `. ${home('env.sh')}; curl -sf ${app.url}/outbound`], { file: 'bash' });
    expect((await shell.ended).stdout).toContain('/outbound');
    expect(await stage.pairs()).toMatchObject([{ direction: 'out', location: '/outbound', status: '200' }]);
    capture.child.kill('SIGTERM');
    expect(await capture.ended).toMatchObject({ code: 0, stderr: '' });
    await expect(access(home('env.sh'))).rejects.toThrow('ENOENT');
  });

  test('says on stderr what the user has to know meanwhile', async () => {
    const keys = await newKeyPair();
    const signingKey = keys.privateKey;
    const certificate = await makeCaCertificate(keys, 'a CA of this test', Date.now());
    const leaf = await makeLeafCertificate(
      { certificate, signingKey },
      keys.publicKey,
      { kind: 'dns', value: 'localhost' },
      Date.now(),
    );
    const server = createSecureServer({ key: await privateKeyPem(signingKey), cert: leaf.toString('pem') }, echo).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    stage.onEnd(async () => server.close());
    const { port } = server.address() as AddressInfo;

    const capture = await stage.capture('--insecure-upstream');
    // It trusts the system's roots, which ours is none of.
    const curl = stage.start(['-sS', '-x', capture.ready.outbound, `https://localhost:${port}/`], { file: 'curl' });
    expect((await curl.ended).code).toBe(60);
    while (!capture.stderr().includes('\n')) await once(capture.child.stderr ?? capture.child, 'data');
    expect(capture.stderr()).toMatch(/^sidetap: A client does not trust .+sidetap certs.+\n$/);
    expect(capture.stdout().trim().split('\n')).toHaveLength(1);
  });

  test('names the port that is taken, and ends with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const ended = await stage.run('start', 'capture', '--port', '3000', '--in-port', String(port), '--out-port', '0', '--json');
    other.close();
    expect(ended.code).toBe(1);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toMatch(/^sidetap: .+\n$/);
    expect(ended.stderr).toContain(String(port));
    await expect(access(home('run.json'))).rejects.toThrow('ENOENT');
  });

  test.each([
    ['no port at all', ['--port', 'what?']],
    ['a port that is none', ['--in-port', '70000']],
    ['an option that is none', ['--prot', '3000']],
  ])('ends with 2 for %s', async (_name, args) => {
    const ended = await stage.run('start', 'capture', ...args);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^sidetap: .+\n$/);
  });

  test('runs through a link to the command', async () => {
    const link = home('link to sidetap');
    await symlink(path.join(import.meta.dirname, '..', '..', 'bin', 'sidetap'), link);
    const ended = await stage.start(['--version'], { file: link }).ended;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('two at once', () => {
  test('the second names the first and what to do', async () => {
    const first = await stage.capture();
    const second = await stage.run('start', 'capture', '--in-port', '0', '--out-port', '0');
    expect(second.code).toBe(1);
    expect(second.stdout).toBe('');
    expect(second.stderr).toMatch(/^sidetap: .+sidetap stop capture.+\n$/);
    expect(second.stderr).toContain(String(first.child.pid));
    // It goes on undisturbed.
    expect(await stage.pairs()).toEqual([]);
    expect(first.child.exitCode).toBeNull();
  });

  test('different data directories do not meet', async () => {
    const other = await Stage.open();
    try {
      const [first, second] = await Promise.all([stage.capture(), other.capture()]);
      expect(first.ready.outbound).not.toBe(second.ready.outbound);
    } finally {
      await other.end();
    }
  });

  test('a capture joins the engine of a window, and leaves it running', async () => {
    const window = stage.start(['inspect', '--json']);
    const { window: url, api } = JSON.parse(await window.line) as { window: string; api: string };
    expect(url).toMatch(/#token=/);
    const app = await stage.serve(echo);
    const capture = await stage.capture('--port', String(app.port));
    expect(capture.ready.api).toBe(api);
    await fetch(`${String(capture.ready.inbound)}/joined`);
    // Another window shows the same engine, and there is nothing to wait for.
    expect(await stage.run('inspect')).toMatchObject({ code: 0, stdout: `The window is at ${url}\n` });
    capture.child.kill('SIGINT');
    expect(await capture.ended).toMatchObject({ code: 0 });
    expect(await stage.pairs()).toMatchObject([{ location: '/joined' }]);
    expect(window.child.exitCode).toBeNull();
    await expect(fetch(`${String(capture.ready.inbound)}/gone`)).rejects.toThrow();
    window.child.kill('SIGINT');
    expect(await window.ended).toMatchObject({ code: 0 });
  });
});

test('a port without --port is bad usage, and says what was meant', async () => {
  const ended = await stage.run('start', 'capture', '3000');
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(/^sidetap: .*--port 3000/);
});

describe('stop capture', () => {
  test('ends the process that captures, and the next capture can start at once', async () => {
    const first = await stage.capture();
    const stopped = await stage.run('stop', 'capture');
    expect(stopped).toMatchObject({ code: 0, stderr: '' });
    expect(stopped.stdout).toContain('Capture is off');
    expect(await first.ended).toMatchObject({ code: 0, stderr: '' });
    const next = await stage.capture();
    expect(next.ready.event).toBe('ready');
  });

  test('says that nothing runs', async () => {
    const ended = await stage.run('stop', 'capture');
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^sidetap: Nothing is captured.+\n$/);
  });

  test('is not what the switch in the window does: the process stays, and capture can be switched on again', async () => {
    const app = await stage.serve(echo);
    const capture = await stage.capture('--port', String(app.port));
    const call = async (path: string, body: unknown): Promise<Response> =>
      fetch(`${capture.ready.api}/api/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${capture.ready.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect(await (await call('capture/stop', {})).json()).toMatchObject({ state: 'off' });
    const again = (await (await call('capture/start', { app: String(app.port), inPort: 0, outPort: 0 })).json()) as {
      inbound: { url: string };
    };
    expect((await fetch(`${again.inbound.url}/again`)).status).toBe(200);
    expect(capture.child.exitCode).toBeNull();
    expect(await stage.run('stop', 'capture')).toMatchObject({ code: 0 });
    expect(await capture.ended).toMatchObject({ code: 0 });
  });

  test('ends the command that was started under capture', async () => {
    const capture = await stage.capture('--', 'sleep', '1000');
    expect(await stage.run('stop', 'capture')).toMatchObject({ code: 0 });
    expect(await capture.ended).toMatchObject({ code: 143 });
  });
});

test('kill -9, then a restart: yesterday’s pairs are there, and nothing is in the way', async () => {
  const app = await stage.serve(echo);
  const first = await stage.capture('--port', String(app.port));
  for (let index = 0; index < 20; index += 1) await (await fetch(`${String(first.ready.inbound)}/${index}`)).text();
  expect(await stage.pairs()).toHaveLength(20);
  first.child.kill('SIGKILL');
  await first.ended;
  await access(home('run.json'));

  expect(await stage.pairs()).toHaveLength(20);
  const second = await stage.capture('--port', String(app.port));
  await (await fetch(`${String(second.ready.inbound)}/after`)).text();
  const pairs = await stage.pairs();
  expect(pairs).toHaveLength(21);
  expect(pairs[0]).toMatchObject({ location: '/after', state: 'done' });
  expect(new Set(pairs.map(({ id }) => id)).size).toBe(21);
});
