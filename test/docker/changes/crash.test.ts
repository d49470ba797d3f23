import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runContainer, type TestContainer } from '../support/containers.ts';
import { type Dockerd, startDockerd } from '../support/dockerd.ts';
import { importImage } from '../support/images.ts';
import { dockerState } from '../support/state.ts';
import { bundlePath, Cleanup, dataDirectory, inspectedFacts, openedChanges } from './support.ts';

/** Applications that are changed side by side: most of the time goes into waiting for Docker. */
const LANES = 4;

/** Time after which a process that should have died or ended hangs, ms. */
const HANGING = 120_000;

const cleanup = new Cleanup();
afterAll(() => cleanup.run());

interface Lane {
  app: TestContainer;
  dataDir: string;
}

let dockerd: Dockerd;
let image: string;
const lanes: Lane[] = [];
beforeAll(async () => {
  dockerd = await startDockerd();
  cleanup.add(() => dockerd.stop());
  image = await importImage(dockerd, 'sidetap-test/crash', {
    caBundle: true,
    // Ends at once when it is asked to.
    files: { '/serve': { content: '#!/bin/sh\ntrap "exit 0" TERM\nwhile :; do sleep 0.1; done\n', mode: 0o755 } },
    dockerfile: ['CMD ["/serve"]'],
  });
  for (const name of ['front', 'back']) await dockerd.docker.createNetwork({ Name: name });
  for (let number = 0; number < LANES; number++) {
    const app = await runContainer(dockerd, {
      image,
      name: `app${number}`,
      network: 'front',
      aliases: [`www${number}`],
      ports: ['80'],
      labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' },
      create: { Volumes: { '/data': {} } },
      hostConfig: { RestartPolicy: { Name: 'always' } },
    });
    await dockerd.docker.getNetwork('back').connect({ Container: app.id, EndpointConfig: { Aliases: [`deep${number}`] } });
    await app.exec(['sh', '-c', 'echo keep > /data/kept']);
    lanes.push({ app, dataDir: await dataDirectory(cleanup) });
  }
});

/** All of one application that must be as it was. */
async function facts({ app, dataDir }: Lane): Promise<unknown> {
  const script = `sha256sum ${bundlePath}; stat -c '%a %u %g %y' ${bundlePath}; ls -a /etc/ssl/certs /; cat /data/kept`;
  // Before the first change there is none.
  const size = await stat(path.join(dataDir, 'docker-changes.jsonl')).then(
    (journal) => journal.size,
    () => 0,
  );
  return { app: await inspectedFacts(dockerd.docker, app.id), files: await app.exec(['sh', '-c', script]), journalBytes: size };
}

/** True when the process died at this event, false when it had done all before. */
async function dies(method: string, { app, dataDir }: Lane, event: number): Promise<boolean> {
  const program = path.join(import.meta.dirname, 'change-process.ts');
  const target = method === 'image' ? image : app.name;
  return await new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, dockerd.socketPath, dataDir, method, target, String(event)],
      { timeout: HANGING },
      (error, stdout, stderr) => {
        if (error === null && stdout === 'done') resolve(false);
        else if (error?.signal === 'SIGKILL') resolve(true);
        else reject(new Error(`The process ended by itself: ${stderr}`, { cause: error ?? undefined }));
      },
    );
  });
}

async function sweep({ dataDir }: Lane): Promise<unknown> {
  const { changes, notices } = await openedChanges(cleanup, dockerd, dataDir);
  const { left } = await changes.sweep();
  await changes.close();
  return { left, notices };
}

/** Kills at every event, then sweeps. Answers the number of events. */
async function killAtEach(method: string): Promise<number> {
  let next = 0;
  let end = Number.POSITIVE_INFINITY;
  const work = async (lane: Lane): Promise<void> => {
    await sweep(lane);
    const before = await facts(lane);
    while (next < end) {
      const event = ++next;
      if (!(await dies(method, lane, event))) end = Math.min(end, event);
      const swept = await sweep(lane);
      expect({ event, swept, facts: await facts(lane) }).toEqual({ event, swept: { left: 0, notices: [] }, facts: before });
    }
  };
  await Promise.all(lanes.map(work));
  return end - 1;
}

// The least numbers of events make sure that the process counts them.
test.each([
  // What it does first is all that the bundle alone would.
  ['restart', 18],
  ['twin', 40],
  ['image', 20],
])(
  'a process that is killed at any event of %s leaves nothing that the next start does not undo',
  { timeout: 900_000 },
  async (method, least) => {
    const before = await dockerState(dockerd.docker);
    const events = await killAtEach(method);
    expect(await dockerState(dockerd.docker)).toEqual(before);
    expect(events).toBeGreaterThanOrEqual(least);
  },
);
