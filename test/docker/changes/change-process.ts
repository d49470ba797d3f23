/**
 * Makes a change and undoes it, in a process that kills itself at the n-th event: after each line of the journal (which is before the call it tells
 * of), in the middle of each call that changes something at Docker, and after it. Prints `done` when there were fewer events.
 *
 * Arguments: socket, data directory, method, container, n.
 */
import { open } from 'node:fs/promises';
import { flushCompileCache } from 'node:module';
import path from 'node:path';
import Docker from 'dockerode';
import { openChanges } from '../../../proxy-core/docker/changes/open-changes.ts';
import { openCertificateAuthority } from '../../../proxy-core/tls/authority.ts';

// One that is killed keeps nothing for the next one.
flushCompileCache();
const [socketPath = '', dataDir = '', method = '', container = '', deadline = ''] = process.argv.slice(2);
let event = 0;

function happens(): void {
  event++;
  if (event === Number(deadline)) process.kill(process.pid, 'SIGKILL');
}

/** Time after which Docker has begun with what it was asked for, ms. */
const MIDWAY = 4;

const docker = new Docker({ socketPath });
const { modem } = docker as unknown as {
  modem: { dial(options: { method: string }, callback: (...answer: unknown[]) => void): void };
};
const dial = modem.dial.bind(modem);
modem.dial = (options, callback) => {
  if (options.method === 'GET' || options.method === 'HEAD') {
    dial(options, callback);
    return;
  }
  event++;
  if (event === Number(deadline)) setTimeout(() => process.kill(process.pid, 'SIGKILL'), MIDWAY);
  dial(options, (...answer) => {
    happens();
    callback(...answer);
  });
};

const authority = await openCertificateAuthority(dataDir);
const changes = await openChanges({ docker: () => docker, dataDir, authority: async () => authority, notify: () => {} });

const probe = await open(path.join(dataDir, 'probe'), 'w');
const handles = Object.getPrototypeOf(probe) as { sync: (this: unknown) => Promise<void> };
await probe.close();
const { sync } = handles;
handles.sync = async function (): Promise<void> {
  await sync.call(this);
  happens();
};

if (method === 'image') {
  await changes.run({
    image: container,
    ports: [],
    env: [],
    volumes: ['/data'],
    name: `${path.basename(dataDir)}-run`,
    command: [],
  });
  await changes.remove(`${path.basename(dataDir)}-run`);
} else {
  if (method === 'bundle') await changes.applyBundle(container);
  else if (method === 'restart') await changes.applyRestart(container);
  else await changes.applyTwin(container);
  await changes.undo(container);
}
await changes.close();
process.stdout.write('done');
