import type Docker from 'dockerode';
import type { Container } from '../rrpair/containers.ts';

/** A container as Docker's list tells of it. */
export interface ContainerFacts
  extends Pick<Container, 'id' | 'name' | 'image' | 'project' | 'service' | 'state' | 'health' | 'ports'> {
  networks: NetworkFacts[];
  /** `bridge`, `host`, `none`, a network's name, `container:<id or name>`. */
  networkMode: string;
  labels: Readonly<Record<string, string>>;
}

export interface NetworkFacts {
  name: string;
  /** The container's own. */
  addresses: string[];
  /** The host's, in this network. */
  gateways: string[];
}

/** What an entry of Podman’s list does not tell: it has no `HostConfig`, and its text for people says nothing of health. */
export type Missing = Pick<ContainerFacts, 'networkMode' | 'health'>;

/** Reads an entry of the list; `missing` where it does not tell that. */
export function factsOf(info: Docker.ContainerInfo, missing: Missing | null = null): ContainerFacts {
  const labels = info.Labels ?? {};
  const { networkMode, health } = missing ?? {
    networkMode: info.HostConfig?.NetworkMode ?? '',
    health: healthOf(info.Status ?? ''),
  };
  // Podman shows the other container’s as if they were its own.
  const joins = networkMode.startsWith('container:');
  return {
    id: info.Id,
    name: nameOf(info),
    image: info.Image,
    project: labels['com.docker.compose.project'] ?? labels['io.podman.compose.project'] ?? null,
    service: labels['com.docker.compose.service'] ?? null,
    state: stateOf(info.State),
    health,
    ports: joins ? [] : portsOf(info.Ports ?? []),
    networks: joins ? [] : networksOf(info),
    networkMode,
    labels,
  };
}

/** The same of Docker’s answer about one container. */
export function missingOf({ HostConfig, State }: Docker.ContainerInspectInfo): Missing {
  const health = State.Health?.Status ?? '';
  return { networkMode: HostConfig.NetworkMode ?? '', health: healths.find((known) => known === health) ?? 'none' };
}

const healths: readonly Container['health'][] = ['starting', 'healthy', 'unhealthy'];

function networksOf(info: Docker.ContainerInfo): NetworkFacts[] {
  return Object.entries(info.NetworkSettings?.Networks ?? {}).map(([name, network]) => ({
    name,
    addresses: given(network.IPAddress, network.GlobalIPv6Address),
    gateways: given(network.Gateway, network.IPv6Gateway),
  }));
}

/** The list names a container by its legacy links too, `/web/db`. */
function nameOf(info: Docker.ContainerInfo): string {
  const names = (info.Names ?? []).map((name) => name.replace(/^\//, ''));
  return names.find((name) => !name.includes('/')) ?? names[0] ?? info.Id.slice(0, 12);
}

const states: readonly Container['state'][] = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'];

/** Podman has words of its own for some. */
function stateOf(text: string): Container['state'] {
  if (text === 'initialized' || text === 'configured') return 'created';
  // It may still be answering.
  if (text === 'stopping') return 'running';
  return states.find((state) => state === text) ?? 'exited';
}

/** The list has it only in its text for people: `Up 3 minutes (healthy)`. */
function healthOf(status: string): Container['health'] {
  if (status.includes('(healthy)')) return 'healthy';
  if (status.includes('(unhealthy)')) return 'unhealthy';
  return /\((?:health: )?starting\)/.test(status) ? 'starting' : 'none';
}

/** One entry a port, though the list has one for each address of the host. */
function portsOf(ports: readonly Docker.Port[]): Container['ports'] {
  const found = new Map<string, Container['ports'][number]>();
  for (const { PrivatePort, PublicPort, Type } of ports) {
    const protocol = Type === 'udp' || Type === 'sctp' ? Type : 'tcp';
    const host = (PublicPort as number | undefined) ?? null;
    found.set(`${String(PrivatePort)}/${protocol}/${String(host)}`, { container: PrivatePort, host, protocol });
  }
  return [...found.values()].toSorted((a, b) => a.container - b.container || (a.host ?? 0) - (b.host ?? 0));
}

function given(...addresses: (string | undefined)[]): string[] {
  return addresses.filter((address) => address !== undefined && address !== '') as string[];
}
