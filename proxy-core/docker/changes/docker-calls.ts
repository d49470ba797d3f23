import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import { z } from 'zod';
import { messageOf, SidetapError } from '../../errors.ts';
import { limits } from '../../limits.ts';

export type Inspected = Dockerode.ContainerInspectInfo;

/** The HTTP status with which Docker refused, or 0 when it was something else. */
export function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 0;
  return typeof status === 'number' ? status : 0;
}

/** Docker's own words for why it refused, without the HTTP code that its client adds. */
export function reasonOf(error: unknown): string {
  const json = typeof error === 'object' && error !== null && 'json' in error ? error.json : null;
  if (typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string')
    return json.message.trim();
  return messageOf(error)
    .replace(/^\(HTTP code \d+\) [^-]* - /, '')
    .trim();
}

/** What is thrown to the user for an error of a call to Docker: it is away, or it refused, with the sentence that says what to do. */
export function toSidetapError(error: unknown, sentence: (reason: string) => string): SidetapError {
  if (error instanceof SidetapError) return error;
  if (statusOf(error) === 0 && isConnectionError(error)) {
    return new SidetapError(
      'docker-unavailable',
      `Docker went away meanwhile (${messageOf(error)}); what was begun is undone when it is back.`,
      {
        cause: error,
      },
    );
  }
  return new SidetapError('container-change-failed', sentence(reasonOf(error)), { cause: error });
}

const connectionErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EACCES',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
]);

function isConnectionError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && connectionErrors.has(error.code);
}

/** What is known of a container, or null when there is none. */
export async function inspectIfThere(docker: Dockerode, container: string): Promise<Inspected | null> {
  // Anything else is no container's name, and would be part of the request's path.
  if (!/^\w[\w.-]*$/.test(container)) return null;
  try {
    return await docker.getContainer(container).inspect();
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** Docker's own id. */
export async function daemonId(docker: Dockerode): Promise<string> {
  const info: unknown = await docker.info();
  const id = typeof info === 'object' && info !== null && 'ID' in info ? info.ID : '';
  return typeof id === 'string' ? id : '';
}

/** The name without Docker's slash. */
export function nameOf(inspected: Inspected): string {
  return inspected.Name.replace(/^\//, '');
}

/** Starts a container; one that runs already is well. */
export async function start(docker: Dockerode, container: string): Promise<void> {
  try {
    await docker.getContainer(container).start();
  } catch (error) {
    if (statusOf(error) !== 304) throw error;
  }
}

/** Stops a container, in the time that it was given for it; one that does not run, or is no more, is well. */
export async function stop(docker: Dockerode, container: string): Promise<void> {
  try {
    await docker.getContainer(container).stop();
  } catch (error) {
    if (statusOf(error) !== 304 && statusOf(error) !== 404) throw error;
  }
}

/**
 * Ends a container, if it still runs, and removes it; one that is no more is well. One that Docker is removing already, for a client that has died
 * or by its own AutoRemove, is waited for, at most `limits.removeMillis`. An abort ends both the call and the waiting.
 */
export async function remove(
  docker: Dockerode,
  container: string,
  options: { readonly volumes: boolean; readonly signal?: AbortSignal },
): Promise<void> {
  const deadline = performance.now() + limits.removeMillis;
  for (;;) {
    try {
      await docker.getContainer(container).remove({ force: true, v: options.volumes, abortSignal: options.signal });
      return;
    } catch (error) {
      if (statusOf(error) === 404) return;
      const underWay = statusOf(error) === 409 && performance.now() < deadline;
      if (!underWay || options.signal?.aborted === true) throw error;
    }
    await delay(limits.removePollMillis);
  }
}

const eventSchema = z.object({ Actor: z.object({ Attributes: z.object({ signal: z.string().optional() }) }) });

/** HUP, USR1, USR2, WINCH: sent to programs that are to go on. */
const harmlessSignals = new Set(['1', '10', '12', '28']);

/** Whether a running container has been sent a signal that ends it: with Docker its state does not tell that it is being stopped. */
export async function isBeingStopped(docker: Dockerode, container: string): Promise<boolean> {
  const inspected = await inspectIfThere(docker, container);
  // Podman’s word.
  if (inspected?.State.Status === 'stopping') return true;
  if (inspected?.State.Running !== true) return false;
  const { SystemTime } = z.object({ SystemTime: z.string() }).parse(await docker.info());
  const stream: NodeJS.ReadableStream = await docker.getEvents({
    // By Docker's own clock, in seconds; with an end, or it would wait for more.
    since: Math.floor(Date.parse(inspected.State.StartedAt) / 1000),
    until: Math.ceil(Date.parse(SystemTime) / 1000),
    filters: { container: [inspected.Id], event: ['kill'] },
  });
  const events = await text(stream);
  return events
    .split('\n')
    .filter((line) => line !== '')
    .some((line) => !harmlessSignals.has(eventSchema.parse(JSON.parse(line)).Actor.Attributes.signal ?? ''));
}
