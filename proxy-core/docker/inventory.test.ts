import { setImmediate as turn } from 'node:timers/promises';
import type Docker from 'dockerode';
import { afterEach, expect, test, vi } from 'vitest';
import { limits } from '../limits.ts';
import { Inventory } from './inventory.ts';

/** A Docker with one container, which is inspected only when that is let through. */
function dockerWith(container: { State: string; networks: string[] }): { docker: Docker; inspections: (() => void)[] } {
  const inspections: (() => void)[] = [];
  const docker = {
    listContainers: async () => [
      {
        Id: 'web',
        Names: ['/web'],
        Image: 'shop',
        State: container.State,
        HostConfig: { NetworkMode: 'bridge' },
        NetworkSettings: { Networks: Object.fromEntries(container.networks.map((name) => [name, {}])) },
      },
    ],
    getContainer: () => ({ inspect: () => new Promise<void>((resolve) => inspections.push(resolve)) }),
  };
  return { docker: docker as unknown as Docker, inspections };
}

/** Lets the events be read that were told so far. */
async function read(inventory: Inventory): Promise<void> {
  // What an inspection's end brings about.
  await turn();
  vi.advanceTimersByTime(limits.dockerEventsMillis);
  await inventory.settle();
}

afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ['container', 'die', { State: 'exited', networks: ['bridge'] }],
  ['container', 'pause', { State: 'paused', networks: ['bridge'] }],
  ['network', 'connect', { State: 'running', networks: ['bridge', 'shop'] }],
])('a container is read again when Docker’s list shows what its event told: %s %s', async (Type, Action, after) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const container = { State: 'running', networks: ['bridge'] };
  const { docker, inspections } = dockerWith(container);
  const failed = vi.fn<(error: unknown) => void>();
  const inventory = new Inventory(
    () => docker,
    () => {},
    failed,
  );
  await inventory.resync(docker);
  const shown = (): unknown => {
    const { state, networks } = inventory.find('web');
    return { State: state, networks: networks.map(({ name }) => name) };
  };

  inventory.event({ Type, Action, Actor: { ID: Type === 'network' ? 'shop' : 'web', Attributes: { container: 'web' } } });
  await read(inventory);
  expect(shown()).toEqual({ State: 'running', networks: ['bridge'] });
  // Docker lets its list show it, and then answers whoever asks for the container; no further event follows.
  Object.assign(container, after);
  expect(inspections).toHaveLength(1);
  for (const answer of inspections) answer();
  await read(inventory);
  expect(shown()).toEqual(after);
  expect(failed).not.toHaveBeenCalled();
  inventory.close();
});
