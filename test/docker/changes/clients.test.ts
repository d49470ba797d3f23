import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, realpathSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { librariesOf } from '../../../proxy-core/docker/image/host-files.ts';
import { runContainer, type TestContainer, testContainer } from '../support/containers.ts';
import type { DockerHost } from '../support/dockerd.ts';
import { importImage } from '../support/images.ts';
import { sharedDocker } from '../support/shared.ts';
import { Cleanup, type Opened, openedChanges } from './support.ts';

const cleanup = new Cleanup();
afterAll(() => cleanup.run());

let host: DockerHost;
let image: string;
let opened: Opened;
let url: string;
beforeAll(async () => {
  host = await sharedDocker();
  image = await importImage(host, 'sidetap-test/clients', {
    caBundle: true,
    node: true,
    python: true,
    programs: ['curl', 'wget', 'git'],
    files: {
      ...(await gitOverHttps()),
      '/serve': { content: '#!/bin/sh\ntrap "exit 0" TERM\nwhile :; do sleep 0.1; done\n', mode: 0o755 },
    },
    dockerfile: ['CMD ["/serve"]'],
  });
  opened = await openedChanges(cleanup, host);
  cleanup.add(() => opened.changes.close());
  // Signed by our CA, as what an intercepted connection is answered with.
  const context = await opened.authority.contextFor('secure.test');
  const server = https.createServer({ SNICallback: (_name, done) => done(null, context) }, (_request, response) =>
    response.end('seen\n'),
  );
  server.listen(0);
  await once(server, 'listening');
  cleanup.add(async () => server.close());
  url = `https://secure.test:${(server.address() as AddressInfo).port}/`;
});

/** git's own program for HTTPS, which does not stand where programs do, and what it loads. */
async function gitOverHttps(): Promise<Record<string, { content: Buffer; mode: number }>> {
  const program = `${execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim()}/git-remote-https`;
  const files = [program, ...(await librariesOf([realpathSync(program)]))];
  return Object.fromEntries(files.map((file) => [file, { content: readFileSync(file), mode: 0o755 }]));
}

const running = (): Promise<TestContainer> =>
  runContainer(host, { image, hostConfig: { ExtraHosts: [`secure.test:${host.hostAddress}`] } });

/** Which clients of a container accept the server. */
async function trusting(app: TestContainer): Promise<string[]> {
  const commands: Record<string, string[]> = {
    curl: ['curl', '-sS', url],
    wget: ['wget', '-q', '-O', '-', url],
    // There is no repository, which it learns after it has trusted the server.
    git: ['sh', '-c', `git ls-remote ${url} 2>&1 | grep -q 'not valid\\|not found' && echo seen`],
    python: ['python3', '-c', `import urllib.request; print(urllib.request.urlopen('${url}').read().decode())`],
    node: ['node', '-e', `fetch('${url}').then((r) => r.text()).then(console.log, () => process.exit(1))`],
  };
  const found: string[] = [];
  for (const [name, command] of Object.entries(commands)) {
    if ((await app.exec(command)).stdout.includes('seen')) found.push(name);
  }
  return found;
}

test('clients that read the bundle trust us while it is changed, without a restart; a twin is trusted by all', async () => {
  const app = await running();
  cleanup.add(() => app.remove());
  expect(await trusting(app)).toEqual([]);
  await opened.changes.applyBundle(app.id);
  expect(await trusting(app)).toEqual(['curl', 'wget', 'git', 'python']);
  const { container } = await opened.changes.applyTwin(app.id);
  expect(await trusting(await testContainer(host.docker, container))).toEqual(['curl', 'wget', 'git', 'python', 'node']);
  await opened.changes.undo(app.id);
  expect(await trusting(app)).toEqual([]);
});

test('an image is started so that all its clients trust us', async () => {
  const options = JSON.stringify({ host: host.hostAddress, port: new URL(url).port, servername: 'secure.test' });
  const command = ['node', '-e', `https.get(${options}, (answer) => answer.pipe(process.stdout)); setInterval(() => {}, 9e9)`];
  const { container } = await opened.changes.run({ image, ports: [], env: [], volumes: [], command });
  await (await testContainer(host.docker, container)).waitForOutput('seen');
  await opened.changes.remove(container);
});
