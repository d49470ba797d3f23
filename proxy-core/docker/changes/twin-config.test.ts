import { expect, test } from 'vitest';
import type { Inspected } from './docker-calls.ts';
import { type TwinConfig, twinConfig } from './twin-config.ts';

/** The parts of what Docker tells of a container that a twin is made from. */
function inspected(parts: { config?: object; host?: object; mounts?: object[]; networks?: object; ports?: object }): Inspected {
  return {
    Id: 'abc',
    Name: '/web',
    Image: 'sha256:1',
    Config: {
      Hostname: 'abc',
      Domainname: '',
      ExposedPorts: { '80/tcp': {} },
      Env: ['A=b'],
      Image: 'web',
      Labels: { own: '1' },
      ...parts.config,
    },
    HostConfig: { NetworkMode: 'default', RestartPolicy: { Name: 'always' }, ...parts.host },
    Mounts: parts.mounts ?? [],
    NetworkSettings: { Networks: parts.networks ?? {}, Ports: parts.ports ?? {} },
  } as unknown as Inspected;
}

const twin = (original: Inspected): TwinConfig =>
  twinConfig(original, { name: 'web-twin', image: 'web', env: ['A=b', 'OURS=1'], labels: { ours: '1' }, trustVolume: null });

const endpoint = (rest: object = {}): object => ({
  NetworkID: 'n',
  IPAddress: '172.18.0.2',
  EndpointID: 'e',
  MacAddress: '02:00',
  IPAMConfig: null,
  ...rest,
});

test('keeps what the original was asked for, beside what is ours', () => {
  const { create, networks } = twin(inspected({ networks: { bridge: endpoint() } }));
  expect(create).toMatchObject({
    name: 'web-twin',
    Hostname: 'abc',
    Env: ['A=b', 'OURS=1'],
    Labels: { own: '1', ours: '1' },
    HostConfig: { RestartPolicy: { Name: 'always' } },
    NetworkingConfig: { EndpointsConfig: { bridge: {} } },
  });
  expect(networks).toEqual([]);
});

test('joins all networks with names, chosen addresses and links, and not with those that the network gave', () => {
  const chosen = {
    IPAMConfig: { IPv4Address: '10.0.0.9' },
    Aliases: ['www', 'abc'],
    Links: ['db:database'],
    DriverOpts: { x: 'y' },
  };
  const { create, networks } = twin(
    inspected({ host: { NetworkMode: 'shop' }, networks: { other: endpoint(), shop: endpoint(chosen) } }),
  );
  expect(create.NetworkingConfig?.EndpointsConfig).toEqual({ shop: chosen });
  expect(networks).toEqual([{ network: 'other', endpoint: {} }]);
});

test('names the first network as its mode does, which may be by id', () => {
  const { create } = twin(inspected({ host: { NetworkMode: 'n' }, networks: { shop: endpoint({ Aliases: ['www'] }) } }));
  expect(create.NetworkingConfig?.EndpointsConfig).toEqual({ n: { Aliases: ['www'] } });
});

test('asks for no name and no ports of its own in another container’s network', () => {
  const { create } = twin(inspected({ host: { NetworkMode: 'container:def', PortBindings: {} } }));
  expect(Object.keys(create)).not.toEqual(expect.arrayContaining(['Hostname']));
  expect(create.ExposedPorts).toBeUndefined();
  expect(create.NetworkingConfig).toBeUndefined();
});

test('gets the very volumes of the original: anonymous ones, and those taken from other containers', () => {
  const { create } = twin(
    inspected({
      host: {
        Binds: ['/srv:/srv:ro', 'named:/named'],
        Mounts: [
          { Type: 'volume', Target: '/asked/' },
          { Type: 'tmpfs', Target: '/tmp' },
        ],
        VolumesFrom: ['gone'],
      },
      mounts: [
        { Type: 'bind', Source: '/srv', Destination: '/srv', RW: false, Propagation: 'rprivate' },
        { Type: 'volume', Name: 'named', Destination: '/named', RW: true, Propagation: '' },
        { Type: 'volume', Name: '0123', Destination: '/data', RW: true, Propagation: '' },
        { Type: 'volume', Name: '4567', Destination: '/asked', RW: true, Propagation: '' },
        { Type: 'volume', Name: 'theirs', Destination: '/theirs', RW: false, Propagation: '' },
        { Type: 'bind', Source: '/etc/x', Destination: '/x', RW: true, Propagation: 'rshared' },
      ],
    }),
  );
  expect(create.HostConfig).toMatchObject({ Binds: ['/srv:/srv:ro', 'named:/named'], VolumesFrom: [] });
  expect(create.HostConfig?.Mounts).toEqual([
    { Type: 'volume', Target: '/asked/', Source: '4567' },
    { Type: 'tmpfs', Target: '/tmp' },
    { Type: 'volume', Source: '0123', Target: '/data', ReadOnly: false },
    { Type: 'volume', Source: 'theirs', Target: '/theirs', ReadOnly: true },
    { Type: 'bind', Source: '/etc/x', Target: '/x', ReadOnly: false, BindOptions: { Propagation: 'rshared' } },
  ]);
});

test('is published on the ports that Docker chose for the original', () => {
  const { create } = twin(
    inspected({
      host: {
        PublishAllPorts: true,
        PortBindings: {
          '80/tcp': [
            { HostIp: '', HostPort: '8080' },
            { HostIp: '127.0.0.1', HostPort: '' },
          ],
          '90/tcp': [{ HostIp: '', HostPort: '0' }],
          '95/tcp': [{ HostIp: '', HostPort: '' }],
        },
      },
      ports: {
        '80/tcp': [
          { HostIp: '0.0.0.0', HostPort: '8080' },
          { HostIp: '127.0.0.1', HostPort: '32768' },
        ],
        '90/tcp': [
          { HostIp: '0.0.0.0', HostPort: '32769' },
          { HostIp: '::', HostPort: '32769' },
        ],
        '95/tcp': [
          { HostIp: '0.0.0.0', HostPort: '32771' },
          { HostIp: '::', HostPort: '32773' },
        ],
        '100/udp': [{ HostIp: '0.0.0.0', HostPort: '32770' }],
        '110/tcp': null,
      },
    }),
  );
  expect(create.HostConfig).toMatchObject({ PublishAllPorts: false });
  expect(create.HostConfig?.PortBindings).toEqual({
    '80/tcp': [
      { HostIp: '', HostPort: '8080' },
      { HostIp: '127.0.0.1', HostPort: '32768' },
    ],
    '90/tcp': [{ HostIp: '', HostPort: '32769' }],
    '95/tcp': [
      { HostIp: '0.0.0.0', HostPort: '32771' },
      { HostIp: '::', HostPort: '32773' },
    ],
    '100/udp': [{ HostIp: '', HostPort: '32770' }],
  });
});

test('keeps links of the old kind', () => {
  const { create } = twin(inspected({ host: { Links: ['/db:/web/database'] } }));
  expect(create.HostConfig).toMatchObject({ Links: ['db:database'] });
});

test('limits that Podman tells by the kernel’s names are asked for by Docker’s', () => {
  const limits = { Soft: 1024, Hard: 2048 };
  const { create } = twin(
    inspected({
      host: {
        Ulimits: [
          { Name: 'RLIMIT_NOFILE', ...limits },
          { Name: 'core', ...limits },
        ],
      },
    }),
  );
  expect(create.HostConfig?.Ulimits).toEqual([
    { Name: 'nofile', ...limits },
    { Name: 'core', ...limits },
  ]);
});
