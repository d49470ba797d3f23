import { expect, test } from 'vitest';
import type { ContainerFacts } from './facts.ts';
import { namesFor } from './names.ts';
import { namespaceOf, sharersOf } from './namespaces.ts';

function container(name: string, more: Partial<ContainerFacts> = {}): ContainerFacts {
  return {
    id: `${name}-id-0123456789`,
    name,
    image: 'image',
    project: null,
    service: null,
    state: 'running',
    health: 'none',
    ports: [],
    networks: [],
    networkMode: 'bridge',
    labels: {},
    ...more,
  };
}

const on = (name: string, ...addresses: string[]) => ({ name, addresses, gateways: [`gateway of ${name}`] });

test('a container knows services of its project by the service’s name, others by theirs, and the host', () => {
  const project = { project: 'shop', networks: [on('net', '10.0.0.2', 'fd00::2')] };
  const web = container('shop-web-1', { ...project, service: 'web' });
  const db = container('shop-db-1', { project: 'shop', service: 'db', networks: [on('net', '10.0.0.3')] });
  const other = container('other', { networks: [on('net', '10.0.0.4')] });
  const far = container('far', { networks: [on('elsewhere', '10.0.0.3')] });
  expect(namesFor(web, [web, db, other, far])).toEqual({
    '10.0.0.2': 'web',
    'fd00::2': 'web',
    '10.0.0.3': 'db',
    '10.0.0.4': 'other',
    'gateway of net': 'host.docker.internal',
  });
  expect(namesFor(other, [web, db, other])).toMatchObject({ '10.0.0.3': 'shop-db-1' });
});

const worker = (number: number) =>
  container(`shop-worker-${String(number)}`, {
    project: 'shop',
    service: 'worker',
    networks: [on('net', `10.0.0.${String(number)}`)],
  });

test('of several containers of one service each goes by its own name', () => {
  const all = [worker(1), worker(2)];
  expect(namesFor(worker(1), all)).toMatchObject({ '10.0.0.1': 'shop-worker-1', '10.0.0.2': 'shop-worker-2' });
});

test('who shares a network namespace, over several steps, by id or name', () => {
  const app = container('app');
  const side = container('side', { networkMode: `container:${app.id}` });
  const third = container('third', { networkMode: 'container:side' });
  const lost = container('lost', { networkMode: 'container:gone' });
  const host = container('host', { networkMode: 'host' });
  const all = [app, side, third, lost, host];
  expect(namespaceOf(third, all)).toBe(app.id);
  expect(sharersOf(app, all).map(({ name }) => name)).toEqual(['side', 'third']);
  expect(sharersOf(third, all).map(({ name }) => name)).toEqual(['app', 'side']);
  expect(sharersOf(lost, all)).toEqual([]);
  expect(sharersOf(host, all)).toEqual([]);
});

test('a ring of names has an end', () => {
  const one = container('one', { networkMode: 'container:two' });
  const two = container('two', { networkMode: 'container:one' });
  expect([one.id, two.id]).toContain(namespaceOf(one, [one, two]));
});
