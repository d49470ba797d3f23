import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { runContainer } from './containers.ts';
import { startDockerd } from './dockerd.ts';
import { importImage } from './images.ts';
import { sharedDocker } from './shared.ts';
import { dockerState } from './state.ts';

const ends: Array<() => Promise<unknown>> = [];
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

async function fetchText(url: string): Promise<string> {
  const [response] = (await once(get(url), 'response')) as [NodeJS.ReadableStream];
  return await text(response);
}

test('a container of a local image serves the machine, calls it, and is looked into', async () => {
  const host = await sharedDocker();
  const before = await host.docker.listContainers({ all: true });
  const image = await importImage(host, 'sidetap-test/rig', {
    node: true,
    python: true,
    programs: ['curl'],
    caBundle: true,
    files: { '/www/hello': 'hello' },
    dockerfile: ['CMD ["httpd","-f","-v","-p","80","-h","/www"]'],
  });
  const server = createServer((_request, response) => response.end('from the machine')).listen(0);
  await once(server, 'listening');
  ends.push(async () => server.close());
  const app = await runContainer(host, { image, ports: ['80'] });
  ends.push(() => app.remove());
  const published = `http://127.0.0.1:${String(await app.published(80))}/hello`;
  // Docker's proxy accepts before the program in the container listens.
  await expect.poll(() => fetchText(published).catch(String), { timeout: 10_000 }).toBe('hello');
  expect(await fetchText(`http://${await app.address()}/hello`)).toBe('hello');
  await app.waitForOutput('response:200');
  const { port } = server.address() as AddressInfo;
  const called = await app.exec(['curl', '-sS', `http://${host.hostAddress}:${String(port)}/`]);
  expect(called).toEqual({ code: 0, stdout: 'from the machine', stderr: '' });
  expect((await app.exec(['node', '-p', '6*7'])).stdout).toBe('42\n');
  expect(
    (await app.exec(['python3', '-c', 'import ssl, json; print(len(ssl.create_default_context().get_ca_certs()) > 50)'])).stdout,
  ).toBe('True\n');
  expect(await host.ruleset(app.id)).not.toContain('sidetap');
  expect(before.map(({ Id }) => Id)).not.toContain(app.id);
});

test('a daemon that is killed is started again with its containers; stopped, it leaves nothing', async () => {
  const dockerd = await startDockerd();
  const image = await importImage(dockerd, 'sidetap-test/small', {});
  const state = await dockerState(dockerd.docker);
  const app = await runContainer(dockerd, { image, command: ['sleep', '100'], name: 'sleeper', create: { StopSignal: 'SIGKILL' } });
  expect((await dockerState(dockerd.docker)).containers).toHaveLength(1);
  await dockerd.kill();
  await expect(dockerd.docker.ping()).rejects.toThrow();
  await dockerd.start();
  expect((await dockerd.docker.listContainers({ all: true })).map(({ Names }) => Names[0])).toEqual(['/sleeper']);
  await app.remove();
  expect(await dockerState(dockerd.docker)).toEqual(state);
  await dockerd.shutDown();
  await dockerd.stop();
  expect(existsSync(path.dirname(dockerd.socketPath))).toBe(false);
});
