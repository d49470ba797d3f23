import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { DockerHost } from './dockerd.ts';

export interface RunOptions {
  image: string;
  command?: readonly string[];
  name?: string;
  /** Network to be in at start; default: Docker's bridge. */
  network?: string;
  /** Names in that network. */
  aliases?: readonly string[];
  env?: readonly string[];
  labels?: Readonly<Record<string, string>>;
  /** `CONTAINER` or `HOST:CONTAINER`, TCP; host port 0 or none: any. */
  ports?: readonly string[];
  /** More of Docker's own. */
  create?: Omit<Docker.ContainerCreateOptions, 'HostConfig'>;
  hostConfig?: Docker.HostConfig;
}

export interface Executed {
  code: number;
  stdout: string;
  stderr: string;
}

/** A running container of a test. */
export interface TestContainer {
  id: string;
  /** Without the slash. */
  name: string;
  container: Docker.Container;
  /** IPv4 address in the first network that has one; empty when it has none. */
  address(): Promise<string>;
  /** IPv6 address, likewise. */
  address6(): Promise<string>;
  /** Port of the machine on which a port of the container is published. */
  published(port: number): Promise<number>;
  /** Runs a command in the container, to its end. */
  exec(command: readonly string[], options?: { user?: string; env?: readonly string[] }): Promise<Executed>;
  /** All that it printed so far, both streams in order. */
  output(): Promise<string>;
  /** Resolves when its output (of both streams, from the start) contains this. Rejects after 40 s, or when the container ended. */
  waitForOutput(text: string): Promise<void>;
  /** Removes it, with its anonymous volumes, whatever state it is in. */
  remove(): Promise<void>;
}

/** Creates and starts a container. The caller removes it. */
export async function runContainer({ docker }: DockerHost, options: RunOptions): Promise<TestContainer> {
  const { network } = options;
  const ports = (options.ports ?? []).map((port) => port.split(':').toReversed());
  const created = await docker.createContainer({
    Image: options.image,
    // What minds no signal is not waited for as long as Docker would.
    StopTimeout: 1,
    ...(options.command === undefined ? {} : { Cmd: [...options.command] }),
    ...(options.name === undefined ? {} : { name: options.name }),
    Env: [...(options.env ?? [])],
    Labels: { ...options.labels },
    ExposedPorts: Object.fromEntries(ports.map(([inside]) => [`${inside ?? ''}/tcp`, {}])),
    ...(network === undefined || options.aliases === undefined
      ? {}
      : { NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [...options.aliases] } } } }),
    ...options.create,
    HostConfig: {
      ...(network === undefined ? {} : { NetworkMode: network }),
      PortBindings: Object.fromEntries(ports.map(([inside, outside]) => [`${inside ?? ''}/tcp`, [{ HostPort: outside ?? '0' }]])),
      ...options.hostConfig,
    },
  });
  try {
    await created.start();
  } catch (error) {
    await created.remove({ force: true, v: true });
    throw error;
  }
  return await testContainer(docker, created.id);
}

/** A container that exists, by id or name. */
export async function testContainer(docker: Docker, idOrName: string): Promise<TestContainer> {
  const container = docker.getContainer(idOrName);
  const { Id, Name } = await container.inspect();
  const addresses = async (): Promise<Docker.NetworkInfo[]> => Object.values((await container.inspect()).NetworkSettings.Networks);
  return {
    id: Id,
    name: Name.slice(1),
    container,
    address: async () => (await addresses()).find((network) => network.IPAddress !== '')?.IPAddress ?? '',
    address6: async () => (await addresses()).find((network) => network.GlobalIPv6Address !== '')?.GlobalIPv6Address ?? '',
    published: async (port) => {
      const bound = (await container.inspect()).NetworkSettings.Ports[`${String(port)}/tcp`]?.[0];
      if (bound === undefined) throw new Error(`Port ${String(port)} of ${Name} is not published.`);
      return Number(bound.HostPort);
    },
    exec: (command, settings) => execute(docker, container, command, settings),
    output: async () => plain(await container.logs({ stdout: true, stderr: true })),
    waitForOutput: (wanted) => waitForOutput(docker, container, wanted),
    remove: async () => {
      await container.remove({ force: true, v: true });
    },
  };
}

async function execute(
  docker: Docker,
  container: Docker.Container,
  command: readonly string[],
  { user, env = [] }: { user?: string; env?: readonly string[] } = {},
): Promise<Executed> {
  const exec = await container.exec({
    Cmd: [...command],
    AttachStdout: true,
    AttachStderr: true,
    Env: [...env],
    ...(user === undefined ? {} : { User: user }),
  });
  const stream = await exec.start({});
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  docker.modem.demuxStream(stream, stdout, stderr);
  stream.once('close', () => {
    stdout.end();
    stderr.end();
  });
  stream.once('error', (error) => stdout.destroy(error));
  const [said, complained] = await Promise.all([text(stdout), text(stderr)]);
  return { code: await exitCode(exec), stdout: said, stderr: complained };
}

/** Docker ends the output a moment before it knows the exit code. */
async function exitCode(exec: Docker.Exec): Promise<number> {
  for (;;) {
    const { Running, ExitCode } = await exec.inspect();
    if (!Running && ExitCode !== null) return ExitCode;
    await delay(20);
  }
}

/** Time for expected output to appear, ms. */
const OUTPUT_MILLIS = 40_000;

async function waitForOutput(docker: Docker, container: Docker.Container, wanted: string): Promise<void> {
  const stream = (await container.logs({ stdout: true, stderr: true, follow: true })) as unknown as NodeJS.ReadableStream & {
    destroy(): void;
  };
  const both = new PassThrough();
  docker.modem.demuxStream(stream, both, both);
  stream.once('end', () => both.end());
  let said = '';
  const timer = setTimeout(() => both.end(), OUTPUT_MILLIS);
  try {
    for await (const chunk of both) {
      said += String(chunk);
      if (said.includes(wanted)) return;
    }
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
  throw new Error(`The container did not print ${JSON.stringify(wanted)}, but: ${said}`);
}

/** Logs without the eight bytes that Docker puts before each piece. */
function plain(logs: Buffer): string {
  let said = '';
  for (let at = 0; at + 8 <= logs.length; ) {
    const end = at + 8 + logs.readUInt32BE(at + 4);
    said += logs.toString('utf8', at + 8, end);
    at = end;
  }
  return said;
}
