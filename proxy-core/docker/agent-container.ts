import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { messageOf, SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import { linkVersion } from '../link/messages.ts';
import { remove } from './changes/docker-calls.ts';
import { agentLabels } from './labels.ts';

export interface AgentPlan {
  image: string;
  owner: string;
  target: AgentNeighbour;
}

/** The container whose network namespace an agent joins. */
export interface AgentNeighbour {
  id: string;
  name: string;
  /** The user namespace that it is in, in Docker's words; empty: the daemon's usual. */
  usernsMode: string;
  /** File of its network namespace, on Docker's host. */
  networkFile: string;
}

export interface StartedContainer {
  id: string;
  stream: Duplex;
}

/**
 * Creates the agent's container, attaches to it and starts it. Throws `agent-failed`; nothing is left then. It may write to nothing.
 * It begins as root of the target's network and of nothing else, and gives that up before it reads a byte of anybody: then only its `nft` gets NET_ADMIN.
 */
export async function startAgentContainer(docker: Docker, { image, owner, target }: AgentPlan): Promise<StartedContainer> {
  const created = await attempt('could not be created', () =>
    docker.createContainer({
      name: `sidetap-agent-${randomBytes(4).toString('hex')}`,
      Image: image,
      // The image's own user may not tidy up after an earlier agent.
      User: '0:0',
      OpenStdin: true,
      StdinOnce: true,
      Tty: false,
      Labels: { [agentLabels.agent]: String(linkVersion), [agentLabels.owner]: owner, [agentLabels.target]: target.id },
      HostConfig: {
        ...namespacesOf(target),
        CapDrop: ['ALL'],
        CapAdd: ['NET_ADMIN', 'SETUID', 'SETGID'],
        ReadonlyRootfs: true,
        AutoRemove: true,
        RestartPolicy: { Name: 'no' },
        LogConfig: { Type: 'none', Config: {} },
        PidsLimit: limits.agentProcesses,
        Memory: limits.agentMemoryBytes,
      },
      abortSignal: AbortSignal.timeout(limits.dockerCallMillis),
    }),
  );
  try {
    const stream = await attempt('could not be attached to', () => attach(docker, created.id));
    // Before it starts, so that its first words are not lost.
    await attempt(`could not be started beside ${target.name}`, () =>
      created.start({ abortSignal: AbortSignal.timeout(limits.dockerCallMillis) }),
    );
    return { id: created.id, stream };
  } catch (error) {
    await removeContainer(docker, created.id);
    throw error;
  }
}

/** How to join the target's namespaces. */
function namespacesOf({ id, usernsMode, networkFile }: AgentNeighbour): Pick<Docker.HostConfig, 'NetworkMode' | 'UsernsMode'> {
  const joined = `container:${id}`;
  // Podman's own user namespaces: who is not in it may not change the network namespace that belongs to it. Docker has the host's and one other.
  if (usernsMode !== '' && usernsMode !== 'host') return { NetworkMode: joined, UsernsMode: joined };
  // Podman lets nobody remove a container that another one has joined; by its file it does not know of that.
  const isPodmans = /\/netns\/(?:netns|cni)-[^/]+$/.test(networkFile);
  return { NetworkMode: isPodmans ? `ns:${networkFile}` : joined, UsernsMode: usernsMode };
}

/** Not by the library's own `attach`: it sends its options as a body too, which Podman takes for the first of what is written to the container. */
async function attach(docker: Docker, id: string): Promise<Duplex> {
  // Not `AbortSignal.timeout`: the stream outlives the call, and the signal would end it.
  const attaching = new AbortController();
  const timer = setTimeout(() => attaching.abort(), limits.dockerCallMillis);
  try {
    const stream = await dial(docker, {
      path: `/containers/${id}/attach?`,
      method: 'POST',
      options: { stream: true, stdin: true, stdout: true, stderr: true },
      // The body: none.
      file: Buffer.alloc(0),
      hijack: true,
      isStream: true,
      statusCodes: {},
      abortSignal: attaching.signal,
    });
    // Until the link listens.
    stream.on('error', () => undefined);
    return stream;
  } finally {
    clearTimeout(timer);
  }
}

/** A call by the library's own client. Resolves with the connection, once Docker has turned it into a stream of both directions. */
function dial(docker: Docker, request: Record<string, unknown>): Promise<Duplex> {
  const modem = docker.modem as { dial(request: object, done: (error: Error | null, stream: Duplex) => void): void };
  return new Promise((resolve, reject) => {
    modem.dial(request, (error, stream) => (error === null ? resolve(stream) : reject(error)));
  });
}

async function attempt<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new SidetapError('agent-failed', `The agent ${what}: ${reasonOf(cause)}`, { cause });
  }
}

/** Docker's own words, without dockerode's frame. */
export function reasonOf(error: unknown): string {
  const message = (error as { json?: { message?: unknown } }).json?.message;
  const text = typeof message === 'string' ? message : messageOf(error);
  return `${text.trim().replace(/\.$/, '')}.`;
}

/**
 * Ends a container of ours, if it still runs, and removes it. Resolves when it is gone, or after `limits.removeMillis`: Docker goes on by itself then,
 * or is gone, and the next sweep sees to it. Answers whether it is gone.
 */
export async function removeContainer(docker: Docker, id: string): Promise<boolean> {
  try {
    await remove(docker, id, { volumes: true, signal: AbortSignal.timeout(limits.removeMillis) });
    return true;
  } catch {
    return false;
  }
}
