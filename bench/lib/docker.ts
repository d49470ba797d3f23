import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { runContainer, type TestContainer } from '../../test/docker/support/containers.ts';
import { type Dockerd, startDockerd } from '../../test/docker/support/dockerd.ts';
import { importImage } from '../../test/docker/support/images.ts';

/** What every request of the cases asks. */
export const ORDERS_PATH = '/orders?customer=42&limit=10';

export const ordersProgram: string = path.join(import.meta.dirname, '../programs/orders.ts');

/** The service of `bench/programs/orders.ts` in a container, on a Docker daemon of its own. */
export interface ServiceInDocker {
  dockerd: Dockerd;
  container: TestContainer;
  /** Asked from where the daemon's bridge is: in `network`. */
  url: string;
  stop(): Promise<void>;
}

const PORT = 8080;

export async function startServiceInDocker(): Promise<ServiceInDocker> {
  const dockerd = await startDockerd();
  try {
    const image = await importImage(dockerd, 'bench/orders', {
      busybox: false,
      node: true,
      files: { '/orders.ts': readFileSync(ordersProgram, 'utf8') },
      dockerfile: [
        `ENV PORT=${String(PORT)}`,
        `EXPOSE ${String(PORT)}`,
        'CMD ["/usr/local/bin/node","--no-warnings","/orders.ts"]',
      ],
    });
    const container = await runContainer(dockerd, { image, name: 'orders' });
    await container.waitForOutput(String(PORT));
    const url = `http://${await container.address()}:${String(PORT)}${ORDERS_PATH}`;
    return { dockerd, container, url, stop: () => dockerd.stop() };
  } catch (error) {
    await dockerd.stop();
    throw error;
  }
}

/** Id, on this machine, of a process that the daemon knows by another one: it has process ids of its own. */
export function machinePid({ facts }: Dockerd, pid: number): number {
  const namespace = readlinkSync(`/proc/${String(facts.boxPid)}/ns/pid`);
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const ids = /^NSpid:\s+(.*)$/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]?.split(/\s+/) ?? [];
      // The container's own namespace is one further down.
      if (ids[1] === String(pid) && readlinkSync(`/proc/${name}/ns/pid_for_children`) !== namespace) return Number(name);
    } catch {
      continue; // Ended between two looks.
    }
  }
  throw new Error(`no process ${String(pid)} of the Docker daemon was found`);
}
