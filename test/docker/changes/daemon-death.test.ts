import Docker from 'dockerode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChanges } from '../../../proxy-core/docker/changes/open-changes.ts';
import { runContainer, type TestContainer } from '../support/containers.ts';
import { type Dockerd, startDockerd } from '../support/dockerd.ts';
import { importImage } from '../support/images.ts';
import { dockerState } from '../support/state.ts';
import { Cleanup, inspectedFacts, openedChanges } from './support.ts';

const cleanup = new Cleanup();
afterAll(() => cleanup.run());

let dockerd: Dockerd;
let app: TestContainer;
beforeAll(async () => {
  dockerd = await startDockerd();
  cleanup.add(() => dockerd.stop());
  const image = await importImage(dockerd, 'sidetap-test/daemon-death', {
    caBundle: true,
    files: { '/serve': { content: '#!/bin/sh\ntrap "exit 0" TERM\nwhile :; do sleep 0.1; done\n', mode: 0o755 } },
    dockerfile: ['CMD ["/serve"]'],
  });
  await dockerd.docker.createNetwork({ Name: 'shop' });
  app = await runContainer(dockerd, { image, name: 'app', network: 'shop', hostConfig: { RestartPolicy: { Name: 'always' } } });
  // A daemon writes some of what it is not told (no list, an empty list) otherwise when it starts again.
  await dockerd.kill();
  await dockerd.start();
});

/** A client of the daemon that ends it in the middle of the n-th call that changes something. */
function deadlyClient(n: number): { docker: Docker; ended: Promise<void> } {
  const docker = new Docker({ socketPath: dockerd.socketPath });
  const { modem } = docker as unknown as { modem: { dial(options: { method: string }, callback: () => void): void } };
  const dial = modem.dial.bind(modem);
  let calls = 0;
  let end: (ending: Promise<void>) => void;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  modem.dial = (options, callback) => {
    if (options.method !== 'GET' && options.method !== 'HEAD' && ++calls === n) end(dockerd.kill());
    dial(options, callback);
  };
  return { docker, ended };
}

test.each([1, 3, 5, 6, 8])('a daemon that dies in call %i of a twin finds the original when it is back', async (call) => {
  const before = { app: await inspectedFacts(dockerd.docker, app.id), docker: await dockerState(dockerd.docker) };
  const { docker, ended } = deadlyClient(call);
  const { changes, dataDir, authority } = await openedChanges(cleanup, { ...dockerd, docker });
  await expect(changes.applyTwin(app.id)).rejects.toMatchObject({ code: 'docker-unavailable' });
  await ended;
  await changes.close();
  await dockerd.start();
  const later = await openChanges({
    docker: () => dockerd.docker,
    dataDir,
    authority: async () => authority,
    notify: ({ text }) => expect.unreachable(text),
  });
  expect((await later.sweep()).left).toBe(0);
  await later.close();
  expect({ app: await inspectedFacts(dockerd.docker, app.id), docker: await dockerState(dockerd.docker) }).toEqual(before);
});
