import { execFile } from 'node:child_process';
import { chmod, chown, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { ensureAgentImage } from '../../../proxy-core/docker/image/ensure.ts';
import { runContainer } from '../support/containers.ts';
import { startDockerd } from '../support/dockerd.ts';
import { agents, get, openMode, serviceImage } from './harness.ts';

let ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends = [];
});

test('a Docker that is started later is found, and one that is gone is missed and found again', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sidetap-late-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  const socket = path.join(folder, 'docker.sock');
  const test = await openMode(`unix://${socket}`);
  ends.push(() => test.close());
  const problem = await test.until(() => test.mode.status().problem || null);
  expect(test.mode.status().state).toBe('unavailable');
  expect(problem).toContain(`There is no Docker at ${socket}`);
  await expect(test.mode.attach('anything')).rejects.toMatchObject({ code: 'docker-unavailable', message: problem });

  const dockerd = await startDockerd();
  ends.push(() => dockerd.stop());
  const relay = createServer((client) => {
    import('node:net').then(
      ({ connect }) => {
        const server = connect(dockerd.socketPath);
        for (const [from, to] of [
          [client, server],
          [server, client],
        ] as const) {
          from.pipe(to);
          from.on('error', () => to.destroy());
          from.on('close', () => to.destroy());
        }
      },
      () => client.destroy(),
    );
  });
  await new Promise<void>((resolve) => relay.listen(socket, resolve));
  ends.push(async () => relay.close());
  await test.until(() => (test.mode.status().state === 'ready' ? true : null));
  expect(test.mode.status()).toMatchObject({ problem: '', endpoint: `unix://${socket}` });
  await dockerd.shutDown();
  await test.until(() => (test.mode.status().state === 'unavailable' ? true : null));
  await dockerd.start();
  await test.until(() => (test.mode.status().state === 'ready' ? true : null));
});

test('captures resume by themselves when Docker was killed and is back', async () => {
  const dockerd = await startDockerd();
  ends.push(() => dockerd.stop());
  const image = await ensureAgentImage(dockerd.docker, { progress: () => undefined });
  const app = await runContainer(dockerd, {
    image: await serviceImage(dockerd),
    name: 'survivor',
    env: ['NAME=survivor'],
    hostConfig: { RestartPolicy: { Name: 'always' } },
  });
  await app.waitForOutput('serving');
  const test = await openMode(dockerd.host, { image: async () => image });
  ends.push(() => test.close());
  await test.until(() => test.shown('survivor'));
  await test.mode.attach('survivor');
  await get(app, '/before');
  await test.pairs(1);
  await dockerd.kill();
  await test.until(() => (test.mode.status().state === 'unavailable' ? true : null));
  await test.until(() => (test.shown('survivor')?.capture.state === 'waiting' ? true : null));
  expect(test.shown('survivor')?.capture.error).toContain('Docker is not reachable');
  await dockerd.start();
  await test.until(() => (test.mode.status().state === 'ready' ? true : null));
  await test.until(() => (test.shown('survivor')?.capture.inPorts.includes(8080) ? true : null));
  await test.until(async () => ((await get(app, '/after').catch(() => '')) === 'survivor /after' ? true : null));
  await test.pairs(2);
  expect(await agents(dockerd)).toHaveLength(1);
  await test.mode.detach('survivor');
  expect(await agents(dockerd)).toEqual([]);
});

/** Prints the problem of the Docker at the socket that it is given. */
const SCRIPT = `
const { Daemon } = await import(process.argv[2]);
const daemon = new Daemon(
  { environment: { DOCKER_HOST: 'unix://' + process.argv[3] }, platform: 'linux', home: '/' },
  { reached: async () => {}, event: () => {}, changed: () => { console.log(daemon.status.problem); process.exit(0); } },
);
daemon.start();
setTimeout(() => process.exit(1), 10_000);
`;

test('a user who may not use Docker is told how to be allowed', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sidetap-forbidden-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  const socket = path.join(folder, 'docker.sock');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  ends.push(async () => server.close());
  await chmod(socket, 0o600);
  await chown(socket, 0, 0);
  const script = path.join(folder, 'look.mjs');
  await writeFile(script, SCRIPT, { mode: 0o644 });
  const node = path.join(folder, 'node');
  await copyFile(process.execPath, node);
  const module = path.resolve(import.meta.dirname, '../../../proxy-core/docker/daemon/daemon.ts');
  const { stdout } = await promisify(execFile)(node, [script, module, socket], { uid: 65_534, gid: 65_534, timeout: 15_000 });
  expect(stdout.trim()).toBe(
    `This user may not use Docker at ${socket}. Run \`sudo usermod -aG docker $USER\` and log in again, or use rootless Docker.`,
  );
});
