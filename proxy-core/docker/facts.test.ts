import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { factsOf, missingOf } from './facts.ts';

/** An entry of Podman’s list: no host configuration, the networks and ports of another container as its own, null where Docker has nothing. */
const podmans = {
  Id: 'a'.repeat(64),
  Names: ['/side'],
  Image: 'docker.io/library/busybox:latest',
  Ports: [{ PrivatePort: 80, PublicPort: 8080, Type: 'tcp' }],
  Labels: null,
  State: 'initialized',
  Status: 'Up 3 minutes',
  NetworkSettings: { Networks: { podman: { IPAddress: '10.88.0.2', Gateway: '10.88.0.1' } } },
  Mounts: [],
} as unknown as Docker.ContainerInfo;

const inspected = (NetworkMode: string, Health?: { Status: string }) =>
  missingOf({ HostConfig: { NetworkMode }, State: { Health } } as unknown as Docker.ContainerInspectInfo);

test('what Podman’s list does not tell is taken from its answer about the container', () => {
  expect(factsOf(podmans, inspected('bridge', { Status: 'healthy' }))).toMatchObject({
    name: 'side',
    state: 'created',
    health: 'healthy',
    networkMode: 'bridge',
    networks: [{ name: 'podman', addresses: ['10.88.0.2'], gateways: ['10.88.0.1'] }],
    ports: [{ container: 80, host: 8080, protocol: 'tcp' }],
    labels: {},
  });
  expect(inspected('host', { Status: '' })).toEqual({ networkMode: 'host', health: 'none' });
  expect(factsOf({ ...podmans, State: 'stopping' }, inspected('bridge')).state).toBe('running');
});

test('a container that joined another one’s network has no address of its own', () => {
  expect(factsOf(podmans, inspected('container:other'))).toMatchObject({
    networkMode: 'container:other',
    networks: [],
    ports: [],
  });
});
