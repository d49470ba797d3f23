import path from 'node:path';
import { connectClient } from '../../proxy-core/api/client.ts';
import { dist } from '../../scripts/lib/targets.ts';
import { machinePid, ORDERS_PATH, ordersProgram, type ServiceInDocker, startServiceInDocker } from '../lib/docker.ts';
import { firstLine, start, stop } from '../lib/process.ts';
import { storedAtRest } from '../lib/stored.ts';
import type { Running } from '../lib/types.ts';
import type { TargetSetting } from './setting.ts';

/** The service as a process of this machine. */
export async function startServiceDirect(): Promise<Running> {
  const child = start(process.execPath, ['--no-warnings', ordersProgram]);
  const port = Number(await firstLine(child));
  return { ...NOTHING_STORED, port, url: `http://127.0.0.1:${String(port)}${ORDERS_PATH}`, stop: () => stop(child) };
}

/** The service in a container, asked through Docker's bridge. */
export async function startDockerBridge(): Promise<Running> {
  const service = await startServiceInDocker();
  return { ...NOTHING_STORED, ...reached(service), stop: () => service.stop() };
}

/** The same, with capture of the container on. Its memory is the agent's. */
export async function startSidetapContainer({ folder }: TargetSetting): Promise<Running> {
  const service = await startServiceInDocker();
  const args = ['start', 'capture', '--container', service.container.name, '--data-dir', folder, '--json'];
  const child = start(process.execPath, [path.join(dist, 'cli.js'), ...args], {
    env: { ...process.env, DOCKER_HOST: service.dockerd.host },
  });
  const end = async (): Promise<void> => {
    await stop(child);
    await service.stop();
  };
  try {
    const ready = JSON.parse(await firstLine(child)) as { api: string; token: string };
    const { client, close } = await connectClient({ url: ready.api, token: ready.token });
    return {
      ...reached(service),
      pids: [await agentPid(service)],
      stored: () => storedAtRest(client),
      stop: async () => {
        close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

const NOTHING_STORED = { wantsConnect: false, pids: [], stored: () => Promise.resolve(null) };

function reached({ dockerd, url }: ServiceInDocker): Pick<Running, 'port' | 'url' | 'network' | 'wantsConnect'> {
  return { port: 0, url, network: dockerd.facts.boxPid, wantsConnect: false };
}

async function agentPid({ dockerd }: ServiceInDocker): Promise<number> {
  const [agent] = await dockerd.docker.listContainers({ filters: { label: ['sidetap.agent'] } });
  if (agent === undefined) throw new Error('no agent runs beside the service');
  const { State } = await dockerd.docker.getContainer(agent.Id).inspect();
  return machinePid(dockerd, State.Pid);
}
