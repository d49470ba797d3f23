import type Dockerode from 'dockerode';
import type { Inspected } from './docker-calls.ts';

type Create = Dockerode.ContainerCreateOptions;
type HostConfig = Dockerode.HostConfig;
type Endpoint = Dockerode.EndpointSettings;

export type TwinConfig = {
  readonly create: Create;
  /** Networks that the twin joins after it is made and before it starts: older Docker takes only one with the request. */
  readonly networks: readonly { readonly network: string; readonly endpoint: Endpoint }[];
};

/** What differs from the original. */
export type TwinDifferences = {
  readonly name: string;
  /** The very image that the original was made from, by name if that still is it. */
  readonly image: string;
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** The volume that holds the trust files, and where; null when they are put into the twin's own file system. */
  readonly trustVolume: { readonly name: string; readonly folder: string } | null;
};

/** The request that makes a copy of a container which runs. */
export function twinConfig(original: Inspected, differences: TwinDifferences): TwinConfig {
  const { Config, HostConfig: host } = original;
  const sharesNetwork = (host.NetworkMode ?? '').startsWith('container:');
  const endpoints = endpointsOf(original);
  const [first, ...others] = endpoints;
  const create: Create = {
    ...Config,
    name: differences.name,
    Image: differences.image,
    Env: [...differences.env],
    Labels: { ...Config.Labels, ...differences.labels },
    HostConfig: {
      ...host,
      ContainerIDFile: '',
      Links: legacyLinks(host.Links),
      PortBindings: sharesNetwork ? {} : portBindings(original),
      // The ports that Docker chose are named now.
      PublishAllPorts: false,
      VolumesFrom: [],
      Mounts: mountsOf(original, differences.trustVolume),
      ...(host.Ulimits ? { Ulimits: host.Ulimits.map(ulimitOf) } : {}),
    },
  };
  if (sharesNetwork) {
    // They are the other container's, and Docker refuses a request that names them.
    delete create.Hostname;
    delete create.Domainname;
    delete create.ExposedPorts;
  } else if (host.UTSMode === 'host') {
    delete create.Hostname;
    delete create.Domainname;
  }
  // Newer Docker has it on the network; with both it insists that they agree.
  delete create.MacAddress;
  const mac = macAddressOf(Config);
  if (first !== undefined) {
    create.NetworkingConfig = { EndpointsConfig: { [first.network]: first.endpoint } };
    if (mac !== '') create.MacAddress = mac;
  }
  return { create, networks: others };
}

/** How the original joins its networks, the one of its network mode first. */
function endpointsOf(original: Inspected): { network: string; endpoint: Endpoint }[] {
  const mode = original.HostConfig.NetworkMode ?? 'default';
  if (mode === 'host' || mode === 'none' || mode.startsWith('container:')) return [];
  const primary = mode === 'default' ? 'bridge' : mode;
  const endpoints = Object.entries(original.NetworkSettings.Networks).map(([name, settings]) => {
    const isPrimary = name === primary || settings.NetworkID === primary;
    // The key must be the network mode's own text, or Docker would join the network twice.
    return { network: isPrimary ? primary : name, isPrimary, endpoint: endpointOf(name, settings) };
  });
  return endpoints
    .toSorted((a, b) => Number(b.isPrimary) - Number(a.isPrimary))
    .map(({ network, endpoint }) => ({ network, endpoint }));
}

type Settings = Inspected['NetworkSettings']['Networks'][string] & {
  DriverOpts?: Record<string, string> | null;
  GwPriority?: number;
};

/** What was asked for, without what the network gave: addresses that nobody chose are given anew. */
function endpointOf(name: string, settings: Settings): Endpoint {
  // The default bridge has neither names nor chosen addresses.
  if (name === 'bridge') return {};
  const endpoint: Endpoint & { GwPriority?: number } = {};
  if (settings.IPAMConfig) endpoint.IPAMConfig = settings.IPAMConfig as Endpoint['IPAMConfig'];
  if (Array.isArray(settings.Links)) endpoint.Links = settings.Links.map(String);
  // The short id among them stays: others may know the original by it.
  if (Array.isArray(settings.Aliases)) endpoint.Aliases = settings.Aliases.map(String);
  if (settings.DriverOpts) endpoint.DriverOpts = settings.DriverOpts;
  if (settings.GwPriority) endpoint.GwPriority = settings.GwPriority;
  return endpoint;
}

function macAddressOf(config: Inspected['Config']): string {
  const mac = 'MacAddress' in config ? config.MacAddress : '';
  return typeof mac === 'string' ? mac : '';
}

