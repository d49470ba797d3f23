import path from 'node:path';
import type { CaptureOptions } from '../proxy-core/api/contract.ts';
import { SidetapError } from '../proxy-core/errors.ts';
import type { RunImage, TrustMethod } from '../proxy-core/rrpair/containers.ts';

/** What `start capture` was told on the command line. */
export interface CaptureWishes {
  /** PORT, HOST:PORT or a URL; without it only outbound traffic is captured. */
  app?: string;
  inPort?: number;
  outPort?: number;
  bind?: string;
  insecureUpstream?: boolean;
  extraCa?: string;
  /** Running containers, by name, id or compose service. */
  container?: readonly string[];
  /** Compose projects. */
  project?: readonly string[];
  trust?: AppliedTrust;
  image?: string;
  portMapping?: readonly string[];
  env?: readonly string[];
  volume?: readonly string[];
  network?: string;
  name?: string;
  /** A command and its arguments: to start on this machine under capture or, with an image, in its container. */
  command: readonly string[];
}

/** What can be done for a container that runs already. */
export type AppliedTrust = Exclude<TrustMethod, 'image'>;

/** What is to be captured. At least one of `proxy`, `containers`, `projects` and `image` is. */
export interface CapturePlan {
  /** An application on this machine; null when only containers are meant. */
  proxy: CaptureOptions | null;
  containers: readonly string[];
  projects: readonly string[];
  trust: AppliedTrust | null;
  image: RunImage | null;
  /** To start on this machine. */
  command: readonly string[];
}

/**
 * Containers and an application on this machine may be captured by one command, because both ends of their calls are worth seeing. An
 * image stands alone: the command behind it is the container's. It needs no port: a worker listens nowhere.
 *
 * Throws `bad-usage` where options contradict each other.
 */
export function planOf(
  wishes: CaptureWishes,
  { cwd, environment }: { cwd: string; environment: NodeJS.ProcessEnv } = { cwd: process.cwd(), environment: process.env },
): CapturePlan {
  const { command } = wishes;
  const containers = [...new Set(wishes.container)];
  const projects = [...new Set(wishes.project)];
  const running = containers.length + projects.length > 0;
  if (wishes.image !== undefined) return { ...imagePlan(wishes, wishes.image, cwd, environment), trust: null, command: [] };
  requireImage(wishes);
  if (wishes.trust !== undefined && !running) {
    throw badUsage('--trust changes a container: name it with --container or --project.');
  }
  const local = wishes.app !== undefined || command.length > 0 || !running;
  if (!local) requireProxy(wishes);
  else refusePortAlone(wishes);
  return { proxy: local ? proxyOptions(wishes) : null, containers, projects, trust: wishes.trust ?? null, image: null, command };
}

function imagePlan(
  wishes: CaptureWishes,
  image: string,
  cwd: string,
  environment: NodeJS.ProcessEnv,
): Pick<CapturePlan, 'proxy' | 'containers' | 'projects' | 'image'> {
  if (image.trim() === '') throw badUsage('--image needs the name of an image, e.g. nginx:1.27.');
  if (wishes.app !== undefined) {
    throw badUsage(
      '--port names an application on this machine; the ports of an image are given with --port-mapping HOST:CONTAINER.',
    );
  }
  if (wishes.container !== undefined || wishes.project !== undefined) {
    throw badUsage(
      'An image is captured by a command of its own: run `sidetap start capture --container NAME` in another terminal, it joins this one.',
    );
  }
  if (wishes.trust !== undefined)
    throw badUsage('--trust is for containers that run already: an image is started with trust in place.');
  const proxyOption = givenProxyOption(wishes);
  if (proxyOption !== null) throw badUsage(`${proxyOption} is for an application on this machine and has no meaning with --image.`);
  return {
    proxy: null,
    containers: [],
    projects: [],
    image: {
      image,
      ports: (wishes.portMapping ?? []).map(anyPort),
      env: (wishes.env ?? []).flatMap((text) => variable(text, environment)),
      volumes: (wishes.volume ?? []).map((text) => absoluteSource(text, cwd)),
      network: wishes.network,
      name: wishes.name,
      command: [...wishes.command],
    },
  };
}

/** A name alone takes the value from here, as with `docker run --env`; where it has none there is nothing to set. */
function variable(text: string, environment: NodeJS.ProcessEnv): string[] {
  if (text.includes('=')) return [text];
  const value = environment[text];
  return value === undefined ? [] : [`${text}=${value}`];
}

/** `0:80`, or `127.0.0.1:0:80`: as with our own ports, 0 takes any free one. Docker leaves the number out. */
function anyPort(text: string): string {
  return text.replace(/(^|:)0:(?=\d+(?:\/|$))/, '$1:');
}

/** The engine may run in another folder than this command, so a relative path is made whole here. */
function absoluteSource(text: string, cwd: string): string {
  const at = text.indexOf(':');
  const source = at === -1 ? '' : text.slice(0, at);
  return /^\.{1,2}(?:[/\\]|$)/.test(source) ? path.resolve(cwd, source) + text.slice(at) : text;
}

function requireImage(wishes: CaptureWishes): void {
  const { portMapping, env, volume, network, name } = wishes;
  const given = Object.entries({
    '--port-mapping': portMapping,
    '--env': env,
    '--volume': volume,
    '--network': network,
    '--name': name,
  });
  const first = given.find(([, value]) => value !== undefined);
  if (first === undefined) return;
  throw badUsage(`${first[0]} says how an image is started: name it with --image.`);
}

function requireProxy(wishes: CaptureWishes): void {
  const option = givenProxyOption(wishes);
  if (option === null) return;
  throw badUsage(`${option} is for an application on this machine: name it with --port, or leave ${option} out.`);
}

function givenProxyOption({ inPort, outPort, bind, insecureUpstream, extraCa }: CaptureWishes): string | null {
  const options = {
    '--in-port': inPort,
    '--out-port': outPort,
    '--bind': bind,
    '--insecure-upstream': insecureUpstream,
    '--extra-ca': extraCa,
  };
  return Object.entries(options).find(([, value]) => value !== undefined)?.[0] ?? null;
}

function refusePortAlone({ app, command }: CaptureWishes): void {
  const [first, ...others] = command;
  if (app !== undefined || others.length > 0 || first === undefined || !/^\d{1,5}$/.test(first)) return;
  throw badUsage(`Write --port ${first} to capture the application on port ${first}; ${first} alone would be a command to start.`);
}

function proxyOptions({ app, inPort, outPort, bind, insecureUpstream, extraCa }: CaptureWishes): CaptureOptions {
  return { app, inPort, outPort, bind, insecureUpstream, extraCa };
}

function badUsage(message: string): SidetapError {
  return new SidetapError('bad-usage', message);
}
