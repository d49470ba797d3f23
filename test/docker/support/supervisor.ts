import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { messageOf } from '../../../proxy-core/errors.ts';
import { type Dockerd, type DockerFacts, startDockerd } from './dockerd.ts';

/** The environment variable that names the socket at which a test's process asks for the run's daemon. */
export const SUPERVISOR = 'SIDETAP_TEST_DOCKER';

export type SupervisorAnswer = { ok: true; facts: DockerFacts } | { ok: false; message: string };

/**
 * Set-up of a test run: one Docker daemon for all its tests, started when the first one asks for it. The function that it answers ends the
 * daemon.
 */
export async function superviseDocker(): Promise<() => Promise<void>> {
  // There is no Docker daemon elsewhere; the tests that want one say so.
  if (process.platform !== 'linux') return async () => undefined;
  const name = `sidetap-test-docker-${randomBytes(8).toString('hex')}`;
  let daemon: Promise<Dockerd> | null = null;
  const server = createServer((socket) => {
    daemon ??= startDockerd();
    void answer(socket, daemon);
  });
  // In Linux's abstract namespace: not a file, so nothing is left when the run is killed.
  server.listen(`\0${name}`);
  await once(server, 'listening');
  process.env[SUPERVISOR] = name;
  return async () => {
    delete process.env[SUPERVISOR];
    await closeServer(server);
    const started = await daemon?.catch(() => null);
    await started?.stop();
  };
}

async function answer(socket: Socket, daemon: Promise<Dockerd>): Promise<void> {
  // Whoever asked may have given up meanwhile.
  socket.on('error', () => socket.destroy());
  const said: SupervisorAnswer = await daemon.then(
    ({ facts }) => ({ ok: true, facts }),
    (error: unknown) => ({ ok: false, message: messageOf(error) }),
  );
  socket.end(JSON.stringify(said));
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await closed;
}