/** `/db:/web/database` (another container, and this one with the alias) → `db:database` */
function legacyLinks(links: unknown): string[] {
  if (!Array.isArray(links)) return [];
  return links.map(String).map((link) => {
    const [other = '', alias = ''] = link.split(':');
    return `${other.replace(/^\//, '')}:${alias.split('/').at(-1) ?? ''}`;
  });
}

/** Podman tells `RLIMIT_NOFILE` and takes `nofile`. */
function ulimitOf({ Name = '', ...limits }: Dockerode.Ulimit): Dockerode.Ulimit {
  return { ...limits, Name: Name.replace(/^RLIMIT_/, '').toLowerCase() };
}

type Binding = { HostIp?: string; HostPort?: string };

/** With the ports of the host that the original has right now, where Docker chose them: callers know those. */
function portBindings(original: Inspected): Record<string, Binding[]> {
  const asked = (original.HostConfig.PortBindings ?? {}) as Record<string, Binding[] | null>;
  const present = original.NetworkSettings.Ports as Record<string, Binding[] | null>;
  const bindings: Record<string, Binding[]> = {};
  for (const [port, wanted] of Object.entries(asked)) {
    bindings[port] = (wanted ?? []).flatMap((binding, index) =>
      /^[1-9]\d*$/.test(binding.HostPort ?? '') ? [binding] : chosenBindings(present[port] ?? [], binding.HostIp ?? '', index),
    );
  }
  if (original.HostConfig.PublishAllPorts === true) {
    for (const [port, chosen] of Object.entries(present)) {
      if (chosen !== null) bindings[port] ??= chosenBindings(chosen, '', 0);
    }
  }
  return bindings;
}

/** Without an address Docker publishes a port for IPv4 and for IPv6, and chooses for each by itself: mostly, but not always, the same. */
function chosenBindings(present: readonly Binding[], address: string, index: number): Binding[] {
  const of = (wanted: string): Binding | undefined => {
    const same = present.filter(({ HostIp }) => HostIp === wanted);
    return same[index] ?? same[0];
  };
  const [ipv4, ipv6] = address === '' ? [of('0.0.0.0'), of('::')] : [];
  if (ipv4 !== undefined && ipv6 !== undefined && ipv4.HostPort !== ipv6.HostPort) return [ipv4, ipv6];
  return [{ HostIp: address, HostPort: (ipv4 ?? of(address) ?? present[0])?.HostPort ?? '' }];
}

type Mount = Dockerode.MountSettings;

/**
 * All that the original has mounted and that its own request does not name: the anonymous volumes, by the names that Docker gave them, and what it
 * took from other containers, which may be gone.
 */
function mountsOf(original: Inspected, trustVolume: TwinDifferences['trustVolume']): Mount[] {
  const host: HostConfig = original.HostConfig;
  const asked = (host.Mounts ?? []).map((mount) => withName(mount, original));
  const named = [...asked.map((mount) => mount.Target), ...(host.Binds ?? []).map(bindTarget)];
  const others = original.Mounts.filter(({ Destination }) => !named.some((target) => samePath(target, Destination)));
  return [
    ...asked,
    ...others.filter(({ Type }) => Type === 'volume' || Type === 'bind').map(mountOf),
    ...(trustVolume === null ? [] : [{ Type: 'volume', Source: trustVolume.name, Target: trustVolume.folder } as Mount]),
  ];
}

/** A volume without a name was made for the original, like those that the image asks for. */
function withName(mount: Mount, original: Inspected): Mount {
  const present = original.Mounts.find(({ Destination }) => samePath(Destination, mount.Target));
  if (mount.Type !== 'volume' || mount.Source || present?.Name === undefined) return mount;
  return { ...mount, Source: present.Name };
}

function mountOf({ Type, Name, Source, Destination, RW, Propagation }: Inspected['Mounts'][number]): Mount {
  if (Type === 'volume') return { Type, Source: Name ?? '', Target: Destination, ReadOnly: !RW };
  const mount: Mount = { Type: 'bind', Source, Target: Destination, ReadOnly: !RW };
  if (Propagation !== '') mount.BindOptions = { Propagation: Propagation as Dockerode.MountPropagation };
  return mount;
}

/** `SOURCE:TARGET[:OPTIONS]`; Linux containers only. */
function bindTarget(bind: string): string {
  return bind.split(':')[1] ?? bind;
}

const samePath = (a: string, b: string): boolean => a.replace(/\/+$/, '') === b.replace(/\/+$/, '');
