import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../errors.ts';

/** Where Docker may be reached. */
export interface Endpoint {
  /** `unix:///var/run/docker.sock`, `tcp://host:2376`, `npipe:////./pipe/docker_engine`. */
  url: string;
  address: { socketPath: string } | { host: string; port: number; tls: EndpointTls | null };
}

export interface EndpointTls {
  ca: Buffer | undefined;
  cert: Buffer | undefined;
  key: Buffer | undefined;
  /** False takes any certificate of the server. */
  verify: boolean;
}

/** What tells where Docker is. */
export interface Surroundings {
  environment: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  /** Home folder of the user. */
  home: string;
}

/** Endpoints in the order in which they are tried; or why there is nothing to try, as a sentence. */
export type Whereabouts = { endpoints: Endpoint[]; named: boolean } | { problem: string };

/**
 * Where Docker is, by the rules of its own command: `DOCKER_HOST`, else the context that `DOCKER_CONTEXT` or the configuration names, else
 * the sockets that Docker, Docker Desktop, rootless Docker, their likes and Podman make.
 */
export function findEndpoints(surroundings: Surroundings): Whereabouts {
  const { environment } = surroundings;
  const host = environment['DOCKER_HOST'] ?? '';
  if (host !== '') return named(() => endpointOf(host, tlsOfEnvironment(surroundings)), 'DOCKER_HOST');
  const context = contextName(surroundings);
  if (context !== '') return named(() => endpointOfContext(surroundings, context), `The Docker context “${context}”`);
  return { endpoints: usualPlaces(surroundings).map((url) => endpointOf(url, () => null)), named: false };
}

/** Errors of a place that the user named are for the user. */
function named(find: () => Endpoint, who: string): Whereabouts {
  try {
    return { endpoints: [find()], named: true };
  } catch (error) {
    return { problem: error instanceof Unreachable ? error.message : `${who} cannot be used: ${messageOf(error)}.` };
  }
}

/** A place that we cannot go to; the message is a whole sentence. */
class Unreachable extends Error {}

function configFolder({ environment, home }: Surroundings): string {
  return environment['DOCKER_CONFIG'] || path.join(home, '.docker');
}

function contextName(surroundings: Surroundings): string {
  const configured = readJson(configFile(surroundings))?.['currentContext'];
  const name = surroundings.environment['DOCKER_CONTEXT'] || (typeof configured === 'string' ? configured : '');
  return name === 'default' ? '' : name;
}

function configFile(surroundings: Surroundings): string {
  return path.join(configFolder(surroundings), 'config.json');
}

/** A file that is not there, or is damaged, tells nothing; Docker's own command says more about it. */
function readJson(file: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function endpointOfContext(surroundings: Surroundings, context: string): Endpoint {
  const folder = path.join(configFolder(surroundings), 'contexts');
  const id = createHash('sha256').update(context).digest('hex');
  const meta = readJson(path.join(folder, 'meta', id, 'meta.json'));
  const docker = (meta?.['Endpoints'] as { docker?: { Host?: unknown; SkipTLSVerify?: unknown } } | undefined)?.docker;
  if (typeof docker?.Host !== 'string') {
    throw new Unreachable(
      `The Docker context “${context}” does not exist. Choose one with \`docker context use\`, or set DOCKER_HOST, and start Sidetap again.`,
    );
  }
  return endpointOf(docker.Host, () => readTls(path.join(folder, 'tls', id, 'docker'), docker.SkipTLSVerify !== true));
}

function tlsOfEnvironment(surroundings: Surroundings): () => EndpointTls | null {
  const { environment } = surroundings;
  const verify = (environment['DOCKER_TLS_VERIFY'] ?? '') !== '';
  if (!verify && (environment['DOCKER_TLS'] ?? '') === '') return () => null;
  return () => {
    const folder = environment['DOCKER_CERT_PATH'] || configFolder(surroundings);
    const tls = readTls(folder, verify);
    if (tls !== null) return tls;
    throw new Unreachable(
      `Docker is to be reached with TLS, but ${folder} holds no ca.pem, cert.pem and key.pem. Set DOCKER_CERT_PATH to the folder that does, and start Sidetap again.`,
    );
  };
}

/** Null where there is none of the files. */
function readTls(folder: string, verify: boolean): EndpointTls | null {
  const read = (name: string): Buffer | undefined => {
    try {
      return readFileSync(path.join(folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
  const tls = { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem'), verify };
  return tls.ca === undefined && tls.cert === undefined && tls.key === undefined ? null : tls;
}

function endpointOf(text: string, tls: () => EndpointTls | null): Endpoint {
  const url = text.includes('://') ? text : `tcp://${text}`;
  if (url.startsWith('unix://')) return { url, address: { socketPath: url.slice('unix://'.length) || '/var/run/docker.sock' } };
  if (url.startsWith('npipe://')) {
    return { url, address: { socketPath: url.slice('npipe://'.length).replaceAll('\\', '/') || '//./pipe/docker_engine' } };
  }
  if (url.startsWith('ssh://')) {
    throw new Unreachable(
      `Sidetap does not reach Docker over ssh itself (${url}). Forward its socket, \`ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock ${url.slice('ssh://'.length)}\`, and start Sidetap with DOCKER_HOST=unix:///tmp/docker.sock.`,
    );
  }
  if (!/^(?:tcp|https?):\/\//.test(url) || !URL.canParse(url)) {
    throw new Unreachable(
      `“${text}” does not say where Docker is. Set DOCKER_HOST to something like unix:///var/run/docker.sock or tcp://host:2376, and start Sidetap again.`,
    );
  }
  const { hostname, port, protocol } = new URL(url);
  const secured = tls() ?? (protocol === 'https:' ? { ca: undefined, cert: undefined, key: undefined, verify: true } : null);
  return {
    url,
    address: { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (secured === null ? 2375 : 2376), tls: secured },
  };
}

function usualPlaces({ environment, platform, home }: Surroundings): string[] {
  if (platform === 'win32') {
    return ['docker_engine', 'dockerDesktopLinuxEngine', 'podman-machine-default'].map((pipe) => `npipe:////./pipe/${pipe}`);
  }
  const runtime = environment['XDG_RUNTIME_DIR'] ?? '';
  const inHome = (...parts: string[]): string => path.posix.join(home, ...parts);
  const places = [
    '/var/run/docker.sock',
    ...(runtime === '' ? [] : [path.posix.join(runtime, 'docker.sock')]),
    inHome('.docker/run/docker.sock'),
    inHome('.docker/desktop/docker.sock'),
    inHome('.orbstack/run/docker.sock'),
    inHome('.colima/default/docker.sock'),
    inHome('.rd/docker.sock'),
    ...(platform === 'darwin' ? [inHome('.local/share/containers/podman/machine/podman.sock')] : []),
    '/run/podman/podman.sock',
    ...(runtime === '' ? [] : [path.posix.join(runtime, 'podman/podman.sock')]),
  ];
  return places.map((place) => `unix://${place}`);
}
